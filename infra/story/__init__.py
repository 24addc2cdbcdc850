"""The story that the demonstration and the fault drill play."""
