"""The tables of conversations as a step of a line's migration."""

from alembic.operations import Operations

from shared.platform.contact.tables import contact_registry


def create_contact_tables(operations: Operations) -> None:
    contact_registry.metadata.create_all(operations.get_bind())
