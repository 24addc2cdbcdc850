"""What crosses a process boundary, as frozen pydantic models; one file per service."""
