"""Technical pieces without the vocabulary of any line."""
