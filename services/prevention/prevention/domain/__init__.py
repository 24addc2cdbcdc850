"""The rules of the prevention line: pure functions."""
