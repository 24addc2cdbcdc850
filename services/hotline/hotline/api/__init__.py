"""JSON for the gateway: one router per noun."""
