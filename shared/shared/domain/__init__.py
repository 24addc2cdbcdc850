"""Pure words and rules that mean the same in at least two services."""
