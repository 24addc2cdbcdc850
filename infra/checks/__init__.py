"""What `make check` asks beyond format, lint and types."""
