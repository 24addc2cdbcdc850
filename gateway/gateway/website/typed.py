"""What comes in by a form of the website.

Decision: no token against cross-site request forgery. Such a token ties a form to a session, and
a visitor has none: no cookie, no log-in, no standing of any kind that another site could borrow.
What a foreign page could send through a visitor's browser it could send from its own server as
well. What remains is that it would use up the visitor's share of the rate limit, so a form is
refused when the browser itself says that it came from elsewhere. Consequences: `Origin: null` is
taken, because our own `Referrer-Policy: no-referrer` makes browsers send exactly that; a browser
that says nothing is believed; whoever adds a cookie for visitors has to come back to this.
"""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from shared.domain.errors import Malformed, NotPermitted, Unsupported

MOST_FIELDS = 20
FORM_TYPE = "application/x-www-form-urlencoded"


async def typed_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form of our own, each once. Files are refused before they are read."""
    if not is_from_own_page(request):
        raise NotPermitted("other_site")
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != FORM_TYPE:
        raise Unsupported("unsupported_media_type")
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    if len(fields) != len(form.multi_items()):
        raise Malformed("repeated_field")
    return fields


def is_from_own_page(request: Request) -> bool:
    """What the browser says of where a form came from; true when it says nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin", "null")
    return origin == "null" or urlsplit(origin).netloc == request.headers.get("host")


Typed = Annotated[Mapping[str, str], Depends(typed_fields)]
