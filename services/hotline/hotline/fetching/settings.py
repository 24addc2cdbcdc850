"""What the fetcher process needs to know; made from the hotline's settings."""

from dataclasses import dataclass
from ipaddress import ip_address

from hotline.fetching.door import Endpoint


@dataclass(frozen=True, slots=True)
class FetcherSettings:
    """`hotline_key` is the public key (base64url) that the hotline's tokens are verified with.

    Empty `nameservers` means those of the system; the egress "" lets the system choose a source.
    Raises ValueError for test endpoints in production.
    """

    bind: str
    volatile_redis_url: str
    hotline_key: str
    metrics_bind: str = ""
    nameservers: tuple[tuple[str, int], ...] = ()
    test_endpoints: frozenset[Endpoint] = frozenset()
    egresses: tuple[str, ...] = ("",)
    is_production: bool = True

    def __post_init__(self) -> None:
        if self.is_production and self.test_endpoints:
            raise ValueError("test endpoints are refused in production")


def parse_endpoints(text: str) -> tuple[Endpoint, ...]:
    """`address:port, [address]:port, …` with addresses as numbers. Raises ValueError."""
    return tuple(_endpoint(part.strip()) for part in text.split(",") if part.strip())


def parse_nameservers(text: str) -> tuple[tuple[str, int], ...]:
    return tuple((str(address), port) for address, port in parse_endpoints(text))


def parse_egresses(text: str) -> tuple[str, ...]:
    """Local source addresses; one that the system chooses when none is named."""
    named = tuple(str(ip_address(part.strip())) for part in text.split(",") if part.strip())
    return named or ("",)


def _endpoint(text: str) -> Endpoint:
    host, _, port = text.rpartition(":")
    number = int(port)
    if not 0 < number < 1 << 16:
        raise ValueError("a port is from 1 to 65535")
    return ip_address(host.strip("[]")), number
