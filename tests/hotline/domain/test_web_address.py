"""Addresses are read as browsers read them. Expected forms: WHATWG URL standard."""

import hashlib

import pytest
from hotline.domain.web_address import LONGEST_ADDRESS, Obstacle, parse_address
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import DomainError, Invalid

from tests.hotline.domain.addresses import canonical_addresses

CANONICAL = [
    ("http://site.example", "http://site.example/"),
    ("HTTP://Site.EXAMPLE/", "http://site.example/"),
    ("http://site.example:80/a", "http://site.example/a"),
    ("https://site.example:443/a", "https://site.example/a"),
    ("https://site.example:80/", "https://site.example:80/"),
    ("http://site.example:443/", "http://site.example:443/"),
    ("http://site.example:/", "http://site.example/"),
    ("http://site.example/#part", "http://site.example/"),
    ("http://site.example/#", "http://site.example/"),
    ("http://site.example/?#", "http://site.example/?"),
    ("http://site.example?q", "http://site.example/?q"),
    ("http://site.example/?b=2&a=1&a=1", "http://site.example/?b=2&a=1&a=1"),
    ("http://site.example//a///b/", "http://site.example//a///b/"),
    ("http://site.example/A/b/C", "http://site.example/A/b/C"),
    ("http://site.example/a/./b/../c", "http://site.example/a/c"),
    ("http://site.example/%2e%2E/x", "http://site.example/x"),
    ("http://site.example/%7Ename", "http://site.example/%7Ename"),
    ("http://site.example/~name", "http://site.example/~name"),
    ("http://site.example/%c3%a9", "http://site.example/%c3%a9"),
    ("http://site.example/é", "http://site.example/%C3%A9"),
    ("http://site.example/a b?c d", "http://site.example/a%20b?c%20d"),
    ("http://site.example/<x>", "http://site.example/%3Cx%3E"),
    ("http://site.example/a;b,c", "http://site.example/a;b,c"),
    ("http://site.example/?u=http://b.example", "http://site.example/?u=http://b.example"),
    ("http:\\\\site.example\\a", "http://site.example/a"),
    ("http:/site.example/a", "http://site.example/a"),
    ("https:site.example", "https://site.example/"),
    ("  http://site.example/  ", "http://site.example/"),
    ("http://@site.example/", "http://site.example/"),
    ("http://site.example\\@other.example/", "http://site.example/@other.example/"),
    ("http://site%2eexample/", "http://site.example/"),
    ("http://exämple.example/", "http://xn--exmple-cua.example/"),
    ("http://xn--exmple-cua.example/", "http://xn--exmple-cua.example/"),
    ("http://FAß.example/", "http://xn--fa-hia.example/"),
    ("http://site。example/", "http://site.example/"),
    ("http://a_b.example/", "http://a_b.example/"),
    ("http://93.184.215.14/", "http://93.184.215.14/"),
    ("http://[2606:4700:0:0::1111]/", "http://[2606:4700::1111]/"),
    ("http://site.example/?x=\u00ad", "http://site.example/?x=%C2%AD"),
]

REFUSED = [
    ("", "bad_host"),
    ("site.example/a", "bad_host"),
    ("ftp://site.example/", "scheme_not_supported"),
    ("file:///etc/hosts", "scheme_not_supported"),
    ("data:text/html,x", "scheme_not_supported"),
    ("javascript:alert(1)", "scheme_not_supported"),
    ("blob:http://site.example/x", "scheme_not_supported"),
    ("gopher://site.example/", "scheme_not_supported"),
    ("magnet:?xt=x", "scheme_not_supported"),
    ("tel:112", "scheme_not_supported"),
    ("http://name@site.example/", "userinfo_not_allowed"),
    ("http://name:word@site.example/", "userinfo_not_allowed"),
    ("http://site.example@other.example", "userinfo_not_allowed"),
    ("http://", "no_host"),
    ("http:", "no_host"),
    ("http:///site.example/", "no_host"),
    ("https:\\\\\\site.example", "no_host"),
    ("http://host/", "single_label"),
    ("http://site.example./", "trailing_dot"),
    ("http://site..example/", "empty_label"),
    ("http://.site.example/", "empty_label"),
    (f"http://{'a' * 64}.example/", "label_too_long"),
    ("http://" + ".".join(["a" * 60] * 5) + "/", "label_too_long"),
    ("http://aaaaaaaaaaaaaaaa.onion/", "onion_address"),
    ("http://xn--a.example/", "bad_host"),
    ("http://site.example:65536/", "bad_host"),
    ("http://256.0.0.1/", "bad_host"),
    ("http://1.2.3.4.5/", "bad_host"),
    ("http://[::1/", "bad_host"),
    ("http://[fe80::1%25eth0]/", "bad_host"),
    ("http://si%00te.example/", "bad_host"),
    ("http://si te.example/", "bad_host"),
    ("http://\u202esite.example/", "bad_host"),
    ("http://site.example/\r\nX: y", "bad_characters"),
    ("http://site.example/a\tb", "bad_characters"),
    ("http://site.example/\x00", "bad_characters"),
    ("http://site.example/\x85", "bad_characters"),
    ("http://site.example/\ud800", "bad_characters"),
    ("http://site.example/\u0378", "bad_characters"),
    ("http://site.example/" + "a" * LONGEST_ADDRESS, "address_too_long"),
    ("http://site.example/" + "é" * (LONGEST_ADDRESS // 4), "address_too_long"),
]

NOT_PUBLIC = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://①②⑦.⓪.⓪.①/",
    "http://１２７.0.0.1/",
    "http://10.0.0.1/",
    "http://169.254.169.254/",
    "http://100.64.0.1/",
    "http://0.0.0.0/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:1::]/",
    "http://[fc00::1]/",
    "http://[fe80::1]/",
    "http://[ff02::1]/",
]


@pytest.mark.requirement("UR-1")
@pytest.mark.parametrize(("typed", "canonical"), CANONICAL)
def test_an_address_has_one_canonical_form(typed: str, canonical: str) -> None:
    assert parse_address(typed).canonical == canonical


@pytest.mark.requirement("UR-1")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(("typed", "code"), REFUSED)
def test_what_is_no_web_address_is_refused_with_its_code(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_address(typed)
    assert refused.value.code == code


@pytest.mark.requirement("UR-1")
@pytest.mark.requirement("SEC-P4")
def test_a_refusal_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(Invalid) as refused:
        parse_address("http://name:canary@site.example/")
    assert "canary" not in repr(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.requirement("UR-8")
@pytest.mark.parametrize("typed", NOT_PUBLIC)
def test_an_address_of_a_network_of_ours_is_kept_and_never_fetched(typed: str) -> None:
    address = parse_address(typed)
    assert (address.obstacle, address.may_be_fetched) == (Obstacle.NOT_PUBLIC, False)


@pytest.mark.requirement("UR-8")
@pytest.mark.parametrize(
    "host", ["localhost", "a.localhost", "printer.local", "metadata.google.internal", "nas.lan"]
)
def test_a_local_name_is_kept_and_never_fetched(host: str) -> None:
    address = parse_address(f"http://{host}/")
    assert (address.obstacle, address.may_be_fetched) == (Obstacle.LOCAL_NAME, False)


@pytest.mark.parametrize("host", ["notlocalhost.example", "local.example", "internal.example"])
def test_a_name_that_only_resembles_a_local_one_is_fetched(host: str) -> None:
    assert parse_address(f"http://{host}/").obstacle is Obstacle.NONE


@pytest.mark.parametrize(
    ("port", "obstacle"),
    [
        ("80", Obstacle.NONE),
        ("443", Obstacle.NONE),
        ("8080", Obstacle.PORT_NEEDS_EXEMPTION),
        ("0", Obstacle.PORT_NEEDS_EXEMPTION),
        ("22", Obstacle.PORT_NEEDS_EXEMPTION),
    ],
)
def test_another_port_is_kept_and_left_to_the_guard(port: str, obstacle: Obstacle) -> None:
    assert parse_address(f"http://site.example:{port}/").obstacle is obstacle


@pytest.mark.parametrize(
    ("host", "is_mixed"),
    [
        ("\u0430pple.example", True),  # Cyrillic a
        ("p\u03b1ypal.example", True),  # Greek alpha
        ("\u044f\u0431\u043b\u043e\u043a\u043e.example", False),
        ("apple.example", False),
        ("caf\u00e9.example", False),
    ],
)
def test_a_label_of_two_alphabets_is_marked(host: str, *, is_mixed: bool) -> None:
    assert parse_address(f"http://{host}/").has_mixed_scripts is is_mixed


@pytest.mark.requirement("UR-1")
@given(canonical_addresses())
def test_the_canonical_form_is_its_own_canonical_form(address: str) -> None:
    once = parse_address(address)
    again = parse_address(once.canonical)
    assert again == once
    assert once.key == hashlib.sha256(once.canonical.encode()).digest()


@pytest.mark.requirement("UR-1")
@given(canonical_addresses(), canonical_addresses())
def test_two_addresses_have_one_key_only_when_they_are_the_same(one: str, other: str) -> None:
    first, second = parse_address(one), parse_address(other)
    assert (first.key == second.key) == (first.canonical == second.canonical)


@pytest.mark.requirement("SEC-S1")
@given(st.text(max_size=200) | st.text(max_size=100).map(lambda text: f"http://{text}"))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    try:
        address = parse_address(text)
    except DomainError:
        return
    assert parse_address(address.canonical) == address
