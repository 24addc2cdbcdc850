"""What people type, paste and write so that nobody clicks on it."""

import pytest
from hotline.domain.address_text import addresses_in
from hotline.domain.web_address import LONGEST_ADDRESS, parse_address
from hypothesis import given
from hypothesis import strategies as st

from tests.hotline.domain.addresses import canonical_addresses

MEANT = "http://site.example/a/B?c=1"

FORMS = [
    "http://site.example/a/B?c=1",
    "HTTP://SITE.example/a/B?c=1",
    "http://site.example:80/a/B?c=1#part",
    "hxxp://site.example/a/B?c=1",
    "hXXp://site[.]example/a/B?c=1",
    "h**p://site.example/a/B?c=1",
    "h__p://site.example/a/B?c=1",
    "http[:]//site.example/a/B?c=1",
    "http[://]site.example/a/B?c=1",
    "hxxp[:]//site[.]example/a/B?c=1",
    "http:// site.example/a/B?c=1",
    "http : // site . example/a/B?c=1",
    "http://site[.]example[/]a/B?c=1",
    "http://site(.)example/a/B?c=1",
    "http://site{.}example/a/B?c=1",
    "http://site[dot]example/a/B?c=1",
    "http://site (dot) example/a/B?c=1",
    "http://site DOT example/a/B?c=1",
    "http://site punt example/a/B?c=1",
    "http://site[punt]example/a/B?c=1",
    "http://site\\.example/a/B?c=1",
    "http:\\\\site.example\\a/B?c=1",
    "http://site\u200b.exa\u00admple/a/B?c=1",
    "<http://site.example/a/B?c=1>",
    "(http://site.example/a/B?c=1)",
    "“http://site.example/a/B?c=1”",
    "http://site.example/a/B?c=1.",
    "http://site.example/a/B?c=1),",
    "  http://site.example/a/B?c=1\u00a0",
    "Ik zag dit: hxxp://site[.]example/a/B?c=1 , vreselijk!",
]

SENTENCES = [
    ("http://a.example/x en hxxp://b[.]example/y", ["http://a.example/x", "http://b.example/y"]),
    ("http://a.example/x,hxxp://b[.]example", ["http://a.example/x", "http://b.example"]),
    ("http://a.example\nhttp://a.example", ["http://a.example", "http://a.example"]),
    ("kijk op www.voorbeeld.nl/x of bel me", ["https://www.voorbeeld.nl/x"]),
    ("mail naar iemand@voorbeeld.nl alsjeblieft", []),
    ("er staat niets in deze zin.", []),
    ("", []),
    (" \n\t ", []),
    ("...", []),
    ("http://a.example/wiki/X_(y)", ["http://a.example/wiki/X_(y)"]),
    ("(http://a.example/wiki/X_(y))", ["http://a.example/wiki/X_(y)"]),
    ("http://a.example/?u=http://b.example/", ["http://a.example/?u=http://b.example/"]),
    ("site.example:8080/a", ["https://site.example:8080/a"]),
    ("//site.example/a", ["https://site.example/a"]),
    ("ftp://site.example/a", ["ftp://site.example/a"]),
    ("javascript:alert(1)", ["javascript:alert(1)"]),
]


@pytest.mark.requirement("UR-2")
@pytest.mark.parametrize("typed", FORMS)
def test_every_way_of_writing_an_address_means_the_same(typed: str) -> None:
    (found,) = addresses_in(typed)
    assert parse_address(found).key == parse_address(MEANT).key


@pytest.mark.requirement("UR-2")
@pytest.mark.parametrize(("typed", "expected"), SENTENCES)
def test_the_addresses_of_a_sentence_are_found_in_order(typed: str, expected: list[str]) -> None:
    assert addresses_in(typed) == expected


@pytest.mark.requirement("UR-2")
@given(
    address=canonical_addresses(),
    scheme=st.sampled_from(["http", "hxxp", "hXXp", "h**p", "HTTP"]),
    colon=st.sampled_from(["://", "[:]//", "[://]", ":// "]),
    dot=st.sampled_from([".", "[.]", "(.)", "{.}", "[dot]", " (dot) ", "[punt]", "\u200b."]),
    around=st.sampled_from(
        ["{}", "<{}>", "({})", "[{}]", '"{}"', "{}.", "{};", "{}),", "\u00a0{} "]
    ),
)
def test_a_defanged_address_has_the_key_of_the_plain_one(
    address: str, scheme: str, colon: str, dot: str, around: str
) -> None:
    plain = address.replace("https://", "http://")
    host, slash, path = plain.removeprefix("http://").partition("/")
    defanged = around.format(f"{scheme}{colon}{host.replace('.', dot)}{slash}{path}")
    (found,) = addresses_in(defanged)
    assert parse_address(found).key == parse_address(plain).key


@pytest.mark.requirement("UR-2")
@given(st.lists(canonical_addresses(), min_size=2, max_size=6))
def test_addresses_in_lines_are_all_found_with_repeats(addresses: list[str]) -> None:
    assert addresses_in("\n".join(addresses)) == addresses


@pytest.mark.requirement("SEC-S1")
@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    assert all(address.strip() for address in addresses_in(text))


@pytest.mark.requirement("SEC-S1")
@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", [" ", "\t", "[ ", "( ", ")", "http : ", ". ", "h", "[.", '"', "//", "a ."]
)
def test_the_longest_entry_of_one_sign_takes_no_time(piece: str) -> None:
    """With a second for each of 50 entries, one report would hold a process for a minute."""
    entry = "a" + piece * ((LONGEST_ADDRESS - 2) // len(piece)) + "b"
    for _ in range(20):
        addresses_in(entry)
