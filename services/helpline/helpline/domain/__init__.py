"""The rules of the helpline: pure functions."""
