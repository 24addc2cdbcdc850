"""Lists: each says where it comes from; one that is suspended is matched by nobody."""

import pytest
from hashcheck import queries
from hashcheck.domain.hash_list import ListClass, ListState
from hashcheck.domain.role import AUDITOR, CLIENT_MANAGER
from hashcheck.tables import HashList
from hashcheck.use_cases.hash_list import create_list, resume_list, suspend_list
from shared.domain.errors import Conflict, Invalid, NotPermitted
from sqlmodel import select

from tests.hashcheck.hashes import picture
from tests.hashcheck.lists import Lists, person


def matched(lists: Lists) -> int:
    return len(lists.matched())


@pytest.mark.requirement("HC-LIST-3")
def test_a_new_list_is_matched_and_says_where_it_comes_from(lists: Lists) -> None:
    list_id = lists.test_list()
    with lists.sessions() as session:
        found = queries.hash_list(session, list_id)
        assert ("test", ListClass.TEST) in {
            (each.name, each.list_class) for each in queries.active_lists(session)
        }
    assert (found.state, found.provenance) == (ListState.ACTIVE, "Generated here.")
    assert [each.action for each in lists.audit(list_id)] == ["list.created"]


@pytest.mark.requirement("HC-LIST-3")
def test_a_list_for_the_hotline_is_there_from_the_beginning(lists: Lists) -> None:
    with lists.sessions() as session:
        made = {each.name: each for each in session.exec(select(HashList))}
    classes = {name: each.list_class for name, each in made.items()}
    assert classes == {"offlimits": ListClass.ILLEGAL, "public-test": ListClass.TEST}
    assert "two people" in made["offlimits"].provenance


@pytest.mark.requirement("HC-LIST-3")
def test_a_list_that_says_nothing_of_its_origin_is_not_made(lists: Lists) -> None:
    with pytest.raises(Invalid, match="provenance_missing"):
        lists.do(lists.first, lambda work: create_list(work, "partner", " ", ListClass.ILLEGAL))


@pytest.mark.requirement("HC-LIST-3")
def test_a_name_is_given_once(lists: Lists) -> None:
    with pytest.raises(Conflict, match="already_exists"):
        lists.do(lists.first, lambda work: create_list(work, "offlimits", "Again.", ListClass.TEST))


@pytest.mark.requirement("HC-LIST-2")
def test_a_suspended_list_is_matched_by_nobody_until_it_is_resumed(lists: Lists) -> None:
    list_id = lists.test_list()
    lists.listed(picture(1), "test")
    lists.listed(picture(2))
    lists.do(lists.first, lambda work: suspend_list(work, list_id))
    assert matched(lists) == 5
    lists.do(lists.second, lambda work: resume_list(work, list_id))
    assert matched(lists) == 10
    assert [(each.action, each.facts.get("state")) for each in lists.audit(list_id)] == [
        ("list.created", None),
        ("list.state_changed", "suspended"),
        ("list.state_changed", "active"),
    ]


@pytest.mark.requirement("HC-LIST-3")
@pytest.mark.parametrize("role", [AUDITOR, CLIENT_MANAGER, "administrator"])
def test_only_a_steward_makes_and_suspends_lists(lists: Lists, role: str) -> None:
    list_id, other = lists.test_list(), person(role)
    for act in (
        lambda work: create_list(work, "partner", "A partner.", ListClass.ILLEGAL),
        lambda work: suspend_list(work, list_id),
        lambda work: resume_list(work, list_id),
    ):
        with pytest.raises(NotPermitted):
            lists.do(other, act)
