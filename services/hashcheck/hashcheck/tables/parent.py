"""What every table of this service has in common."""

from enum import StrEnum
from typing import Any

from shared.platform.database import service_metadata
from sqlalchemy import Enum
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

hashcheck_registry = registry(metadata=service_metadata())

LONGEST_CODE = 40


class Table(SQLModel, registry=hashcheck_registry):
    """Parent of every table of this service."""


def code_of(kind: type[StrEnum], column: str) -> Any:
    """A column type that stores the values of `kind` as text, held by a CHECK named `column`."""
    return Enum(
        kind,
        name=column,
        native_enum=False,
        create_constraint=True,
        length=LONGEST_CODE,
        values_callable=lambda members: [member.value for member in members],
    )
