"""Where an illegal address is hosted, who may be written to there, and the table of networks."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from uuid import UUID

from shared.domain.errors import NotFound
from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.hosting import (
    HostingContact,
    NetworkFacts,
    is_plausible_contact,
    is_usable_at_once,
)
from hotline.domain.policy import Policy
from hotline.domain.removal import RemovalState, after_hosting
from hotline.domain.role import Permission
from hotline.queries.hosting import (
    contact,
    contact_by_email,
    network_of,
    provider_by_handle,
)
from hotline.queries.removal import cases_waiting_for_contact, hosting_of, locked_case
from hotline.queries.url import url
from hotline.tables import AbuseContact, HostingFact, HostingProvider, IpNetwork, RemovalCase
from hotline.use_cases.exposure import person
from hotline.use_cases.ports import HostingLookup
from hotline.use_cases.removal import move_case
from hotline.use_cases.takedown import queue_notice

# A host with more addresses than this is a network of its own; the first ones tell whose.
MOST_ADDRESSES_LOOKED_UP = 4
ROWS_AT_ONCE = 1_000
UNKNOWN_NETWORK = NetworkFacts(prefix="", country="", asn=0, as_name="")

Contacts = Mapping[str, HostingContact | None]


@dataclass(frozen=True, slots=True)
class ToLookUp:
    ips: tuple[str, ...]


def claim_look_up(work: UnitOfWork, case_id: UUID) -> ToLookUp | None:
    """The IP addresses to ask the registries about; None when there is nothing to ask."""
    case = locked_case(work.session, case_id)
    ips = url(work.session, case.url_id).ips[:MOST_ADDRESSES_LOOKED_UP]
    if case.state is not RemovalState.OPEN:
        return None
    if not ips:
        move_case(work, case, RemovalState.HOST_UNKNOWN)
        return None
    return ToLookUp(tuple(ips))


def ask_registries(lookup: HostingLookup, message: ToLookUp) -> Contacts:
    """Who answers for each IP address; called outside any transaction."""
    return {ip: _asked(lookup, ip) for ip in message.ips}


def settle_look_up(work: UnitOfWork, case_id: UUID, contacts: Contacts, policy: Policy) -> None:
    """Store where a case is hosted and send it on: to a notice, or to people."""
    case = locked_case(work.session, case_id)
    if case.state is not RemovalState.OPEN:
        return
    for ip, found in contacts.items():
        _store_fact(work, case, ip, found, trusts_registries=policy.trusts_registries)
    work.session.flush()
    route_case(work, case, policy)


def give_up_look_up(work: UnitOfWork, case_id: UUID) -> None:
    """Show a case to people when the registries did not answer for too long.

    The loaded table still tells the country.
    """
    case = locked_case(work.session, case_id)
    if case.state is not RemovalState.OPEN:
        return
    ips = url(work.session, case.url_id).ips[:MOST_ADDRESSES_LOOKED_UP]
    for ip in ips:
        _store_fact(work, case, ip, None, trusts_registries=False)
    work.session.flush()
    fact = hosting_of(work.session, case.id)
    move_case(work, case, after_hosting(fact.country if fact else "", has_usable_contact=False))


def route_case(work: UnitOfWork, case: RemovalCase, policy: Policy) -> None:
    """Queue the first notice, or leave the case in the waiting state people are shown."""
    fact = hosting_of(work.session, case.id)
    country = fact.country if fact else ""
    known = contact(work.session, fact.contact_id) if fact and fact.contact_id else None
    to = after_hosting(country, has_usable_contact=bool(known and known.is_usable))
    if to is RemovalState.NOTICE_QUEUED:
        queue_notice(work, case, country, known, policy)
    elif case.state is not to:
        move_case(work, case, to)


def approve_contact(work: UnitOfWork, contact_id: UUID, policy: Policy) -> int:
    """Let notices go to a contact; the cases that waited for it go out. Returns how many."""
    work.require(Permission.EDIT_CONTACTS)
    approved = contact(work.session, contact_id)
    approved.is_usable = True
    approved.approved_by = person(work)
    work.record("contact.approved", approved.id)
    work.session.flush()
    waiting = cases_waiting_for_contact(work.session, approved.id)
    for case in waiting:
        route_case(work, case, policy)
    return len(waiting)


def load_networks(work: UnitOfWork, networks: Iterable[NetworkFacts]) -> int:
    """Replace the table of networks and return how many there are now."""
    work.session.exec(delete(IpNetwork))
    rows = (asdict(network) for network in networks)
    count = 0
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        work.session.exec(insert(IpNetwork).values(batch))
        count += len(batch)
    work.record("networks.loaded", count=count)
    return count


def _asked(lookup: HostingLookup, ip: str) -> HostingContact | None:
    try:
        return lookup.look_up(ip)
    except NotFound:
        return None


def _store_fact(
    work: UnitOfWork,
    case: RemovalCase,
    ip: str,
    found: HostingContact | None,
    *,
    trusts_registries: bool,
) -> None:
    network = network_of(work.session, ip) or UNKNOWN_NETWORK
    known = _known_contact(work, found, trusts_registries=trusts_registries) if found else None
    provider = provider_by_handle(work.session, found.provider_key) if found else None
    work.session.add(
        HostingFact(
            removal_case_id=case.id,
            ip=ip,
            prefix=network.prefix,
            country=network.country,
            asn=network.asn,
            as_name=network.as_name,
            provider_id=provider.id if provider else None,
            contact_id=known.id if known else None,
            looked_up_at=work.now,
        )
    )
    work.record("removal.hosting_found", case.id, reason=network.country or "unknown")


def _known_contact(
    work: UnitOfWork, found: HostingContact, *, trusts_registries: bool
) -> AbuseContact | None:
    """The contact a registry names; a new one waits for a person unless registries are trusted."""
    if not found.provider_key:
        return None
    owner = HostingProvider(handle=found.provider_key, name=found.name, created_at=work.now)
    work.session.exec(
        insert(HostingProvider)
        .values(owner.model_dump())
        .on_conflict_do_nothing(index_elements=["handle"])
    )
    provider = provider_by_handle(work.session, found.provider_key)
    if provider is None or not is_plausible_contact(found.abuse_email):
        return None
    row = AbuseContact(
        provider_id=provider.id,
        email=found.abuse_email,
        source=found.source,
        is_usable=is_usable_at_once(found, trusts_registries=trusts_registries),
        created_at=work.now,
    )
    work.session.exec(
        insert(AbuseContact)
        .values(row.model_dump())
        .on_conflict_do_nothing(index_elements=["provider_id", "email"])
    )
    return contact_by_email(work.session, provider.id, found.abuse_email)
