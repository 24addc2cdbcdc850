"""What people and clocks do in the hotline: one function, one transaction."""
