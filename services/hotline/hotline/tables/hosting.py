"""Who hosts what, who may be written to there, and the loaded table of networks."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.platform.tables import UTC_TIME
from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import CIDR
from sqlmodel import Field

from hotline.domain.hosting import ContactSource
from hotline.tables.parent import Table, code_of


class HostingProvider(Table, table=True):
    """`handle` is the registry's name of the organisation."""

    __tablename__ = "hosting_provider"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    handle: str = Field(unique=True)
    name: str
    created_at: datetime = Field(sa_type=UTC_TIME)


class AbuseContact(Table, table=True):
    """A mailbox of a provider; only a usable one is ever written to."""

    __tablename__ = "abuse_contact"
    __table_args__ = (
        UniqueConstraint("provider_id", "email"),
        CheckConstraint("position('@' in email) > 1", "email_shape"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    provider_id: UUID = Field(foreign_key="hosting_provider.id", index=True)
    email: str
    source: ContactSource = Field(sa_type=code_of(ContactSource, "source"))
    is_usable: bool
    approved_by: UUID | None = None
    created_at: datetime = Field(sa_type=UTC_TIME)


class HostingFact(Table, table=True):
    """Where a removal case's address was hosted when it was looked up."""

    __tablename__ = "hosting_fact"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    removal_case_id: UUID = Field(foreign_key="removal_case.id", index=True)
    ip: str
    prefix: str
    country: str
    asn: int = Field(sa_type=BigInteger)
    as_name: str
    provider_id: UUID | None = Field(default=None, foreign_key="hosting_provider.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="abuse_contact.id", index=True)
    looked_up_at: datetime = Field(sa_type=UTC_TIME)


class IpNetwork(Table, table=True):
    """A prefix, its country (ISO 3166-1 alpha-2) and its autonomous system."""

    __tablename__ = "ip_network"
    __table_args__ = (
        CheckConstraint("country ~ '^[A-Z]{2}$'", "country_is_alpha_2"),
        Index(
            "ix_ip_network_prefix_covers",
            "prefix",
            postgresql_using="gist",
            postgresql_ops={"prefix": "inet_ops"},
        ),
    )

    prefix: str = Field(sa_type=CIDR, primary_key=True)
    country: str
    asn: int = Field(sa_type=BigInteger)
    as_name: str
