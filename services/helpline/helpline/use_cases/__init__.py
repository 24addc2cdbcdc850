"""What people do in the helpline: one function each, one transaction."""
