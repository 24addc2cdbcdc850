"""The tables of the example service that the platform's own tests run on."""

from uuid import UUID

from shared.platform.database import service_metadata
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Table(SQLModel, registry=registry(metadata=service_metadata())):
    """Parent of the example's tables."""


class Letter(Table, table=True):
    """Something to be delivered; `arrivals` counts how often it was."""

    __tablename__ = "letter"

    id: UUID = Field(primary_key=True)
    state: str = "waiting"
    arrivals: int = 0


class Place(Table, table=True):
    """A place in a row; that each is taken once is found out at the commit only."""

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("number", deferrable=True, initially="DEFERRED"),)

    id: UUID = Field(primary_key=True)
    number: int
