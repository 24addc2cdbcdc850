"""The tables of the helpline: none of its own yet, only those of conversations."""

from shared.platform.contact.tables import contact_registry
from shared.platform.database import service_metadata
from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry(metadata=service_metadata())):
    """Parent of the helpline's own tables."""


# Everything in the database of this line besides the platform's tables.
METADATA = (Table.metadata, contact_registry.metadata)
