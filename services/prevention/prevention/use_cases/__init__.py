"""What people do in the prevention line: one function each, one transaction."""
