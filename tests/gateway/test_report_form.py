"""What the report form takes and what it asks to be put right."""

from uuid import UUID

import pytest
from gateway.website.report_form import ReportForm

KEY = "6f3a2f0e-3f53-4f0f-9c5a-0d8f5a3c9d11"


def a_form(**changed: str) -> ReportForm:
    fields = {
        "addresses": "https://pictures.test/gallery\r\n\r\n hxxp://pictures[.]test/one.png \r\n",
        "note": "Seen in a chat.",
        "danger": "no",
        "contact": "anonymous",
        "key": KEY,
    }
    return ReportForm.from_fields(fields | changed)


@pytest.mark.requirement("IN-1")
def test_every_line_with_text_is_an_address() -> None:
    intake = a_form().intake()

    assert intake.addresses == ["https://pictures.test/gallery", "hxxp://pictures[.]test/one.png"]
    assert intake.anonymous
    assert intake.contact_email is None
    assert not intake.child_in_danger


@pytest.mark.requirement("IN-11")
def test_a_child_in_danger_is_told_to_the_hotline() -> None:
    assert a_form(danger="yes").intake().child_in_danger


@pytest.mark.requirement("IN-2")
def test_an_address_to_answer_is_passed_on_when_it_was_asked_for() -> None:
    intake = a_form(contact="email", contact_email=" someone@example.org ").intake()

    assert intake.contact_email == "someone@example.org"
    assert not intake.anonymous


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("changed", "problems"),
    [
        ({}, {}),
        ({"addresses": " \n\t"}, {"addresses": "addresses_missing"}),
        ({"addresses": "https://a.test\n" * 51}, {"addresses": "too_many_addresses"}),
        ({"addresses": "https://a.test/" + "x" * 8192}, {"addresses": "address_too_long"}),
        ({"note": "x" * 4001}, {"note": "note_too_long"}),
        ({"danger": ""}, {"danger": "answer_missing"}),
        ({"danger": "perhaps"}, {"danger": "answer_missing"}),
        ({"contact": ""}, {"contact": "answer_missing"}),
        ({"contact_email": "someone@example.org"}, {"contact_email": "contradiction"}),
        ({"contact": "email"}, {"contact_email": "contact_missing"}),
        ({"contact": "email", "contact_email": "a@b"}, {"contact_email": "bad_email"}),
        (
            {"contact": "email", "contact_email": "a@example.org\nBcc: b@example.org"},
            {"contact_email": "bad_email"},
        ),
    ],
)
def test_what_is_wrong_is_named_by_field(changed: dict[str, str], problems: dict[str, str]) -> None:
    assert a_form(**changed).problems() == problems


@pytest.mark.requirement("SEC-R3")
def test_the_key_of_the_page_is_the_key_of_the_report() -> None:
    assert a_form().idempotency_key() == UUID(KEY)


@pytest.mark.requirement("SEC-R1")
def test_a_page_that_lost_its_key_can_still_be_sent() -> None:
    assert a_form(key="not a key").idempotency_key()
