"""Everything that can go wrong on purpose.

    DomainError
    ├── Malformed          400  the request cannot be read at all
    ├── NotAuthenticated   401  who asks is not known
    ├── NotPermitted       403  known, but may not do this
    ├── NotFound           404  no such object, or one that may not be seen
    ├── Conflict           409  the object is in another state
    ├── Stale              412  somebody changed it in between
    ├── TooLarge           413  over a published limit
    ├── Unsupported        415  a kind of content that is not taken
    ├── Invalid            422  the shape is right, a value is not
    ├── TooMany            429  come back later
    └── Unavailable        503  something outside does not answer

A code is stable and translated once, by `shared.ui`; a message never repeats input.
"""

from datetime import timedelta
from typing import ClassVar


class DomainError(Exception):
    """An expected refusal: `code` is stable, `status` is its HTTP status.

    `fields` names the fields at fault, never their values.
    """

    status: ClassVar[int] = 500
    code: str = "error"

    def __init__(
        self,
        code: str | None = None,
        *,
        fields: tuple[str, ...] = (),
        retry_after: timedelta | None = None,
    ) -> None:
        self.code = code or type(self).code
        self.fields = fields
        self.retry_after = retry_after
        super().__init__(self.code)


class Malformed(DomainError):
    status = 400
    code = "malformed"


class NotAuthenticated(DomainError):
    """`challenge`: in which way one may say who one is (RFC 9110 section 11.6.1)."""

    status = 401
    code = "not_authenticated"
    challenge: ClassVar[str] = "Bearer"


class NotPermitted(DomainError):
    status = 403
    code = "not_permitted"


class NotFound(DomainError):
    status = 404
    code = "not_found"


class Conflict(DomainError):
    status = 409
    code = "conflict"


class Stale(DomainError):
    status = 412
    code = "stale"


class TooLarge(DomainError):
    status = 413
    code = "too_large"


class Unsupported(DomainError):
    status = 415
    code = "unsupported"


class Invalid(DomainError):
    status = 422
    code = "invalid"


class TooMany(DomainError):
    status = 429
    code = "too_many"


class Unavailable(DomainError):
    status = 503
    code = "unavailable"
