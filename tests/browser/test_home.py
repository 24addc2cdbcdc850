import pytest
from playwright.sync_api import expect

from tests.browser.stage import Stage

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(300)]


@pytest.mark.requirement("PF-UI-HOME-1")
@pytest.mark.parametrize(
    ("clicks", "heading"),
    [
        (("Meld een webadres", "Begin"), "Wat ben je tegengekomen?"),
        (("Ik heb al gemeld en heb een code",), "Hoe ver zijn we met je melding?"),
        (("Andere hulp nu",), "Heb je nu hulp nodig?"),
        (("Wat gebeurt er met wat je ons vertelt?",), "Wat gebeurt er met wat je ons vertelt?"),
        (("Zo bereik je ons",), "Zo bereik je ons"),
        (("English", "Report a web address"), "Good that you want to report this"),
    ],
    ids=["to report", "to ask with a code", "in need now", "privacy", "to reach us", "in English"],
)
def test_the_first_page_leads_to_the_right_place_in_two_clicks(
    stage: Stage, clicks: tuple[str, ...], heading: str
) -> None:
    page = stage.visit("website", "/")
    for name in clicks:
        page.get_by_role("link", name=name).first.click()
    expect(page.locator("h1")).to_have_text(heading)
    page.close()


@pytest.mark.requirement("PF-UI-HOME-1")
@pytest.mark.parametrize("telephone", ["112", "08000113", "0202615275", "08002666436"])
def test_each_line_and_each_crisis_number_is_one_tap_away(stage: Stage, telephone: str) -> None:
    page = stage.visit("website", "/")
    assert page.locator(f"a[href='tel:{telephone}']").first.is_visible()
    page.close()
