"""Asking registries over RDAP, through the client library, on loopback."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hotline.adapters.hosting_lookup import NullHostingLookup, RdapLookup
from hotline.adapters.rdap_bootstrap import RdapBootstrap
from hotline.domain.hosting import ContactSource
from shared.domain.errors import NotFound, Unavailable

from infra.peers.control import Peers
from infra.peers.registry import ABUSE_EMAIL, HOLDER
from infra.peers.server import Answer
from infra.ports import free_port
from tests.fakes import FrozenClock
from tests.hotline.adapters.registries import Registry, entity, lookup_at, network, registry

IP = "192.0.2.10"


@pytest.fixture
def rir() -> Iterator[Registry]:
    with registry() as found:
        yield found


@pytest.mark.requirement("HO-2")
def test_the_registry_of_the_demonstration_names_its_abuse_contact(
    tmp_path: Path, clock: FrozenClock
) -> None:
    with Peers(tmp_path / "mail") as peers:
        lookup = RdapLookup(RdapBootstrap(peers.registry.bootstrap_url), clock=clock)
        clock.advance(timedelta(minutes=1))
        found = lookup.look_up("127.0.0.1")
        with pytest.raises(NotFound):
            lookup.look_up("192.0.2.1")
    assert (found.name, found.abuse_email) == (HOLDER, ABUSE_EMAIL)
    assert (found.source, found.looked_up_at) == (ContactSource.RDAP, clock())


# The shapes in which the five regional registries answer.
FLAT = network(
    entity("registrant", "Example Org", handle="ORG-1"),
    entity("abuse", "Abuse desk", "abuse@host.example", handle="AB-1"),
)
NESTED = network(
    entity(
        "registrant",
        "Example Org",
        handle="ORG-1",
        inside=(entity("abuse", "Abuse desk", "abuse@host.example", handle="AB-1"),),
    )
)
ONE_FOR_ALL = network(
    entity("registrant", "Example Org", handle="ORG-1"),
    {**entity("technical", "Desk", "abuse@host.example"), "roles": ["technical", "abuse"]},
)


@pytest.mark.requirement("HO-2")
@pytest.mark.parametrize(
    "answer", [FLAT, NESTED, ONE_FOR_ALL], ids=["beside", "inside the holder", "several roles"]
)
def test_the_abuse_contact_is_found_in_every_shape_of_answer(
    tmp_path: Path, rir: Registry, answer: dict[str, Any]
) -> None:
    rir.knows(IP, answer)
    found = lookup_at(tmp_path, rir.port).look_up(IP)
    assert (found.name, found.handle) == ("Example Org", "ORG-1")
    assert found.abuse_email == "abuse@host.example"


@pytest.mark.requirement("HO-2")
@pytest.mark.parametrize(
    "answer",
    [
        network(entity("registrant", "Example Org", "info@host.example", handle="ORG-1")),
        network(
            entity("registrant", "Example Org", handle="ORG-1"),
            entity("abuse", "Desk", "redacted@host.example"),
        ),
        network(entity("registrant", "Example Org", handle="ORG-1"), entity("abuse", "Desk")),
        network(
            entity("registrant", "Example Org", handle="ORG-1"),
            entity("abuse", "Desk", "a@b.example, all@b.example"),
        ),
    ],
    ids=["no role abuse", "placeholder", "no mailbox", "two in one"],
)
def test_another_mailbox_or_a_placeholder_is_no_abuse_contact(
    tmp_path: Path, rir: Registry, answer: dict[str, Any]
) -> None:
    rir.knows(IP, answer)
    found = lookup_at(tmp_path, rir.port).look_up(IP)
    assert (found.name, found.abuse_email) == ("Example Org", "")


@pytest.mark.requirement("HO-2")
def test_the_first_contact_that_is_a_mailbox_is_taken(tmp_path: Path, rir: Registry) -> None:
    rir.knows(IP, network(entity("abuse", "Desk", "redacted@host.example", "abuse@host.example")))
    assert lookup_at(tmp_path, rir.port).look_up(IP).abuse_email == "abuse@host.example"


def test_without_a_holder_the_network_itself_is_named(tmp_path: Path, rir: Registry) -> None:
    rir.knows(IP, network())
    found = lookup_at(tmp_path, rir.port).look_up(IP)
    assert (found.name, found.handle) == ("EXAMPLE-NET", "NET-1")


def test_an_ipv6_address_is_asked_about_as_it_is_written(tmp_path: Path, rir: Registry) -> None:
    rir.knows(
        "2001:db8::1",
        network(startAddress="2001:db8::", endAddress="2001:db8::ffff", ipVersion="v6"),
    )
    assert lookup_at(tmp_path, rir.port).look_up("2001:db8::1").name == "EXAMPLE-NET"
    assert rir.asked == ["/ip/2001:db8::1"]


def test_a_network_that_is_not_registered_is_not_found(tmp_path: Path, rir: Registry) -> None:
    with pytest.raises(NotFound):
        lookup_at(tmp_path, rir.port).look_up(IP)


@pytest.mark.requirement("SEC-R4")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"", "application/rdap+json"),
        Answer(b"no json", "application/rdap+json"),
        Answer(b"[]", "application/rdap+json"),
        Answer(b"null", "application/rdap+json"),
        Answer(b"{}", "application/rdap+json"),
        Answer(b'{"entities": 7}', "application/rdap+json"),
        Answer(b"\xff\xfe", "application/rdap+json"),
        Answer(b"busy", "text/plain", 429),
        Answer(b"broken", "text/plain", 500),
        Answer(b"away", "text/plain", 503),
    ],
    ids=[
        "empty",
        "no json",
        "list",
        "null",
        "empty object",
        "wrong type",
        "no text",
        "429",
        "500",
        "503",
    ],
)
def test_an_answer_that_cannot_be_used_is_no_crash(
    tmp_path: Path, rir: Registry, answer: Answer
) -> None:
    rir.answers[f"/ip/{IP}"] = answer
    with pytest.raises(Unavailable) as refused:
        lookup_at(tmp_path, rir.port).look_up(IP)
    assert refused.value.code == "registry_unavailable"


@pytest.mark.requirement("SEC-R4")
def test_a_registry_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        lookup_at(tmp_path, free_port()).look_up(IP)


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize("name", ["Evil\x00Host", "Two\r\nLines", "n" * 5000, "\ud83d"])
def test_a_strange_name_becomes_one_line_of_bounded_length(
    tmp_path: Path, rir: Registry, name: str
) -> None:
    rir.knows(IP, network(entity("registrant", name, handle="ORG-1")))
    found = lookup_at(tmp_path, rir.port).look_up(IP)
    assert found.name.isprintable()
    assert len(found.name) <= 200


def test_who_asks_nobody_knows_nobody() -> None:
    with pytest.raises(NotFound):
        NullHostingLookup().look_up(IP)
