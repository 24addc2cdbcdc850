"""The work list and the first page: what waits, who holds what, what comes next."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from hotline.use_cases.report import receive_report
from shared.contracts.hotline import ReportIntake

from infra.story.visitor import Page
from tests.fakes import FrozenClock
from tests.hotline.pages.browser import (
    Browser,
    actions_of,
    figures,
    links,
    rows,
    staff_browser,
    told,
)
from tests.hotline.pages.cases import Cases

TAKE_NEXT = "form[action='/urls/next']"
RELEASE = "form[action$='/release']"


def take_next(browser: Browser) -> Page:
    return browser.open("/urls").submit(TAKE_NEXT)


@pytest.mark.requirement("CL-1")
def test_the_next_one_is_the_most_urgent_and_then_the_oldest(
    app: FastAPI, analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    oldest = cases.awaiting("https://host.example/oldest.png")
    clock.advance(timedelta(minutes=5))
    cases.awaiting("https://host.example/newer.png")
    clock.advance(timedelta(minutes=5))
    cases.report("https://host.example/danger.png", child_in_danger=True)
    urgent = cases.awaiting("https://host.example/danger.png")
    lines = rows(analyst.open("/urls"))
    assert ["Gevaar" in line for line in lines] == [True, False, False]
    assert [line.split("/")[-1].split()[0] for line in lines[1:]] == ["oldest.png", "newer.png"]
    first = take_next(analyst)
    assert first.url.endswith(f"/urls/{urgent}?told=claimed")
    assert told(first) == "Dit adres is het komende halfuur van jou."
    first.submit(RELEASE)
    with staff_browser(app, "analyst", "second") as colleague:
        take_next(colleague)
        assert f"/urls/{oldest}" in take_next(analyst).url


@pytest.mark.requirement("CL-1")
def test_two_people_never_hold_the_same(app: FastAPI, analyst: Browser, cases: Cases) -> None:
    url_id = cases.awaiting("https://host.example/a.png")
    take_next(analyst)
    with staff_browser(app, "senior_analyst") as colleague:
        nothing = take_next(colleague)
        assert told(nothing) == "Er wacht nu niets op jou."
        assert "een collega" in rows(nothing)[0]
        page = colleague.open(f"/urls/{url_id}")
        assert "Een collega is hiermee bezig." in page.text
        assert page.all("[data-desk]") == []
    assert "jij" in rows(analyst.open("/urls"))[0].split()


@pytest.mark.requirement("CL-1")
def test_taking_again_goes_on_with_what_one_holds(analyst: Browser, cases: Cases) -> None:
    cases.awaiting("https://host.example/a.png")
    cases.awaiting("https://host.example/b.png")
    held = take_next(analyst)
    for path in ("/", "/urls"):
        page = analyst.open(path)
        assert page.all(TAKE_NEXT) == []
        assert page.link("a[data-key=c]") == held.url.partition("?")[0]


@pytest.mark.requirement("CL-1")
def test_what_is_given_back_is_free_for_a_colleague(
    app: FastAPI, analyst: Browser, cases: Cases
) -> None:
    url_id = cases.awaiting("https://host.example/a.png")
    back = take_next(analyst).submit(RELEASE)
    assert told(back) == "Teruggegeven. Iemand anders kan het nu pakken."
    with staff_browser(app, "analyst", "second") as colleague:
        assert f"/urls/{url_id}" in take_next(colleague).url


@pytest.mark.requirement("CL-1")
def test_a_claim_that_is_left_becomes_free(
    app: FastAPI, analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    url_id = cases.awaiting("https://host.example/a.png")
    desk = take_next(analyst)
    clock.advance(timedelta(minutes=31))
    assert "een collega mag dit adres nu pakken" in analyst.open(f"/urls/{url_id}").text
    with staff_browser(app, "analyst", "second") as colleague:
        assert f"/urls/{url_id}" in take_next(colleague).url
        late = desk.submit(RELEASE)
        assert late.status == 409
        assert "niet (meer) van jou" in late.text
        assert "Dit adres is van jou tot" in colleague.open(f"/urls/{url_id}").text


@pytest.mark.requirement("MG-10")
def test_an_empty_list_says_so(analyst: Browser) -> None:
    assert "Er wacht niets op een besluit." in analyst.open("/urls").text
    assert "Er is nog niets beslist." in analyst.open("/urls?show=decided").text
    home = analyst.open("/")
    assert "Er wacht niets op een besluit." in home.text
    assert home.all(TAKE_NEXT) == []
    assert told(take_next(analyst)) == "Er wacht nu niets op jou."


@pytest.mark.requirement("CL-1")
def test_a_full_list_is_cut_off_and_says_so(analyst: Browser, cases: Cases) -> None:
    with cases.work() as work:
        for number in range(5):
            addresses = [f"http://192.168.{number}.{last}/a.png" for last in range(1, 42)]
            receive_report(work, ReportIntake(addresses=addresses))
    page = analyst.open("/urls")
    assert len(rows(page)) == 200
    assert "Wachtend op een besluit: 205." in page.text
    assert "Dit zijn de eerste 200." in page.text


@pytest.mark.requirement("UR-5")
def test_a_very_long_address_stays_whole_and_is_no_link_to_it(
    analyst: Browser, cases: Cases
) -> None:
    address = "https://host.example/" + "long/" * 1600 + "end.png"
    url_id = cases.awaiting(address)
    written = address.replace("https", "hxxps").replace("host.example", "host[.]example")
    page = take_next(analyst)
    assert page.find("h1.subject").text(strip=True) == written
    assert written in analyst.open("/urls").text
    assert [link for link in links(page, "a") if "example" in link] == []
    assert f"/urls/{url_id}" in links(analyst.open("/urls"))


def test_what_needs_attention_is_marked(analyst: Browser, cases: Cases) -> None:
    cases.looking_alike("https://host.example/alike.png")
    cases.awaiting("https://xn--exmple-4nf.example/mixed.png")
    marks = " ".join(rows(analyst.open("/urls")))
    assert "Lijkt op bekend" in marks
    assert "Misleidende letters" in marks


def test_what_was_decided_last_is_kept_in_sight(analyst: Browser, cases: Cases) -> None:
    cases.known_illegal("https://host.example/known.png")
    line = rows(analyst.open("/urls?show=decided"))[0]
    assert "Illegaal" in line
    assert "exact bekend, niemand keek" in line


@pytest.mark.requirement("MG-2")
def test_the_first_page_counts_what_waits_for_this_person(
    app: FastAPI, senior: Browser, officer: Browser, intake: Browser, cases: Cases
) -> None:
    cases.awaiting("https://host.example/a.png")
    cases.hosted(cases.known_illegal("https://host.example/b.png"), email="redacted@host.example")
    assert figures(senior.open("/")) == {
        "wachtend op een besluit": "1",
        "wachtend op een tweede oordeel": "0",
        "vandaag afbeeldingen bekeken": "0 minuten",
        "nog online of niet zeker weg": "1",
        "waarbij actie nodig is": "1",
        "nog niet verwerkt": "1",
    }
    assert list(figures(officer.open("/")))[-1] == "nog niet goedgekeurd als misbruikcontact"
    assert figures(intake.open("/")) == {"nog niet verwerkt": "1"}
    with staff_browser(app, "admin") as admin:
        assert "Met jouw rol zijn zaken van het meldpunt niet te zien." in admin.open("/").text


@pytest.mark.requirement("CL-14")
def test_who_may_only_read_the_list_is_offered_nothing_to_take(
    officer: Browser, cases: Cases
) -> None:
    url_id = cases.awaiting("https://host.example/a.png")
    for path in ("/urls", f"/urls/{url_id}"):
        page = officer.open(path)
        assert page.status == 200
        assert actions_of(page) == set()


@pytest.mark.requirement("CL-1")
def test_an_address_nobody_holds_says_how_work_is_handed_out(
    analyst: Browser, cases: Cases
) -> None:
    url_id = cases.awaiting("https://host.example/a.png")
    page = analyst.open(f"/urls/{url_id}")
    assert "Hier is nog niemand mee bezig." in page.text
    assert actions_of(page) == {"/urls/next"}
