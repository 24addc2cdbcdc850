"""The tables of the gateway: none of its own yet, only the platform's."""

from shared.platform.database import service_metadata
from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry(metadata=service_metadata())):
    """Parent of the gateway's tables."""
