"""What at least two services share: domain words, contracts, platform and user interface."""
