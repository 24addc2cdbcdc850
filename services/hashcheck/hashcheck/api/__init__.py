"""JSON for hosting companies, the hotline and the gateway."""
