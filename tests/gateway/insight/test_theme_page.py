"""The themes over all lines: a chart of each with its table, in both languages, light and dark."""

from xml.etree import ElementTree as Xml

import pytest
from gateway.insight.chart import DARK, LIGHT, Bar, Row, chart_svg, look_of
from gateway.insight.themes import THEMES

from infra.story.visitor import Page
from tests.gateway.fake_services import THIS_YEAR, Services, year_figures
from tests.gateway.insight.conftest import SignedIn

PATH = "/themes"
SVG = "{http://www.w3.org/2000/svg}"
EVERY_LOOK = ("", "&dark=1", "&narrow=1", "&dark=1&narrow=1")


def table_of(page: Page, theme: str, month: str) -> dict[str, str]:
    row = page.find(f'[data-theme="{theme}"] tr[data-month="{month}"]')
    return {cell.attributes["data-service"] or "": cell.text(strip=True) for cell in row.css("td")}


def chart_of(signed_in_as: SignedIn, theme: str, more: str = "", language: str = "nl") -> str:
    client = signed_in_as("mila", language).client
    answer = client.get(f"{PATH}/{theme}.svg?year=2026{more}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    return answer.text


def words_in(svg: str) -> list[str]:
    return [text.text or "" for text in Xml.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


@pytest.mark.requirement("GW-THEMES")
def test_the_tables_have_every_month_of_every_line(signed_in_as: SignedIn) -> None:
    page = signed_in_as("mila").open(f"{PATH}?year=2026")
    assert table_of(page, "sextortion", "3") == {"helpline": "923"}
    assert table_of(page, "sextortion", "total") == {"helpline": "2.723"}
    assert table_of(page, "ai-material", "1") == {
        "hotline": "700",
        "helpline": "·",
        "prevention": "·",
        "hashcheck": "0",
    }
    assert table_of(page, "ai-material", "total") == {
        "hotline": "2.214",
        "helpline": "·",
        "prevention": "·",
        "hashcheck": "4",
    }
    assert not page.all('tr[data-month="4"]')


@pytest.mark.requirement("GW-FIGURES")
def test_the_figures_of_the_annual_report_stand_below(signed_in_as: SignedIn) -> None:
    page = signed_in_as("mila").open(PATH)
    rows = {
        row.attributes["data-metric"]: row.css("td")[0].text(strip=True)
        for row in page.all("tr[data-metric]")
    }
    assert rows["hcs_checked"] == "11.192.234.293"
    assert rows["hot_urls_illegal_share"] == "25,7"
    assert rows["help_sextortion_share"] == "29,3"
    assert "help_police_asked" not in rows


@pytest.mark.requirement("GW-THEMES")
@pytest.mark.parametrize("more", EVERY_LOOK)
def test_a_chart_says_the_same_figures_as_its_table(signed_in_as: SignedIn, more: str) -> None:
    words = words_in(chart_of(signed_in_as, "ai-material", more))
    for number in ("700", "714", "800", "7", "5", "0", "3", "1"):
        assert number in words
    assert words.count("·") == 4
    assert "Meldpunt: webadressen" in words


@pytest.mark.requirement("GW-THEMES")
@pytest.mark.requirement("PF-UI-LANGUAGE-1")
def test_a_chart_has_a_title_and_says_its_figures_in_words(signed_in_as: SignedIn) -> None:
    dutch = Xml.fromstring(chart_of(signed_in_as, "sextortion"))  # noqa: S314
    assert dutch.attrib["role"] == "img"
    assert dutch.findtext(f"{SVG}title") == "Sextortion, 2026"
    told = "Hulplijn, hulpvragen: januari 900, februari 900, maart 923."
    assert dutch.findtext(f"{SVG}desc") == told
    english = Xml.fromstring(chart_of(signed_in_as, "ai-material", language="en"))  # noqa: S314
    assert "January withheld, February 7" in (english.findtext(f"{SVG}desc") or "")


@pytest.mark.requirement("SEC-P7")
@pytest.mark.parametrize("theme", THEMES)
def test_a_chart_needs_nothing_that_our_rules_forbid(signed_in_as: SignedIn, theme: str) -> None:
    svg = chart_of(signed_in_as, theme)
    for forbidden in ("<script", "<style", " style=", "<image", "<foreignObject", "data:"):
        assert forbidden not in svg
    outside = svg.replace("http://www.w3.org/", "")
    assert "http" not in outside
    page = signed_in_as("mila").open(PATH)
    assert " style=" not in page.text


@pytest.mark.requirement("GW-THEMES")
def test_every_picture_of_the_page_is_there_and_has_words_beside_it(
    signed_in_as: SignedIn,
) -> None:
    mila = signed_in_as("mila")
    page = mila.open(f"{PATH}?year=2026")
    assert len(page.all("picture source")) == 6
    for image in page.all("picture img"):
        assert mila.client.get(image.attributes["src"] or "").status_code == 200
        assert "dezelfde cijfers" in (image.attributes["alt"] or "")
    for node in page.all("picture source"):
        media, svg = (
            node.attributes["media"] or "",
            mila.client.get(node.attributes["srcset"] or ""),
        )
        assert svg.status_code == 200
        look = look_of(dark="dark" in media, narrow="width" in media)
        assert f'fill="{look.ink}"' in svg.text
        width = int(Xml.fromstring(svg.text).attrib["width"])  # noqa: S314
        assert (width <= 358) is look.is_narrow


@pytest.mark.requirement("SEC-R4")
def test_a_service_that_does_not_answer_leaves_the_others(
    signed_in_as: SignedIn, services: Services
) -> None:
    services.stopped.add("helpline")
    page = signed_in_as("mila").open(PATH)
    assert table_of(page, "ai-material", "2") == {
        "hotline": "714",
        "helpline": "reageert niet",
        "prevention": "·",
        "hashcheck": "3",
    }
    words = words_in(chart_of(signed_in_as, "ai-material"))
    assert {"714", "reageert niet"} <= set(words)
    services.stopped.update({"hotline", "prevention", "hashcheck"})
    assert signed_in_as("mila").open(PATH).status == 200
    assert "reageert niet" in chart_of(signed_in_as, "sextortion")


@pytest.mark.requirement("SEC-P5")
def test_only_management_sees_themes(signed_in_as: SignedIn, services: Services) -> None:
    for path in (PATH, f"{PATH}/sextortion.svg"):
        assert signed_in_as("ada").open(path).status == 403
        assert signed_in_as("").open(path).url.endswith("/sign-in")
    assert services.requests == []


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize("query", ["year=canary", "year=1999", "year=99999", "year=2026.5"])
def test_what_is_no_year_is_refused_without_an_echo(signed_in_as: SignedIn, query: str) -> None:
    for path in (PATH, f"{PATH}/sextortion.svg"):
        page = signed_in_as("mila").open(f"{path}?{query}")
        assert page.status == 422
        assert "canary" not in page.text


@pytest.mark.requirement("SEC-S1")
def test_a_theme_that_is_none_is_not_found(signed_in_as: SignedIn) -> None:
    assert signed_in_as("mila").open(f"{PATH}/canary.svg").status == 404


def test_a_year_to_come_is_shown_as_the_running_one(
    signed_in_as: SignedIn, services: Services
) -> None:
    assert "2026" in signed_in_as("mila").open(f"{PATH}?year=2100").heading
    assert {request.url.path for request in services.requests} == {THIS_YEAR}


def test_a_year_of_nothing_is_a_chart_of_nothing(
    signed_in_as: SignedIn, services: Services
) -> None:
    figures = year_figures(help_sextortion=[0])
    services.answers["helpline", "GET", THIS_YEAR] = (200, figures)
    assert "0" in words_in(chart_of(signed_in_as, "sextortion"))


@pytest.mark.requirement("PF-UI-CONTRAST-1")
def test_bars_and_words_stand_out_from_the_paper_in_light_and_dark() -> None:
    for paper, hues, dark in (("#ffffff", LIGHT, False), ("#0f1719", DARK, True)):
        assert contrast(look_of(dark=dark, narrow=False).ink, paper) >= 4.5
        for hue in hues.values():
            assert contrast(hue, paper) >= 3


def contrast(one: str, other: str) -> float:
    """source: WCAG 2.2, "contrast ratio"."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_words_in_a_chart_cannot_end_its_title() -> None:
    bars = [Bar("jan", 1, "1")]
    svg = chart_svg(
        [Row("</text><script>", "hotline", bars)],
        "</title><script>",
        "a & b",
        look_of(dark=False, narrow=True),
    )
    assert "<script" not in svg
    assert Xml.fromstring(svg).findtext(f"{SVG}title") == "</title><script>"  # noqa: S314
