"""How a contract is written: frozen, strict, no unknown fields."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Strict

# JSON has no type for these, so their text form is accepted where everything else is strict.
Identifier = Annotated[UUID, Strict(strict=False)]
Instant = Annotated[AwareDatetime, Strict(strict=False)]
Day = Annotated[date, Strict(strict=False)]


class Contract(BaseModel):
    """A message between processes: a string is not a number and an extra field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
