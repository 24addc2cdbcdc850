"""The hashes of pictures, and what the hash check service said about them; never a picture."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.platform.tables import UTC_TIME
from sqlalchemy import CheckConstraint, SmallInteger
from sqlmodel import Field

from hotline.tables.parent import Table, code_of


class Picture(Table, table=True):
    """Hashes are lower-case hexadecimal; a file is one row, wherever it is found."""

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", "sha256_is_hex"),
        CheckConstraint("pdq_quality BETWEEN 0 AND 100", "pdq_quality_range"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    sha256: str = Field(unique=True)
    sha1: str
    md5: str
    phash: str
    pdq: str
    pdq_quality: int = Field(sa_type=SmallInteger)
    width: int
    height: int
    media_type: str
    first_seen_at: datetime = Field(sa_type=UTC_TIME)


class HashMatch(Table, table=True):
    """The best match of a picture in the lists: the labels that its entry carries."""

    __tablename__ = "hash_match"

    picture_id: UUID = Field(foreign_key="picture.id", primary_key=True)
    entry_id: UUID
    list_name: str
    is_same_file: bool
    decision_count: int
    age_min: int | None = Field(default=None, sa_type=SmallInteger)
    age_max: int | None = Field(default=None, sa_type=SmallInteger)
    gender: Gender = Field(sa_type=code_of(Gender, "gender"))
    self_generated: SelfGenerated = Field(sa_type=code_of(SelfGenerated, "self_generated"))
    ai_involvement: AiInvolvement = Field(sa_type=code_of(AiInvolvement, "ai_involvement"))
    matched_at: datetime = Field(sa_type=UTC_TIME)
