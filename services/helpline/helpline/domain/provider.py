"""Whom notices go to, and what the law lets a trusted flagger ask of them.

source: Regulation (EU) 2022/2065 (DSA), articles 16, 19 and 22.
"""

from collections.abc import Mapping
from enum import StrEnum

from shared.domain.errors import Conflict, Invalid
from shared.domain.mailbox import is_mailbox

LONGEST_PROVIDER_NAME = 60


class ProviderUnusable(Conflict):
    """Mail to the provider came back, and nobody has given another mailbox yet."""

    code = "provider_unusable"


class ProviderClass(StrEnum):
    """What a provider is under the DSA.

    HOSTING only stores; SMALL_PLATFORM is exempt from article 22 by article 19; OUTSIDE_DSA
    does not offer its service in the Union.
    """

    VERY_LARGE = "very_large"
    PLATFORM = "platform"
    SMALL_PLATFORM = "small_platform"
    HOSTING = "hosting"
    OUTSIDE_DSA = "outside_dsa"


class NoticeRoute(StrEnum):
    """On what a notice relies: priority of a trusted flagger, a plain notice, or house rules."""

    ARTICLE_22 = "article_22"
    ARTICLE_16 = "article_16"
    TERMS = "terms"


_EVERY = frozenset(NoticeRoute)
_NO_PRIORITY = _EVERY - {NoticeRoute.ARTICLE_22}
ROUTES: Mapping[ProviderClass, frozenset[NoticeRoute]] = {
    ProviderClass.VERY_LARGE: _EVERY,
    ProviderClass.PLATFORM: _EVERY,
    ProviderClass.SMALL_PLATFORM: _NO_PRIORITY,
    ProviderClass.HOSTING: _NO_PRIORITY,
    ProviderClass.OUTSIDE_DSA: frozenset({NoticeRoute.TERMS}),
}


def check_provider(name: str, email: str) -> None:
    """Raises Invalid for a name that is empty or too long, or what is not a mailbox."""
    if not 0 < len(name) <= LONGEST_PROVIDER_NAME:
        raise Invalid("provider_name", fields=("name",))
    if not is_mailbox(email):
        raise Invalid("bad_email", fields=("email",))
