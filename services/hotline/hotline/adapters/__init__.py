"""One file per system outside the hotline, each with a Null version that asks nobody."""
