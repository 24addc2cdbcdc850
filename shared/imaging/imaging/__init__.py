"""One decode of a picture to its hashes, in an isolated worker."""
