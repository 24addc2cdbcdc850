"""Who may ask with an API key: a live one, from where it may be used, within its quota.

The address is that of the connection, or what one of our own proxies says (setting
`trusted_proxies`); what anybody else says of it is not believed, and it is not kept.
"""

from dataclasses import dataclass
from typing import cast

from fastapi import Request
from shared.domain.actor import Actor
from shared.domain.errors import NotAuthenticated
from shared.platform.access import BasicKeyAccess, KeyAccess
from starlette.types import Scope

from hashcheck.adapters.checker import Checker
from hashcheck.adapters.key_ring import SCOPES, Holder, KeyRing
from hashcheck.use_cases.check import Asked, Checked

# Told with every answer to a key that matches nothing but what is listed for tests.
SANDBOX_HEADERS = {"Offlimits-Sandbox": "only public-test is matched"}


class _Ring(KeyAccess):
    """Looks at the key where its terms are known, and leaves its holder with the request."""

    async def client_of(self, request: Request, key: str) -> Actor | None:
        keys = cast(KeyRing, request.app.state.keys)
        try:
            holder = await keys.holder_of(key, address_of(request.scope))
        except NotAuthenticated:
            return None
        request.state.holder = holder
        return holder.actor


@dataclass(frozen=True)
class CheckAccess(_Ring):
    scope: str = SCOPES


@dataclass(frozen=True)
class BasicCheckAccess(_Ring, BasicKeyAccess):
    scope: str = SCOPES


def address_of(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def holder_in(request: Request) -> Holder | None:
    """None for one of our own services, which has no quota."""
    return getattr(request.state, "holder", None)


async def check_within_quota(
    checker: Checker, holder: Holder | None, caller: str, asked: Asked
) -> Checked:
    """Raises TooMany `quota_day_used`, `quota_minute_used`, and what checking raises."""
    if holder:
        holder.take(asked)
    return await checker.check(caller, asked)


def sandbox_headers(holder: Holder | None) -> dict[str, str]:
    return SANDBOX_HEADERS if holder and holder.is_sandbox else {}
