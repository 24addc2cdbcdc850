"""The pages of lists: made with their origin, suspended and resumed, turned page by page."""

from uuid import UUID, uuid4

import pytest
from hashcheck import queries
from hashcheck.tables import HashList
from sqlmodel import select

from tests.hashcheck.hashes import picture
from tests.hashcheck.pages.conftest import Desk
from tests.hashcheck.service import Hoster, Service, eventually

MAKE = 'form[action="/lists"]'


def list_named(service: Service, name: str) -> UUID | None:
    with service.lists.sessions() as session:
        return session.exec(select(HashList.id).where(HashList.name == name)).first()


def new_name() -> str:
    return f"partner-{uuid4().hex[:8]}"


@pytest.mark.requirement("HC-LIST-3")
def test_a_steward_makes_a_list_and_its_origin_is_shown(service: Service, desk: Desk) -> None:
    name = new_name()
    page = (
        desk("sanne")
        .open("/lists")
        .submit(MAKE, name=name, provenance="Given by a partner.", list_class="illegal")
    )
    assert page.find("[role=status]").text() == "The list is made."
    list_id = list_named(service, name)
    for path in ("/lists", f"/lists/{list_id}"):
        shown = desk("omar").open(path).text
        assert "Given by a partner." in shown
        assert name in shown


@pytest.mark.requirement("HC-LIST-3")
@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"name": "offlimits"}, 409, "There is one with this name already."),
        ({"name": "Partner 2"}, 422, "small letters, digits and dashes"),
        ({"provenance": " "}, 422, "where the entries come from"),
        ({"provenance": "x" * 501}, 422, "where the entries come from"),
    ],
    ids=["taken", "bad name", "no origin", "too long an origin"],
)
def test_a_list_that_cannot_be_made_says_why_and_keeps_what_was_typed(
    desk: Desk, changed: dict[str, str], status: int, sentence: str
) -> None:
    typed = {"name": new_name(), "provenance": "Given by a partner."} | changed
    page = desk("sanne").open("/lists").submit(MAKE, **typed)
    assert page.status == status
    assert sentence in page.find(".error-summary").text()
    form = page.form(MAKE)
    assert {name: form.fields[name] for name in typed} == {
        name: [text] for name, text in typed.items()
    }


@pytest.mark.requirement("HC-LIST-2")
def test_a_suspended_list_matches_nothing_until_it_is_resumed(
    service: Service, hoster: Hoster, desk: Desk
) -> None:
    name, known = new_name(), picture(uuid4())
    list_id = service.lists.test_list(name)
    service.listed(known, name)

    page = desk("tim").open(f"/lists/{list_id}").submit("main form")
    assert "Not in use" in page.text
    assert eventually(lambda: hoster.check(known[0])[0]["outcome"] == "no_match")

    page = page.submit("main form")
    assert "In use" in page.text
    assert eventually(lambda: hoster.check(known[0])[0]["outcome"] == "match")


@pytest.mark.requirement("HC-DESK-1")
def test_a_long_list_is_turned_page_by_page(service: Service, desk: Desk) -> None:
    name = new_name()
    list_id = service.lists.test_list(name)
    for _ in range(queries.MOST_ROWS + 1):
        service.lists.propose(picture(uuid4())[2:3], name)
    first = desk("omar").open(f"/lists/{list_id}?state=proposed")
    assert len(first.all("tbody tr")) == queries.MOST_ROWS
    older = desk("omar").open(first.link("a[rel=next]"))
    assert len(older.all("tbody tr")) == 1
    newer = desk("omar").open(older.link("a[rel=prev]"))
    assert [row.text() for row in newer.all("tbody tr")] == [
        row.text() for row in first.all("tbody tr")
    ]


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/lists/{UUID(int=0)}", 404),
        ("/lists/none", 404),
        ("?state=unheard", 422),
        ("?offset=-1", 422),
        ("?offset=1000001", 422),
        ("?offset=x", 422),
        ("?state=listed&state=refused", 400),
    ],
)
def test_an_address_that_leads_nowhere_is_told_on_a_page(
    service: Service, desk: Desk, path: str, status: int
) -> None:
    page = desk("omar").open(
        path if path.startswith("/") else f"/lists/{list_named(service, 'offlimits')}{path}"
    )
    assert page.status == status
    assert page.heading
