"""Whose network an IP address is in and where abuse of it is reported, asked over RDAP."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from shared.domain.errors import NotFound, Unavailable
from shared.platform.clock import Clock, utc_now
from whoisit.bootstrap import Bootstrap
from whoisit.errors import ResourceDoesNotExist, WhoisItError
from whoisit.parser import parse
from whoisit.query import Query
from whoisit.utils import create_session

from hotline.adapters.rdap_bootstrap import RdapBootstrap
from hotline.domain.hosting import ContactSource, HostingContact, is_plausible_contact

QUERY_SECONDS = 10.0
MOST_REDIRECTS = 3
LONGEST_NAME = 200

# Registries mark the holder of a network with one of these, the nearest to it first.
_HOLDER_ROLES = ("registrant", "administrative", "technical", "abuse")


class RdapLookup:
    def __init__(self, bootstrap: RdapBootstrap, *, clock: Clock = utc_now) -> None:
        self._bootstrap = bootstrap
        self._clock = clock
        self._session = create_session()
        self._session.trust_env = False
        self._session.max_redirects = MOST_REDIRECTS
        self._parser = Bootstrap(session=self._session)

    def look_up(self, ip: str) -> HostingContact:
        """Raises NotFound when no registry knows the address, Unavailable."""
        network = self._network(ip)
        entities: dict[str, list[dict[str, Any]]] = network.get("entities") or {}
        holder = _holder(entities)
        return HostingContact(
            name=_one_line(holder.get("name") or network.get("name")),
            abuse_email=next(_abuse_emails(entities), ""),
            handle=_one_line(holder.get("handle") or network.get("handle")),
            source=ContactSource.RDAP,
            looked_up_at=self._clock(),
        )

    def _network(self, ip: str) -> dict[str, Any]:
        base = self._bootstrap.registry_of(ip_address(ip))
        query = Query(self._session, "GET", f"{base.rstrip('/')}/ip/{ip}")
        try:
            answer = query.request(timeout=QUERY_SECONDS)
            network: dict[str, Any] = parse(self._parser, "ip network", ip, answer)
        except ResourceDoesNotExist:
            raise NotFound("network_not_registered") from None
        except (WhoisItError, LookupError, TypeError, ValueError, AttributeError):
            raise Unavailable("registry_unavailable") from None
        return network


class NullHostingLookup:
    """Asks no registry: nobody is known."""

    def look_up(self, ip: str) -> HostingContact:
        raise NotFound("network_not_registered")


def _one_line(text: object) -> str:
    """A name as it can be stored and printed; a registry passes on what its members wrote."""
    shown = "".join(sign if sign.isprintable() else " " for sign in str(text or ""))
    return " ".join(shown.split())[:LONGEST_NAME]


def _holder(entities: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    for role in _HOLDER_ROLES:
        for entity in entities.get(role, ()):
            if entity.get("name"):
                return entity
    return {}


def _abuse_emails(entities: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Only of the role abuse: another mailbox of a provider is not where a notice belongs."""
    for entity in entities.get("abuse", ()):
        for email in entity.get("emails", ()):
            if is_plausible_contact(email):
                yield str(email)
