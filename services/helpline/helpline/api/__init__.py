"""JSON for the gateway and the other services."""
