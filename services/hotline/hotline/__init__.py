"""The hotline (meldpunt): citizens report, analysts assess, hosting providers take down."""
