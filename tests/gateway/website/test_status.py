"""Asking how far a report is, with its code."""

import pytest
from gateway.schema.report import STATUS_LIMIT

from infra.story.visitor import Page, Visitor
from tests.gateway.conftest import HandPacer
from tests.gateway.fake_services import Services

STATUS = "/api/reports/status"
CODE = "K7PQ-2MXW-9RTC"


def asked(visitor: Visitor, code: str = CODE) -> Page:
    return visitor.open("/status").submit(code=code)


@pytest.mark.requirement("IN-2")
@pytest.mark.parametrize(
    ("progress", "heading"),
    [
        ("received", "Your report is in. We have not looked at it yet."),
        ("in_progress", "We are working on your report."),
        ("assessed", "We have looked at everything you reported."),
        ("handed_over", "We have passed your report on to those who can act on it."),
    ],
)
def test_a_code_tells_how_far_a_report_is_and_not_what_was_decided(
    visitor: Visitor, services: Services, progress: str, heading: str
) -> None:
    answer = {"progress": progress, "received_on": "2026-11-24"}
    services.answers["hotline", "POST", STATUS] = (200, answer)
    page = visitor.open("/en/status").submit(code=f"  {CODE.lower()} ")
    assert page.heading == heading
    assert page.find("time").attributes["datetime"] == "2026-11-24"
    assert services.bodies(STATUS) == [{"code": CODE.lower()}]
    dutch = asked(visitor)
    assert dutch.heading
    assert dutch.heading != heading


@pytest.mark.requirement("IN-2")
@pytest.mark.parametrize(
    ("status", "code", "shown", "words"),
    [
        (422, "bad_receipt_code", 422, "typfout"),
        (404, "unknown_code", 404, "kennen deze code niet"),
        (500, "unexpected", 503, "niet opzoeken"),
        (409, "conflict", 409, ""),
    ],
)
def test_a_code_that_leads_nowhere_is_told_and_kept(
    visitor: Visitor, services: Services, status: int, code: str, shown: int, words: str
) -> None:
    services.refuse(STATUS, status, code)
    page = asked(visitor)
    assert page.status == shown
    if words:
        assert words in page.find("#code-error").text()
        assert page.form().fields["code"] == [CODE]
        assert page.find(".error-summary a").attributes["href"] == "#code"


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize("code", ["", "   ", "x" * 65])
def test_what_is_no_code_is_not_asked(visitor: Visitor, services: Services, code: str) -> None:
    form = visitor.open("/status").form()
    form.fields["code"] = [code]
    assert visitor.send(form).status == 422
    assert services.bodies(STATUS) == []


@pytest.mark.requirement("SEC-R4")
def test_a_stopped_hotline_is_told_and_the_code_is_kept(
    visitor: Visitor, services: Services
) -> None:
    services.stopped.add("hotline")
    page = asked(visitor)
    assert page.status == 503
    assert "Je melding is veilig" in page.text
    assert page.form().fields["code"] == [CODE]


@pytest.mark.requirement("PF-RATE-1")
def test_guessing_is_slowed(visitor: Visitor, services: Services, pacer: HandPacer) -> None:
    pacer.slowed.add(STATUS_LIMIT)
    answer = visitor.client.post("/status", data={"code": CODE})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "690")
    assert services.bodies(STATUS) == []


@pytest.mark.requirement("SEC-P4")
def test_a_code_is_in_no_address_and_no_log(
    visitor: Visitor, capfd: pytest.CaptureFixture[str]
) -> None:
    page = asked(visitor)
    assert CODE not in page.url
    assert CODE not in page.text
    logged = "".join(capfd.readouterr())
    assert "answered" in logged
    assert CODE not in logged
