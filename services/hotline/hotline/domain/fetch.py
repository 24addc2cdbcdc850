"""What the fetcher saw at an address: a page with pictures, one picture, or why not.

Values only. They carry hashes and stable codes, never bytes of a picture and never the text of
an exception; the process that makes them is `hotline.fetching`.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class FetchResult(StrEnum):
    """What an address turned out to be.

    GONE: the site says so (404, 410) or the name no longer exists. REFUSED: the site forbids it
    (401, 403) or the guard does not go there. UNREACHABLE: nothing certain, worth another try.
    """

    PAGE = "page"
    PICTURE = "picture"
    UNREACHABLE = "unreachable"
    GONE = "gone"
    REFUSED = "refused"


class FetchCode(StrEnum):
    """Why a fetch ended as it did; stable, safe to store and to show to staff."""

    OK = "ok"
    # The guard does not go there.
    MALFORMED_ADDRESS = "malformed_address"
    SCHEME_NOT_SUPPORTED = "scheme_not_supported"
    USERINFO_NOT_ALLOWED = "userinfo_not_allowed"
    NOT_PUBLIC = "not_public"
    PORT_NOT_ALLOWED = "port_not_allowed"
    REDIRECT_REFUSED = "redirect_refused"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    # The answer is not one that is read.
    TOO_LARGE = "too_large"
    INFLATES_TOO_MUCH = "inflates_too_much"
    ENCODING_NOT_SUPPORTED = "encoding_not_supported"
    HEADER_TOO_LARGE = "header_too_large"
    NOT_READABLE = "not_readable"
    # The way there.
    NAME_UNKNOWN = "name_unknown"
    NAME_LOOKUP_FAILED = "name_lookup_failed"
    CONNECT_FAILED = "connect_failed"
    TLS_FAILED = "tls_failed"
    TOO_SLOW = "too_slow"
    BROKEN_ANSWER = "broken_answer"
    # What the site said.
    HTTP_GONE = "http_gone"
    HTTP_RESTRICTED = "http_restricted"
    HTTP_ERROR = "http_error"
    # The page was cut off at its own cap; what was found until then counts.
    PAGE_CAP_REACHED = "page_cap_reached"


@dataclass(frozen=True, slots=True)
class FetchedPicture:
    """One picture found at `address`, hashed; hashes are lower-case hexadecimal.

    `imagery_id` names the sealed bytes in the volatile store for as long as they live there; `ips`
    are the checked addresses of the host that serves it, which need not be that of the page.
    """

    address: str
    imagery_id: UUID
    sha256: str
    sha1: str
    md5: str
    phash: str
    pdq: str
    pdq_quality: int
    width: int
    height: int
    media_type: str
    ips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchOrder:
    """Look at `address`; pictures are named after `url_id` and their content.

    So fetching again gives the same `imagery_id` to the same bytes, and another to changed ones.
    """

    address: str
    url_id: UUID
    egress: str = ""


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """`ips` are the checked addresses of the final host; the fingerprint is empty unless PAGE.

    `videos` are addresses of moving pictures seen on the page and not looked at;
    `missed_count` is how many pictures of the page could not be read.
    """

    result: FetchResult
    code: FetchCode
    http_status: int | None = None
    ips: tuple[str, ...] = ()
    pictures: tuple[FetchedPicture, ...] = ()
    page_fingerprint: str = ""
    videos: tuple[str, ...] = ()
    missed_count: int = 0


class ProbeState(StrEnum):
    """UNKNOWN is neither a hit nor a miss: it says nothing about the content."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class OfflineCause(StrEnum):
    """Why something is no longer there. source: research row OC-5 and table 3.8."""

    FILE_GONE = "file_gone"
    PAGE_GONE = "page_gone"
    SITE_DOWN = "site_down"
    DNS_GONE = "dns_gone"
    MOVED_IP = "moved_ip"
    REPLACED = "replaced"
    ACCESS_NOW_RESTRICTED = "access_now_restricted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ProbeOrder:
    """What was known of `address` when it was decided, to compare with what is there now.

    A picture is known by `sha256` and `pdq`, a page by its fingerprint and, if one picture on it
    matters, by that picture too. `known_ips` are those of the hosting fact in force.
    """

    address: str
    sha256: str | None = None
    pdq: str | None = None
    page_fingerprint: str = ""
    egress: str = ""
    known_ips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeOutcome:
    """One look at an address from one egress; `cause` is None unless it is not online."""

    state: ProbeState
    cause: OfflineCause | None
    egress: str
    ips: tuple[str, ...] = ()
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture rendered for the eyes of staff, freshly encoded; never the original bytes."""

    content: bytes
    media_type: str
