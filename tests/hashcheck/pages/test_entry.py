"""The pages of stewards: one proposes a picture by its hashes, another one lists it."""

from uuid import UUID, uuid4

import pytest
from hashcheck.domain.entry import EntryState
from hashcheck.tables import EntryHashes
from shared.contracts.hashcheck import CheckItem
from shared.domain.content_hash import HashType
from sqlmodel import select

from infra.story.visitor import Page, PageProblem, Visitor
from tests.hashcheck.hashes import picture
from tests.hashcheck.pages.conftest import Desk
from tests.hashcheck.service import Hoster, Service, eventually

NEW = "/proposals/new"


def typed(items: list[CheckItem], **more: str) -> dict[str, str]:
    """What a steward fills in for a picture."""
    hashes = {each.type.value: each.value for each in items}
    return hashes | {"list_name": "offlimits", "pdq_quality": "80", "age": "7-10"} | more


def entry_with(service: Service, items: list[CheckItem]) -> UUID | None:
    digest = bytes.fromhex(items[2].value)
    with service.lists.sessions() as session:
        return session.exec(
            select(EntryHashes.entry_id).where(EntryHashes.sha256 == digest)
        ).first()


def proposed(service: Service, desk: Desk, items: list[CheckItem]) -> UUID:
    page = desk("sanne").open(NEW).submit(**typed(items))
    assert page.status == 200, page.text
    entry_id = entry_with(service, items)
    assert entry_id
    return entry_id


def told(page: Page) -> str:
    return page.find("[role=status]").text(strip=True)


def approval(entry_id: UUID) -> str:
    return f'form[action="/proposals/{entry_id}/approve"]'


def proposals_with(visitor: Visitor, entry_id: UUID) -> Page:
    """The page of proposals on which this one stands, turned to from the first."""
    page = visitor.open("/proposals")
    while not page.all(f'tr[data-entry="{entry_id}"]'):
        page = visitor.open(page.link("a[rel=next]"))
    return page


def outcome(hoster: Hoster, item: CheckItem) -> str:
    [result] = hoster.check(item)
    return str(result["outcome"])


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.requirement("HC-LIST-2")
def test_two_stewards_list_a_picture_and_one_takes_it_off(
    service: Service, hoster: Hoster, desk: Desk
) -> None:
    items = picture(uuid4())
    entry_id = proposed(service, desk, items)
    assert outcome(hoster, items[0]) == "no_match"

    page = proposals_with(desk("tim"), entry_id).submit(approval(entry_id))
    assert told(page) == "Listed. Every check knows it within a second."
    assert eventually(lambda: outcome(hoster, items[0]) == "match")

    entry = service.lists.entry(entry_id)
    of_list = desk("sanne").open(f"/lists/{entry.list_id}")
    page = of_list.submit(f'form[action="/entries/{entry_id}/withdraw"]', reason="false_positive")
    assert told(page) == "Taken off the list. No check matches it any more."
    assert eventually(lambda: outcome(hoster, items[0]) == "no_match")
    withdrawn = desk("omar").open(f"/lists/{entry.list_id}?state=withdrawn")
    assert str(entry_id) in withdrawn.text
    assert "Matched something else" in withdrawn.text


@pytest.mark.requirement("HC-LIST-1")
def test_who_proposed_finds_no_button_and_is_refused_without_one(
    service: Service, desk: Desk
) -> None:
    entry_id = proposed(service, desk, picture(uuid4()))
    page = proposals_with(desk("sanne"), entry_id)
    assert not page.all(approval(entry_id))
    row = page.find(f'tr[data-entry="{entry_id}"]')
    assert "You proposed this one. Somebody else has to decide." in row.text()

    token = page.find("input[name=csrf]").attributes["value"]
    answer = desk("sanne").client.post(f"/proposals/{entry_id}/approve", data={"csrf": token})

    assert answer.status_code == 403
    assert "Somebody else has to decide." in answer.text
    assert service.lists.entry(entry_id).state is EntryState.PROPOSED


@pytest.mark.requirement("HC-LIST-1")
def test_a_decision_that_somebody_took_already_is_told_and_changes_nothing(
    service: Service, desk: Desk
) -> None:
    entry_id = proposed(service, desk, picture(uuid4()))
    open_page = proposals_with(desk("tim"), entry_id)
    service.lists.approve(entry_id)

    page = open_page.submit(approval(entry_id))

    assert page.status == 409
    assert "This was decided by somebody already." in page.text
    assert service.lists.entry(entry_id).decided_by == service.lists.second.id


@pytest.mark.requirement("HC-LIST-1")
def test_the_second_person_refuses_and_the_reason_stays(service: Service, desk: Desk) -> None:
    entry_id = proposed(service, desk, picture(uuid4()))
    page = proposals_with(desk("tim"), entry_id)
    page = page.submit(f'form[action="/proposals/{entry_id}/refuse"]', reason="wrong_picture")

    assert told(page) == "Not listed."
    entry = service.lists.entry(entry_id)
    assert entry.state is EntryState.REFUSED
    assert (
        "Hashes of another picture"
        in desk("omar").open(f"/lists/{entry.list_id}?state=refused").text
    )


WRONG = {
    "no hexadecimal": ({"md5": "g" * 32}, 422, "md5", "only the digits 0 to 9 and a to f"),
    "too short": ({"phash": "0" * 15}, 422, "phash", "does not have the length of its kind"),
    "no file": ({"sha256": ""}, 422, "sha256", "A SHA-256 is needed"),
    "a quality over 100": ({"pdq_quality": "101"}, 422, "pdq_quality", "from 0 to 100"),
    "a quality of 999": ({"pdq_quality": "999"}, 422, "pdq_quality", "from 0 to 100"),
    "a quality below 0": ({"pdq_quality": "-1"}, 422, "pdq_quality", "from 0 to 100"),
    "a quality in words": ({"pdq_quality": "abc"}, 422, "pdq_quality", "from 0 to 100"),
}


@pytest.mark.requirement("HC-LIST-5")
@pytest.mark.parametrize(("changed", "status", "field", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_at_its_field_and_the_rest_stays(
    service: Service, desk: Desk, changed: dict[str, str], status: int, field: str, sentence: str
) -> None:
    items = picture(uuid4())
    filled = typed(items, **changed)
    page = desk("sanne").open(NEW).submit(**filled)

    assert page.status == status
    link = page.find(".error-summary a")
    assert link.attributes["href"] == f"#{field}"
    assert sentence in link.text()
    assert {name: page.form().fields[name] for name in filled} == {
        name: [text] for name, text in filled.items()
    }
    assert entry_with(service, items) is None


@pytest.mark.requirement("HC-LIST-4")
def test_a_file_that_is_known_is_not_proposed_again(service: Service, desk: Desk) -> None:
    items = picture(uuid4())
    proposed(service, desk, items)
    page = desk("tim").open(NEW).submit(**typed(items))
    assert page.status == 409
    assert "on the list or proposed already" in page.text


@pytest.mark.requirement("HC-LIST-3")
@pytest.mark.requirement("SEC-S1")
def test_a_form_that_no_page_sent_is_refused(service: Service, desk: Desk) -> None:
    browser = desk("sanne")
    token = browser.open(NEW).find("input[name=csrf]").attributes["value"]
    items = picture(uuid4())
    for changed, status in (
        ({"list_name": "nowhere"}, 404),
        ({"age": "5-90"}, 422),
        ({"gender": "unheard of"}, 422),
        ({"sha256": "0" * 300}, 422),
        ({"csrf": "another"}, 403),
    ):
        filled = typed(items, **{"csrf": str(token)} | changed)
        assert browser.client.post(NEW, data=filled).status_code == status, changed
    assert entry_with(service, items) is None


@pytest.mark.requirement("HC-CHECK-2")
def test_no_page_shows_a_hash(service: Service, desk: Desk) -> None:
    waiting, listed = picture(uuid4()), picture(uuid4())
    service.lists.propose(waiting)
    entry = service.lists.entry(service.lists.listed(listed))
    for path in ("/", "/proposals", "/lists", f"/lists/{entry.list_id}", "/checks"):
        shown = desk("tim").client.get(path).text
        assert not any(each.value in shown for each in (*waiting, *listed)), path


@pytest.mark.requirement("HC-DESK-1")
def test_an_auditor_sees_everything_and_finds_nothing_to_press(
    service: Service, desk: Desk
) -> None:
    service.lists.propose(picture(uuid4()))
    entry = service.lists.entry(service.lists.listed(picture(uuid4())))
    for path in ("/proposals", "/lists", f"/lists/{entry.list_id}", "/clients", "/checks"):
        page = desk("omar").open(path)
        assert page.status == 200
        assert not page.all("main form"), path
    with pytest.raises(PageProblem):
        desk("omar").open(NEW).form()


def test_every_kind_of_hash_can_be_typed(desk: Desk) -> None:
    form = desk("sanne").open(NEW).form()
    assert {kind.value for kind in HashType} <= set(form.fields)
