"""Which registry is asked about an address."""

import json
from ipaddress import ip_address
from pathlib import Path

import pytest
from hotline.adapters.rdap_bootstrap import RdapBootstrap
from shared.domain.errors import NotFound, Unavailable

from infra.peers.server import Answer
from infra.ports import free_port
from tests.hotline.adapters.registries import bootstrap_file, registry

IP = ip_address("192.0.2.10")


def test_the_most_specific_registry_answers(tmp_path: Path) -> None:
    services = [
        [["192.0.0.0/8"], ["https://large.example/"]],
        [["192.0.2.0/24", "198.51.100.0/24"], ["https://small.example/"]],
        [["2001:db8::/32"], ["https://six.example/"]],
    ]
    bootstrap = RdapBootstrap(bootstrap_file(tmp_path, services))
    assert bootstrap.registry_of(IP) == "https://small.example/"
    assert bootstrap.registry_of(ip_address("192.1.1.1")) == "https://large.example/"
    assert bootstrap.registry_of(ip_address("2001:db8::1")) == "https://six.example/"


def test_an_address_of_nobody_has_no_registry(tmp_path: Path) -> None:
    bootstrap = RdapBootstrap(bootstrap_file(tmp_path, [[["10.0.0.0/8"], ["https://a.example/"]]]))
    with pytest.raises(NotFound):
        bootstrap.registry_of(IP)


def test_both_families_can_stand_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "both.json"
    four = {"services": [[["192.0.2.0/24"], ["https://four.example/"]]]}
    six = {"services": [[["2001:db8::/32"], ["https://six.example/"]]]}
    path.write_text(json.dumps({"ipv4": four, "ipv6": six}))
    bootstrap = RdapBootstrap(str(path))
    assert bootstrap.registry_of(IP) == "https://four.example/"
    assert bootstrap.registry_of(ip_address("2001:db8::1")) == "https://six.example/"


def test_encrypted_addresses_come_before_plain_ones_only_as_listed(tmp_path: Path) -> None:
    services = [[["192.0.2.0/24"], ["ftp://a.example/", "https://a.example/"]]]
    assert RdapBootstrap(bootstrap_file(tmp_path, services)).registry_of(IP) == "https://a.example/"


def test_a_list_is_read_over_the_network_once() -> None:
    document = {"services": [[["192.0.2.0/24"], ["https://a.example/"]]]}
    with registry() as server:
        server.answers["/list.json"] = Answer(json.dumps(document).encode(), "application/json")
        bootstrap = RdapBootstrap(f"http://127.0.0.1:{server.port}/list.json")
        assert {bootstrap.registry_of(IP) for _ in range(3)} == {"https://a.example/"}
        assert server.asked == ["/list.json"]


@pytest.mark.requirement("SEC-R4")
def test_a_list_that_was_not_to_be_had_is_asked_for_again() -> None:
    document = {"services": [[["192.0.2.0/24"], ["https://a.example/"]]]}
    with registry() as server:
        bootstrap = RdapBootstrap(f"http://127.0.0.1:{server.port}/list.json")
        with pytest.raises(Unavailable):
            bootstrap.registry_of(IP)
        server.answers["/list.json"] = Answer(json.dumps(document).encode(), "application/json")
        assert bootstrap.registry_of(IP) == "https://a.example/"


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    "content",
    [
        "",
        "no json",
        "[]",
        '{"services": 7}',
        '{"services": [7]}',
        '{"services": [[["x"], ["https://a"]]]}',
    ],
)
def test_a_list_that_cannot_be_read_is_unavailable(tmp_path: Path, content: str) -> None:
    path = tmp_path / "list.json"
    path.write_text(content)
    with pytest.raises(Unavailable) as refused:
        RdapBootstrap(str(path)).registry_of(IP)
    assert refused.value.code == "registry_list_unavailable"


@pytest.mark.requirement("SEC-R4")
@pytest.mark.parametrize("place", ["/nowhere/list.json", "http://127.0.0.1:{port}/list.json"])
def test_a_list_that_is_nowhere_is_unavailable(place: str) -> None:
    with pytest.raises(Unavailable):
        RdapBootstrap(place.format(port=free_port())).registry_of(IP)
