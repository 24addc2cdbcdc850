"""What goes wrong on the shortest way is left to the application, and is not silent."""

import asyncio
import json

import pytest
from hashcheck.adapters.checker import Checker
from hashcheck.adapters.live_index import LiveIndex
from hashcheck.adapters.picture_hasher import NullPictureHasher
from hashcheck.adapters.tally import Tally
from hashcheck.api.check_short import ShortCheck
from hashcheck.use_cases.check import Snapshot
from shared.platform.shortcut import Reply
from starlette.types import Scope

from tests.hashcheck.hashes import picture
from tests.hashcheck.service import CHECK, Hoster, Service
from tests.journeys.edges.listening import listening

BODY = json.dumps({"items": [each.model_dump() for each in picture(1)]}).encode()


class Told(Reply):
    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.declined = 0

    def send(self, lines: bytes, body: bytes) -> None:
        self.sent.append(body)

    def decline(self) -> None:
        self.declined += 1


class BrokenIndex(LiveIndex):
    def start(self) -> None:
        """It follows no list."""

    @property
    def snapshot(self) -> Snapshot:
        raise ValueError("a secret")


class BrokenChecker(Checker):
    def refuse_full(self, hashes: int) -> None:
        raise ValueError("a secret")


def made(kind: type[Checker], service: Service) -> Checker:
    sessions = service.app.state.sessions
    return kind(BrokenIndex(sessions), Tally(sessions), NullPictureHasher())


def scope_of(hoster: Hoster) -> Scope:
    headers = {"host": "a.example", "content-type": "application/json", **hoster.headers}
    return {
        "type": "http",
        "method": "POST",
        "raw_path": CHECK.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
    }


def asked(service: Service, hoster: Hoster, checker: Checker, body: bytes = BODY) -> object:
    """Whether it was taken, what was told, and how many lines of the log there were."""

    async def ask() -> tuple[bool, Told]:
        keys, told = service.app.state.keys, Told()
        await keys.holder_of(hoster.key, "")
        is_taken = ShortCheck(keys, checker, https=False)(scope_of(hoster), body, told)
        await asyncio.sleep(0.1)
        return is_taken, told

    with listening() as heard:
        is_taken, told = asyncio.run(ask())
    assert "secret" not in heard.text
    return is_taken, len(told.sent), told.declined, heard.text.count("unexpected")


@pytest.mark.requirement("HC-SPEED-2")
def test_a_search_that_fails_is_left_to_the_application_and_told(
    service: Service, hoster: Hoster
) -> None:
    assert asked(service, hoster, made(Checker, service)) == (True, 0, 1, 1)


@pytest.mark.requirement("HC-SPEED-2")
def test_an_error_of_ours_is_left_to_the_application_and_told(
    service: Service, hoster: Hoster
) -> None:
    assert asked(service, hoster, made(BrokenChecker, service)) == (False, 0, 0, 1)


@pytest.mark.requirement("HC-SPEED-2")
def test_what_is_to_be_refused_is_left_to_the_application_without_a_word(
    service: Service, hoster: Hoster
) -> None:
    assert asked(service, hoster, service.app.state.checker, b"{") == (False, 0, 0, 0)


@pytest.mark.requirement("HC-SPEED-2")
def test_control_what_is_as_usual_is_answered(service: Service, hoster: Hoster) -> None:
    assert asked(service, hoster, service.app.state.checker) == (True, 1, 0, 0)
