"""Clients and keys: only a manager makes and stops them, whatever page the act comes from."""

from functools import partial
from uuid import uuid4

import pytest
from hashcheck.domain.role import AUDITOR, CLIENT_MANAGER, LIST_STEWARD
from hashcheck.use_cases.client import add_client, allow_pictures, issue_key, revoke_key
from shared.domain.errors import NotFound, NotPermitted
from shared.platform.api_key import ClientDesk

from tests.hashcheck.lists import Lists, person

SCOPE = "hash:check"


@pytest.fixture
def clients(lists: Lists) -> ClientDesk:
    return ClientDesk(lists.sessions, lists.clock)


@pytest.mark.requirement("HC-KEY-1")
def test_a_manager_adds_a_client_and_its_key_is_for_checks_only(
    lists: Lists, clients: ClientDesk
) -> None:
    manager = person(CLIENT_MANAGER)
    client_id = lists.do(manager, lambda work: add_client(work, clients, "A hoster"))
    key = lists.do(manager, lambda work: issue_key(work, clients, client_id))
    found = clients.client_of(key, SCOPE)
    assert found
    assert found.id == client_id
    assert clients.client_of(key, "notice:read") is None


@pytest.mark.requirement("HC-DESK-1")
@pytest.mark.parametrize("role", [LIST_STEWARD, AUDITOR, "administrator"])
def test_nobody_else_touches_clients_and_keys(lists: Lists, clients: ClientDesk, role: str) -> None:
    manager, other = person(CLIENT_MANAGER), person(role)
    client_id = lists.do(manager, lambda work: add_client(work, clients, "A hoster"))
    key = lists.do(manager, lambda work: issue_key(work, clients, client_id))
    for act in (
        lambda work: add_client(work, clients, "Another hoster"),
        lambda work: issue_key(work, clients, client_id),
        lambda work: revoke_key(work, clients, client_id, key.split("_")[1]),
        lambda work: allow_pictures(work, client_id, allowed=True),
    ):
        with pytest.raises(NotPermitted):
            lists.do(other, act)
    assert clients.client_of(key, SCOPE)


@pytest.mark.requirement("HC-KEY-1")
def test_a_key_is_stopped_at_its_own_client(lists: Lists, clients: ClientDesk) -> None:
    manager = person(CLIENT_MANAGER)
    client_id = lists.do(manager, lambda work: add_client(work, clients, "A hoster"))
    other_id = lists.do(manager, lambda work: add_client(work, clients, "Another hoster"))
    key = lists.do(manager, lambda work: issue_key(work, clients, client_id))
    key_id = key.split("_")[1]
    for wrong in (other_id, uuid4()):
        with pytest.raises(NotFound):
            lists.do(manager, partial(revoke_key, desk=clients, client_id=wrong, key_id=key_id))
    assert clients.client_of(key, SCOPE)
    lists.do(manager, lambda work: revoke_key(work, clients, client_id, key_id))
    assert clients.client_of(key, SCOPE) is None
