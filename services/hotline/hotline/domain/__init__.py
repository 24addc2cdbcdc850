"""Pure rules of the hotline, one file per noun."""
