"""What a report may hold."""

import pytest
from hotline.domain.report import MOST_ADDRESSES, check_contact, read_addresses
from hypothesis import given
from hypothesis import strategies as st
from shared.contracts import hotline as contract
from shared.domain.errors import DomainError, Invalid

from tests.hotline.domain.addresses import canonical_addresses


@pytest.mark.requirement("IN-3")
def test_each_mention_of_an_address_is_an_occurrence() -> None:
    read = read_addresses(
        [
            "http://a.example/x",
            "hxxp://a[.]example/x and http://b.example/y",
            "http://c.example/z",
        ]
    )

    assert [found.position for found in read.occurrences] == [0, 1, 1, 2]
    assert len({found.address.key for found in read.occurrences}) == 3


@pytest.mark.requirement("IN-10")
def test_what_is_not_taken_is_named_by_its_place_and_the_rest_is_kept() -> None:
    read = read_addresses(["http://aaaa.onion/", "http://a.example/", "ftp://b.example/", "..."])

    assert [(r.position, r.code) for r in read.refusals] == [
        (0, "onion_address"),
        (2, "scheme_not_supported"),
        (3, "no_address"),
    ]
    assert [found.position for found in read.occurrences] == [1]


@pytest.mark.parametrize(
    ("entries", "code", "fields"),
    [
        ([], "no_address", ("addresses",)),
        (["..."], "no_address", ("addresses.0",)),
        (["http://aaaa.onion/", "..."], "onion_address", ("addresses.0", "addresses.1")),
    ],
)
def test_a_report_without_a_single_address_is_refused(
    entries: list[str], code: str, fields: tuple[str, ...]
) -> None:
    with pytest.raises(Invalid) as refused:
        read_addresses(entries)
    assert (refused.value.code, refused.value.fields) == (code, fields)


def test_fifty_addresses_are_taken_and_fifty_one_are_not() -> None:
    many = [f"http://a.example/{number}" for number in range(MOST_ADDRESSES)]
    assert len(read_addresses([" ".join(many)]).occurrences) == MOST_ADDRESSES
    with pytest.raises(Invalid) as refused:
        read_addresses([" ".join([*many, "http://a.example/more"])])
    assert refused.value.code == "too_many_addresses"


def test_the_contract_and_the_rule_have_one_limit() -> None:
    assert MOST_ADDRESSES == contract.MOST_ADDRESSES


@pytest.mark.requirement("IN-3")
@given(st.lists(canonical_addresses(), min_size=1, max_size=5))
def test_occurrences_are_as_many_as_addresses_were_typed(addresses: list[str]) -> None:
    read = read_addresses(addresses)
    assert len(read.occurrences) == len(addresses)
    assert len({o.address.canonical for o in read.occurrences}) == len(set(addresses))


@pytest.mark.requirement("SEC-S1")
@given(st.lists(st.text(max_size=60), max_size=5))
def test_no_entry_makes_reading_fail(entries: list[str]) -> None:
    try:
        read = read_addresses(entries)
    except DomainError:
        return
    assert read.occurrences


@pytest.mark.requirement("IN-1")
@pytest.mark.parametrize(
    ("email", "anonymous", "code"),
    [
        ("ann@site.example", True, "contradiction"),
        (None, False, "contact_missing"),
        ("", False, "contact_missing"),
        ("ann", False, "bad_email"),
        ("@site.example", False, "bad_email"),
        ("ann@site", False, "bad_email"),
        ("ann@site.example\r\nBcc: all@site.example", False, "bad_email"),
        ("ann @site.example", False, "bad_email"),
    ],
)
def test_a_contact_that_does_not_fit_is_refused(
    email: str | None, code: str, *, anonymous: bool
) -> None:
    with pytest.raises(Invalid) as refused:
        check_contact(email, anonymous=anonymous)
    assert refused.value.code == code


@pytest.mark.requirement("IN-1")
@pytest.mark.parametrize(("email", "anonymous"), [(None, True), ("", True), ("a@b.example", False)])
def test_a_report_is_anonymous_or_has_a_contact(email: str | None, *, anonymous: bool) -> None:
    check_contact(email, anonymous=anonymous)
