"""The fetcher: the only process that goes to reported addresses and holds encoded pictures."""
