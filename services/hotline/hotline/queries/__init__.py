"""Every SELECT of the hotline, named by the question it answers; no writes. One file per noun."""
