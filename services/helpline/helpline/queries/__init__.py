"""Every SELECT of the helpline, named by the question it answers."""
