"""Reporting on the website, step by step, with a browser that has no JavaScript."""

from collections.abc import Mapping

import pytest
from gateway.schema.report import REPORT_LIMIT

from infra.story.visitor import Page, Visitor
from tests.gateway.conftest import HandPacer
from tests.gateway.fake_services import RECEIPT, Services

SEND, CHANGE = "Verstuur de melding", "Iets veranderen"
REPORTS = "/api/reports"
TYPED = {
    "danger": "no",
    "addresses": "https://example.com/one\nhxxps://example[.]org/two?a=1&b=2",
    "note": 'Het staat <b>onderaan</b> de "pagina".\nTweede regel.',
    "contact": "email",
    "contact_email": "melder@example.com",
}


def checked(visitor: Visitor, **changed: str) -> Page:
    """The page with the answers once more."""
    return visitor.open("/report/form").submit(**TYPED | changed)


def kept(page: Page) -> dict[str, str]:
    """What a form of the page still has of what was typed."""
    fields = page.form().fields
    return {name: "".join(fields.get(name, [])).strip() for name in TYPED}


def sent(services: Services) -> list[tuple[str, Mapping[str, object]]]:
    """(idempotency key, body) of every report that reached the hotline."""
    requests = [each for each in services.requests if each.url.path == REPORTS]
    keys = [each.headers["idempotency-key"] for each in requests]
    return list(zip(keys, services.bodies(REPORTS), strict=True))


@pytest.mark.requirement("IN-1")
@pytest.mark.parametrize("prefix", ["", "/en"], ids=["Dutch", "English"])
def test_a_report_is_made_from_the_first_page_on(
    visitor: Visitor, services: Services, prefix: str
) -> None:
    page = visitor.open(f"{prefix}/")
    page = visitor.open(page.link(f'a[href="{prefix}/report"]'))
    page = visitor.open(page.link(f'main a[href="{prefix}/report/form"]'))
    page = page.submit(**TYPED)
    assert page.status == 200
    assert [each.text() for each in page.all("dl ol code")] == TYPED["addresses"].split("\n")
    assert page.find("dd.typed").text() == TYPED["note"]

    receipt = page.submit()

    assert receipt.find("[data-receipt-code]").text() == RECEIPT["code"]
    assert receipt.all(f'main a[href="{prefix}/status"]')
    [(_, body)] = sent(services)
    assert body == {
        "addresses": TYPED["addresses"].split("\n"),
        "note": TYPED["note"],
        "contact_email": "melder@example.com",
        "anonymous": False,
        "child_in_danger": False,
    }
    assert not visitor.client.cookies


@pytest.mark.requirement("IN-1")
def test_a_step_back_keeps_everything(visitor: Visitor, services: Services) -> None:
    page = checked(visitor).submit(press=CHANGE)
    assert page.form().action.endswith("/report/check")
    assert kept(page) == TYPED
    assert sent(services) == []


@pytest.mark.requirement("IN-11")
def test_with_a_child_in_danger_112_comes_first_and_the_report_can_still_be_sent(
    visitor: Visitor, services: Services
) -> None:
    page = checked(visitor, danger="yes")
    assert page.find(".urgent a").attributes["href"] == "tel:112"
    page.submit(press=SEND)
    [(_, body)] = sent(services)
    assert body["child_in_danger"] is True
    assert not checked(visitor).all(".urgent")


WRONG = {
    "nothing chosen about danger": ({"danger": "x"}, "danger", "Kies een antwoord."),
    "no address": ({"addresses": " \n"}, "addresses", "Vul minstens één webadres in."),
    "51 addresses": ({"addresses": "https://a.example\n" * 51}, "addresses", "50"),
    "a long address": ({"addresses": "https://a.example/" + "x" * 8192}, "addresses", "8.192"),
    "a long note": ({"note": "x" * 4001}, "note", "4.000"),
    "anonymous with an address": ({"contact": "anonymous"}, "contact_email", "anoniem"),
    "e-mail without an address": ({"contact_email": ""}, "contact_email", "e-mailadres"),
    "half an e-mail address": ({"contact_email": "melder@"}, "contact_email", "e-mailadres"),
}


@pytest.mark.requirement("IN-1")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(("changed", "field", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_at_its_question_and_nothing_is_lost(
    visitor: Visitor, services: Services, changed: dict[str, str], field: str, words: str
) -> None:
    form = visitor.open("/report/form").form()
    for name, text in (TYPED | changed).items():
        form.fields[name] = [text]
    page = visitor.send(form)

    assert page.status == 422
    assert page.find("title").text().startswith("Fout:")
    link = page.find(".error-summary a")
    assert link.attributes["href"] == f"#{field}"
    at_fault = page.find(f"#{field}")
    assert at_fault.attributes["aria-invalid"] == "true"
    assert f"{field}-error" in (at_fault.attributes["aria-describedby"] or "").split()
    assert words in page.find(f"#{field}-error").text()
    expected = {name: text.strip() for name, text in (TYPED | changed).items()}
    expected["danger"] = "" if "danger" in changed else "no"
    assert kept(page) == expected
    assert sent(services) == []


@pytest.mark.requirement("SEC-R3")
def test_a_page_that_is_sent_twice_is_one_report(visitor: Visitor, services: Services) -> None:
    page = checked(visitor)
    page.submit(press=SEND)
    page.submit(press=SEND)
    first, second = sent(services)
    assert first == second
    assert sent(services)[0][0] != checked(visitor).form().fields["key"][0]


@pytest.mark.requirement("SEC-R4")
def test_a_hotline_that_is_stopped_is_told_kindly_and_the_text_is_kept(
    visitor: Visitor, services: Services
) -> None:
    page = checked(visitor)
    services.stopped.add("hotline")
    answer = page.submit(press=SEND)

    assert answer.status == 503
    problem = answer.find(".error-summary").text()
    assert "Je melding is niet verstuurd. Wat je hebt ingevuld staat er nog." in problem
    assert "Probeer het over een paar minuten opnieuw." in problem
    assert kept(answer) == TYPED
    assert answer.all('a[href="tel:112"]')
    assert answer.all('a[href="tel:08000113"]')

    services.stopped.clear()
    receipt = answer.submit(press=SEND)
    assert receipt.find("[data-receipt-code]").text() == RECEIPT["code"]
    assert [key for key, _ in sent(services)] == page.form().fields["key"]


@pytest.mark.requirement("SEC-R3")
def test_a_report_that_is_being_sent_already_is_told_so(
    visitor: Visitor, services: Services
) -> None:
    services.refuse(REPORTS, 409, "in_flight")
    page = checked(visitor).submit(press=SEND)
    assert page.status == 503
    assert "wordt op dit moment verstuurd" in page.text
    assert kept(page) == TYPED


@pytest.mark.requirement("IN-1")
@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("scheme_not_supported", "addresses"),
        ("onion_address", "addresses"),
        ("a_code_of_tomorrow", "addresses"),
        ("bad_email", "contact_email"),
    ],
)
def test_what_the_hotline_refuses_is_told_in_its_words_and_kept(
    visitor: Visitor, services: Services, code: str, field: str
) -> None:
    services.refuse(REPORTS, 422, code)
    page = checked(visitor).submit(press=SEND)
    assert page.status == 422
    assert page.find(".error-summary a").attributes["href"] == f"#{field}"
    assert page.find(f"#{field}-error").text().strip()
    assert code not in page.text
    assert kept(page) == TYPED


@pytest.mark.requirement("IN-1")
def test_lines_that_could_not_be_taken_are_named_on_the_receipt(
    visitor: Visitor, services: Services
) -> None:
    refused = [{"position": 1, "code": "onion_address"}, {"position": 7, "code": "no_address"}]
    services.answers["hotline", "POST", REPORTS] = (201, RECEIPT | {"refused": refused})
    page = checked(visitor).submit(press=SEND)
    assert [each.text() for each in page.all("main ul li code")] == [
        TYPED["addresses"].split("\n")[1]
    ]
    assert "meld het bij de politie" in page.text


@pytest.mark.requirement("PF-RATE-1")
def test_too_many_reports_are_asked_to_wait_and_lose_nothing(
    visitor: Visitor, services: Services, pacer: HandPacer
) -> None:
    page = checked(visitor)
    pacer.slowed.add(REPORT_LIMIT)
    answer = page.submit(press=SEND)

    assert answer.status == 429
    assert "over 12 minuten" in answer.text
    assert kept(answer) == TYPED
    assert sent(services) == []
    headers = visitor.client.post("/report", data=page.form().fields).headers
    assert headers["retry-after"] == "690"

    pacer.slowed.clear()
    assert answer.submit().find("[data-receipt-code]").text() == RECEIPT["code"]


@pytest.mark.requirement("IN-1")
@pytest.mark.parametrize("path", ["/report/check", "/report/change"])
def test_a_reloaded_step_leads_back_to_the_form(visitor: Visitor, path: str) -> None:
    assert visitor.open(path).url.endswith("/report/form")
    assert visitor.open(f"/en{path}").url.endswith("/en/report/form")


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
def test_pictures_and_anything_else_than_a_form_are_refused_kindly(
    visitor: Visitor, services: Services, capfd: pytest.CaptureFixture[str]
) -> None:
    picture = {"addresses": ("canary.jpg", b"canary", "image/jpeg")}
    for answer in (
        visitor.client.post("/report", data=TYPED, files=picture),
        visitor.client.post("/report", content=b"canary", headers={"Content-Type": "image/jpeg"}),
        visitor.client.post("/report/check", json={"addresses": "canary"}),
    ):
        assert answer.status_code == 415
        assert "afbeeldingen" in answer.text
        assert "canary" not in answer.text
    assert "canary" not in "".join(capfd.readouterr())
    assert sent(services) == []


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
def test_a_form_that_no_page_of_ours_has_is_refused_without_an_echo(
    visitor: Visitor, services: Services
) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for content, status in (
        (b"addresses=canary&addresses=other", 400),
        (b"&".join(b"field%d=canary" % number for number in range(30)), 400),
        (b"addresses=" + b"canary" * 90_000, 413),
        (b"addresses=canary%ff", 400),
    ):
        answer = visitor.client.post("/report/check", content=content, headers=kind)
        assert answer.status_code == status, content[:40]
        assert "canary" not in answer.text
        assert "tel:112" in answer.text
    assert sent(services) == []


@pytest.mark.requirement("PF-UI-CSRF-1")
@pytest.mark.parametrize(
    "told",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
    ],
)
def test_a_form_of_another_site_is_not_sent(
    visitor: Visitor, services: Services, told: dict[str, str]
) -> None:
    answer = visitor.client.post("/report", data=TYPED, headers=told)
    assert answer.status_code == 403
    assert "andere website" in answer.text
    assert sent(services) == []


@pytest.mark.requirement("SEC-P4")
def test_nothing_of_a_report_is_logged_or_put_into_an_address(
    visitor: Visitor, services: Services, capfd: pytest.CaptureFixture[str]
) -> None:
    page = checked(visitor, note="canary", contact_email="canary@example.com")
    receipt = page.submit(press=SEND)
    assert "canary" not in page.url + receipt.url
    services.stopped.add("hotline")
    page.submit(press=SEND)
    logged = "".join(capfd.readouterr())
    assert "answered" in logged
    assert "canary" not in logged
    assert str(RECEIPT["code"]) not in logged
