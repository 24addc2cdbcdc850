"""The story of one report, with a browser, on the very pages that people use."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from infra.peers.pictures import EXACTLY_KNOWN, GALLERY, MADE_BY_AI, NEARLY_KNOWN
from infra.peers.registry import ABUSE_EMAIL
from infra.peers.site import PAGE_PATH, PICTURES_PATH
from infra.story import hoster, mailbox
from infra.story.analyst import ILLEGAL_AI, ILLEGAL_LIKE_KNOWN, NOT_ILLEGAL
from infra.story.citizen import defanged
from infra.story.telling import wait_for
from tests.browser.people import origin_of, sign_in
from tests.browser.stage import FOLDER, Stage

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(300)]

ILLEGAL = {NEARLY_KNOWN: ILLEGAL_LIKE_KNOWN, MADE_BY_AI: ILLEGAL_AI}
SECONDS_TO_CLOSE = 60
PASSED_ON = "We hebben je melding doorgegeven aan wie er iets aan kan doen."
NOTE = "De foto staat halverwege de pagina."


@pytest.mark.requirement("PF-STORY-2")
@pytest.mark.requirement("UR-3")
def test_a_report_travels_by_browser_from_the_website_to_removal_and_into_the_figures(
    stage: Stage,
) -> None:
    before = figures(stage)
    code = reported_without_javascript(stage)
    ada = stage.people.browser()
    login = stage.people.login("hotline", "ada")
    desk = sign_in(ada, origin_of(stage.platform, "hotline"), login)
    decided = decide_all_by_keyboard(desk, stage)
    assert set(decided) >= set(GALLERY) - {EXACTLY_KNOWN}
    address = stage.site + PICTURES_PATH + MADE_BY_AI
    notice = wait_for("the notice", lambda: mailbox.notice_about(stage.platform.mail, address))
    assert ABUSE_EMAIL in notice.recipient
    hoster.take_down(stage.platform.installation.address("control"), f"{FOLDER}/{MADE_BY_AI}")
    wait_until_closed(desk, stage)
    assert stage.people.watch.complaints.pop(desk, []) == []
    ada.close()
    assert progress(stage, code) == PASSED_ON
    after = figures(stage)
    assert after["reportsReceived"] - before["reportsReceived"] == 1
    assert after["reportsProcessed"] - before["reportsProcessed"] >= 1
    assert after["urlsIllegal"] - before["urlsIllegal"] >= 1


def reported_without_javascript(stage: Stage) -> str:
    """The receipt code of a page, a picture of it, and the page again as nobody can click on."""
    context = stage.people.browser(javascript=False)
    page = context.new_page()
    page.goto(stage.website)
    page.get_by_role("link", name="Meld een webadres").click()
    page.get_by_role("link", name="Begin").click()
    gallery = stage.site + PAGE_PATH
    addresses = [gallery, stage.site + PICTURES_PATH + MADE_BY_AI, defanged(gallery)]
    page.get_by_label("Nee, of dat weet ik niet").check()
    page.get_by_label("Webadressen").fill("\n".join(addresses))
    page.get_by_label("Is er nog iets wat we moeten weten?").fill(NOTE)
    page.get_by_label("Nee, ik blijf anoniem").check()
    page.get_by_role("button", name="Controleer je antwoorden").click()
    page.get_by_role("button", name="Verstuur de melding").click()
    expect(page.locator("main")).to_contain_text("3 adressen die je hebt gemeld")
    expect(page.locator("main")).to_contain_text("waarvan 2 verschillend")
    code = page.locator("[data-receipt-code]").inner_text()
    assert context.cookies() == []
    context.close()
    return code


def progress(stage: Stage, code: str) -> str:
    """What the website says to who has the code; small letters without dashes will do."""
    context = stage.people.browser(javascript=False)
    page = context.new_page()
    page.goto(f"{stage.website}/status")
    page.get_by_label("Jouw code").fill(code.lower().replace("-", ""))
    page.get_by_role("button").click()
    answer = page.locator("h1").inner_text()
    context.close()
    return answer


def decide_all_by_keyboard(page: Page, stage: Stage) -> list[str]:
    """Take one address after another until nothing waits; the names of the pictures seen."""
    wait_for_pictures(page, stage)
    seen: list[str] = []
    press(page, "c")
    while page.locator("h1.subject").count():
        name = page.locator("h1.subject").inner_text().rpartition("/")[2]
        if name in GALLERY:
            seen.append(name)
            decide(page, ILLEGAL.get(name, NOT_ILLEGAL))
        else:
            page.keyboard.press("g")
            press(page, "s")
        press(page, "c")
    return seen


def press(page: Page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def wait_for_pictures(page: Page, stage: Stage) -> None:
    """The work list names every picture that a person has to decide about."""
    page.goto(f"{origin_of(stage.platform, 'hotline')}/urls")

    def all_there() -> bool:
        page.reload()
        text = page.locator("tbody").inner_text() if page.locator("tbody").count() else ""
        return all(f"/{name}\n" in f"{text}\n" for name in set(GALLERY) - {EXACTLY_KNOWN})

    wait_for("the pictures on the work list", all_there, SECONDS_TO_CLOSE)


def decide(page: Page, answers: Mapping[str, str]) -> None:
    """Uncover the picture, then answer each question with the key that stands beside the answer."""
    assert page.locator("img.shown").count() == 0
    press(page, "v")
    expect(page.locator("img.shown")).to_be_visible()
    page.keyboard.press("i" if answers["verdict"] == "illegal" else "n")
    question = page.locator("form fieldset:focus-within")
    while question.count():
        name = question.get_attribute("id") or ""
        value = answers.get(name) or question.locator("input:checked").input_value()
        answer = question.locator(f"input[value='{value}']")
        page.keyboard.press(answer.get_attribute("data-digit") or "")
    press(page, "Enter")
    assert "told=decided" in page.url


def wait_until_closed(page: Page, stage: Stage) -> None:
    page.goto(f"{origin_of(stage.platform, 'hotline')}/removals?show=closed")

    def closed() -> bool:
        page.reload()
        return page.locator("tbody tr", has_text=f"{FOLDER}{PICTURES_PATH}{MADE_BY_AI}").count() > 0

    wait_for("the removal to be confirmed", closed, SECONDS_TO_CLOSE)


def figures(stage: Stage) -> dict[str, int]:
    """What management reads, by metric; counts only."""
    page = stage.work("management", "mila", "/management")
    rows = page.locator("tr[data-metric]")
    found = {
        row.get_attribute("data-metric") or "": row.locator("td").first.inner_text()
        for row in rows.all()
    }
    page.close()
    return {name: int(value.replace(".", "")) for name, value in found.items() if value.isdigit()}
