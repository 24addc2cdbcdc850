"""What the helpline speaks to outside: one file per system."""
