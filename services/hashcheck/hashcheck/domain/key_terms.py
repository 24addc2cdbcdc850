"""From where, and how much, may be asked with one API key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from shared.domain.errors import Invalid

from hashcheck.domain.check import AMSTERDAM

Network = IPv4Network | IPv6Network

# What a key of a company that tries the service is for: it matches public test entries only.
SANDBOX_SCOPE = "hash:test"
SANDBOX_LIFE = timedelta(days=30)
# How long the key that is replaced works on, so that every machine gets the new one in time.
ROTATION_OVERLAP = timedelta(days=14)
MOST_NETWORKS = 20
LARGEST_QUOTA = 10**12


@dataclass(frozen=True, slots=True)
class Quota:
    """Hashes and pictures per day of Amsterdam and per minute, with one key at all processes."""

    per_day: int
    per_minute: int


# A sixth of all checks of 2025, on one day: it stops mistakes and no work. Less is agreed per key.
USUAL_QUOTA = Quota(2_000_000_000, 20_000_000)
SANDBOX_QUOTA = Quota(10_000, 1_000)


def quota_of(per_day: int, per_minute: int) -> Quota:
    """Raises Invalid `quota_invalid`."""
    if not (0 < per_minute <= LARGEST_QUOTA and 0 < per_day <= LARGEST_QUOTA):
        raise Invalid("quota_invalid", fields=("per_day", "per_minute"))
    return Quota(per_day, per_minute)


def networks_in(text: str) -> list[str]:
    """Addresses and networks between spaces, commas or lines, in their shortest form, each once.

    Raises Invalid `network_invalid` for what is none, also for a network with bits of a machine
    (192.0.2.1/24), which could mean two things; `too_many_networks`.
    """
    try:
        found = [str(ip_network(part)) for part in text.replace(",", " ").split()]
    except ValueError:
        raise Invalid("network_invalid", fields=("networks",)) from None
    if len(found) > MOST_NETWORKS:
        raise Invalid("too_many_networks", fields=("networks",))
    return list(dict.fromkeys(found))


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address may ask; an unreadable one may only where everybody may."""
    if not networks:
        return True
    try:
        asking = ip_address(address)
    except ValueError:
        return False
    # An IPv4 caller at a socket of both kinds.
    asking = getattr(asking, "ipv4_mapped", None) or asking
    return any(asking in network for network in networks)


def end_of_day(now: datetime) -> datetime:
    """The midnight of Amsterdam that comes next."""
    tomorrow = now.astimezone(AMSTERDAM).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), AMSTERDAM)
