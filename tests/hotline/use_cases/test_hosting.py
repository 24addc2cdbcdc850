"""Where a case is hosted, who may be written to, and the table of networks."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hotline.domain.hosting import ContactSource, HostingContact, NetworkFacts
from hotline.domain.policy import Policy
from hotline.domain.removal import RemovalState
from hotline.domain.role import ROLES
from hotline.queries.hosting import contacts, network_of
from hotline.queries.removal import hosting_facts
from hotline.queries.takedown import notices_of
from hotline.tables import (
    AbuseContact,
    HostingFact,
    HostingProvider,
    IpNetwork,
    RemovalCase,
    TakedownNotice,
    Url,
)
from hotline.use_cases.hosting import (
    MOST_ADDRESSES_LOOKED_UP,
    ToLookUp,
    approve_contact,
    ask_registries,
    claim_look_up,
    give_up_look_up,
    load_networks,
    settle_look_up,
)
from shared.domain.errors import NotFound, NotPermitted

from tests.hotline.inside import OFFICER, Hotline, staff
from tests.hotline.pages.cases import FOREIGN_IP, HOME_IP, NETWORKS

ONE, TWO = "https://forum.example/1.png", "https://forum.example/2.png"


def answer(
    email: str = "abuse@host.example", handle: str = "VH-1", name: str = "Voorbeeld"
) -> HostingContact:
    return HostingContact(name, email, handle, ContactSource.RDAP, datetime(2026, 3, 2, tzinfo=UTC))


def opened(hotline: Hotline, address: str = ONE, ip: str = HOME_IP) -> UUID:
    """A case whose hosting is asked for; the table of networks is loaded."""
    hotline.do(load_networks, NETWORKS)
    return hotline.cases().known_illegal(address, ip=ip)


def settle(
    hotline: Hotline, case_id: UUID, contacts: dict[str, HostingContact | None]
) -> RemovalCase:
    hotline.do(settle_look_up, case_id, contacts, hotline.policy)
    return hotline.row(RemovalCase, case_id)


class Registries:
    def __init__(self, **known: HostingContact) -> None:
        self._known = known

    def look_up(self, ip: str) -> HostingContact:
        if ip not in self._known:
            raise NotFound("network_not_registered")
        return self._known[ip]


@pytest.mark.requirement("HO-1")
def test_the_first_addresses_of_a_host_are_asked_about(hotline: Hotline) -> None:
    case_id = opened(hotline)
    many = [f"192.0.2.{number}" for number in range(9)]
    with hotline.work() as work:
        url = work.session.get_one(Url, work.session.get_one(RemovalCase, case_id).url_id)
        url.ips = many
    assert hotline.do(claim_look_up, case_id) == ToLookUp(tuple(many[:MOST_ADDRESSES_LOOKED_UP]))


def test_an_address_that_no_registry_knows_is_no_failure() -> None:
    known = answer()
    asked = ask_registries(Registries(**{HOME_IP: known}), ToLookUp((HOME_IP, FOREIGN_IP)))
    assert asked == {HOME_IP: known, FOREIGN_IP: None}


def test_without_an_address_people_are_asked(hotline: Hotline) -> None:
    case_id = opened(hotline)
    with hotline.work() as work:
        work.session.get_one(Url, work.session.get_one(RemovalCase, case_id).url_id).ips = []
    assert hotline.do(claim_look_up, case_id) is None
    assert hotline.row(RemovalCase, case_id).state is RemovalState.HOST_UNKNOWN


@pytest.mark.requirement("HO-2")
@pytest.mark.requirement("HO-3")
def test_a_host_here_with_a_contact_of_a_registry_gets_its_notice_at_once(
    hotline: Hotline,
) -> None:
    case = settle(hotline, opened(hotline), {HOME_IP: answer()})

    assert case.state is RemovalState.NOTICE_QUEUED
    (fact,) = hotline.ask(hosting_facts, case.id)
    assert (fact.ip, fact.prefix, fact.country, fact.asn) == (
        HOME_IP,
        "192.0.2.0/24",
        "NL",
        64500,
    )
    assert len(hotline.ask(notices_of, case.id)) == 1
    assert hotline.acts("removal.hosting_found")[0].reason == "NL"


@pytest.mark.parametrize(
    ("ip", "contact", "state"),
    [
        (HOME_IP, answer("redacted@host.example"), RemovalState.CONTACT_REVIEW),
        (HOME_IP, answer(""), RemovalState.CONTACT_REVIEW),
        (HOME_IP, None, RemovalState.CONTACT_REVIEW),
        (FOREIGN_IP, answer(), RemovalState.HOSTED_ABROAD),
        (FOREIGN_IP, None, RemovalState.HOSTED_ABROAD),
        ("203.0.113.1", answer(), RemovalState.HOST_UNKNOWN),
        ("2001:db8::1", None, RemovalState.HOST_UNKNOWN),
    ],
)
def test_where_no_notice_can_go_people_are_shown_why(
    hotline: Hotline, ip: str, contact: HostingContact | None, state: RemovalState
) -> None:
    assert settle(hotline, opened(hotline, ip=ip), {ip: contact}).state is state
    assert hotline.rows(TakedownNotice) == []


@pytest.mark.requirement("HO-1")
def test_of_two_hosts_the_one_here_decides_and_both_facts_are_kept(hotline: Hotline) -> None:
    case = settle(hotline, opened(hotline), {FOREIGN_IP: answer(handle="BN-1"), HOME_IP: answer()})
    assert case.state is RemovalState.NOTICE_QUEUED
    assert {fact.country for fact in hotline.ask(hosting_facts, case.id)} == {"NL", "DE"}


def test_a_late_answer_of_the_registries_changes_nothing(hotline: Hotline) -> None:
    case_id = opened(hotline)
    settle(hotline, case_id, {HOME_IP: None})
    settle(hotline, case_id, {HOME_IP: answer()})
    hotline.do(give_up_look_up, case_id)
    assert hotline.row(RemovalCase, case_id).state is RemovalState.CONTACT_REVIEW
    assert len(hotline.rows(HostingFact)) == 1
    assert hotline.do(claim_look_up, case_id) is None


@pytest.mark.parametrize(
    ("ip", "state"),
    [
        (HOME_IP, RemovalState.CONTACT_REVIEW),
        (FOREIGN_IP, RemovalState.HOSTED_ABROAD),
        ("203.0.113.1", RemovalState.HOST_UNKNOWN),
    ],
)
def test_when_the_registries_are_down_too_long_the_table_still_tells_the_country(
    hotline: Hotline, ip: str, state: RemovalState
) -> None:
    case_id = opened(hotline, ip=ip)
    hotline.do(give_up_look_up, case_id)
    assert hotline.row(RemovalCase, case_id).state is state


def test_a_provider_and_a_contact_are_each_one_row(hotline: Hotline) -> None:
    for address in (ONE, TWO):
        settle(hotline, opened(hotline, address), {HOME_IP: answer()})
    assert len(hotline.rows(HostingProvider)) == len(hotline.rows(AbuseContact)) == 1
    assert len(hotline.rows(HostingFact)) == 2


def test_providers_without_a_handle_are_not_mixed_up(hotline: Hotline) -> None:
    """The letter would be addressed to another company."""
    settle(hotline, opened(hotline, ONE), {HOME_IP: answer("a@one.example", "", "One")})
    settle(hotline, opened(hotline, TWO), {HOME_IP: answer("a@two.example", "", "Two")})
    known = hotline.ask(contacts, limit=10)
    assert {(contact.email, owner.name) for contact, owner in known} == {
        ("a@one.example", "One"),
        ("a@two.example", "Two"),
    }


def test_who_is_not_named_at_all_is_nobody(hotline: Hotline) -> None:
    case = settle(hotline, opened(hotline), {HOME_IP: answer("", "", "")})
    assert case.state is RemovalState.CONTACT_REVIEW
    assert hotline.rows(HostingProvider) == []


def test_registries_may_be_mistrusted_by_setting(hotline: Hotline) -> None:
    hotline.policy = Policy(trusts_registries=False)
    case = settle(hotline, opened(hotline), {HOME_IP: answer()})
    assert case.state is RemovalState.CONTACT_REVIEW
    assert [contact.is_usable for contact in hotline.rows(AbuseContact)] == [False]


def test_with_its_contact_approved_every_waiting_case_goes_out(hotline: Hotline) -> None:
    hotline.policy = Policy(trusts_registries=False)
    waiting = [
        settle(hotline, opened(hotline, address), {HOME_IP: answer()}) for address in (ONE, TWO)
    ]
    (contact,) = hotline.rows(AbuseContact)
    assert hotline.do(approve_contact, contact.id, hotline.policy, by=OFFICER) == 2

    approved = hotline.row(AbuseContact, contact.id)
    assert (approved.is_usable, approved.approved_by) == (True, OFFICER.id)
    for case in waiting:
        assert hotline.row(RemovalCase, case.id).state is RemovalState.NOTICE_QUEUED
    (event,) = hotline.acts("contact.approved")
    assert (event.actor_id, event.object_id) == (OFFICER.id, contact.id)
    assert hotline.do(approve_contact, contact.id, hotline.policy, by=OFFICER) == 0


@pytest.mark.requirement("MG-4")
@pytest.mark.parametrize("role", [role for role in ROLES if role != "ntd_officer"])
def test_other_roles_approve_no_contact(hotline: Hotline, role: str) -> None:
    hotline.policy = Policy(trusts_registries=False)
    settle(hotline, opened(hotline), {HOME_IP: answer()})
    (contact,) = hotline.rows(AbuseContact)
    with pytest.raises(NotPermitted):
        hotline.do(approve_contact, contact.id, hotline.policy, by=staff(role))
    assert hotline.row(AbuseContact, contact.id).is_usable is False


@pytest.mark.requirement("HO-3")
@pytest.mark.parametrize(
    ("ip", "asn"),
    [
        ("192.0.2.10", 3),
        ("192.0.2.200", 2),
        ("192.0.3.1", 1),
        ("2001:db8:1::1", 5),
        ("2001:db8:2::1", 4),
        ("203.0.113.1", None),
    ],
)
def test_the_smallest_network_that_holds_an_address_tells(
    hotline: Hotline, ip: str, asn: int | None
) -> None:
    prefixes = [
        "192.0.0.0/16",
        "192.0.2.0/24",
        "192.0.2.0/28",
        "2001:db8::/32",
        "2001:db8:1::/48",
    ]
    table = [NetworkFacts(prefix, "NL", n, "x") for n, prefix in enumerate(prefixes, start=1)]
    hotline.do(load_networks, table)
    found = hotline.ask(network_of, ip)
    assert (found.asn if found else None) == asn


@pytest.mark.requirement("HO-3")
def test_loading_replaces_the_whole_table(hotline: Hotline) -> None:
    hotline.do(load_networks, NETWORKS)
    table = [NetworkFacts(f"10.{n // 256}.{n % 256}.0/24", "NL", n + 1, "x") for n in range(1100)]
    assert hotline.do(load_networks, iter(table)) == 1100
    assert len(hotline.rows(IpNetwork)) == 1100
    assert [event.facts["count"] for event in hotline.acts("networks.loaded")] == [2, 1100]
