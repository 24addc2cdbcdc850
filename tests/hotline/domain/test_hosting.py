"""Which contacts of registries are mailboxes that somebody reads."""

from datetime import UTC, datetime

import pytest
from hotline.domain.hosting import (
    ContactSource,
    HostingContact,
    is_plausible_contact,
    is_usable_at_once,
)
from hypothesis import given
from hypothesis import strategies as st


def contact(email: str, source: ContactSource = ContactSource.RDAP) -> HostingContact:
    return HostingContact("Host", email, "H-1", source, datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.requirement("HO-2")
@pytest.mark.parametrize(
    "email", ["abuse@host.example", "a.b+c@mail.host.example", "ABUSE@HOST.EXAMPLE"]
)
def test_a_mailbox_is_taken(email: str) -> None:
    assert is_plausible_contact(email)


@pytest.mark.requirement("HO-2")
@pytest.mark.parametrize(
    "email",
    [
        "",
        "abuse",
        "@host.example",
        "abuse@",
        "abuse@host",
        "abuse @host.example",
        "abuse@host.example,all@host.example",
        "abuse@host.example\r\nBcc: all@host.example",
        "abuse@host.example\n",
        "abuse@host.example\x00",
        "abuse@two@host.example",
        "<abuse@host.example>",
        "abuse@.example",
        "abuse@host..example",
        "redacted@host.example",
        "REDACTED FOR PRIVACY",
        "removed@host.example",
        "abuse@privacy.example",
        "not.available@host.example",
        "example@host.example",
    ],
)
def test_a_placeholder_or_what_is_no_mailbox_is_dropped(email: str) -> None:
    assert not is_plausible_contact(email)


@pytest.mark.requirement("HO-2")
@given(st.text(max_size=40))
def test_what_is_taken_is_one_mailbox_in_one_line(text: str) -> None:
    if is_plausible_contact(text):
        assert text.count("@") == 1
        assert text.isprintable()
        assert not set(text) & set(' ,;<>"()')


@pytest.mark.parametrize(
    ("found", "trusts", "usable"),
    [
        (contact("abuse@host.example"), True, True),
        (contact("abuse@host.example"), False, False),
        (contact("abuse@host.example", ContactSource.MANUAL), True, False),
        (contact("redacted@host.example"), True, False),
        (contact(""), True, False),
    ],
)
def test_a_contact_needs_a_person_unless_a_registry_that_is_trusted_names_it(
    found: HostingContact, *, trusts: bool, usable: bool
) -> None:
    assert is_usable_at_once(found, trusts_registries=trusts) is usable
