"""A flood: what cannot be answered soon is told to come back, and nothing grows."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from threading import Event

import pytest
from hashcheck.adapters.checker import MOST_PICTURES, Checker
from hashcheck.adapters.live_index import LiveIndex
from hashcheck.adapters.matcher import LONGEST_QUEUE
from hashcheck.adapters.picture_hasher import NullPictureHasher
from hashcheck.adapters.tally import Tally
from hashcheck.use_cases.check import Asked, Snapshot
from shared.domain.content_hash import HashType
from shared.domain.errors import TooMany, Unavailable

from tests.hashcheck.hashes import item, picture, value
from tests.hashcheck.lists import Lists
from tests.hashcheck.service import Hoster, Service
from tests.imaging.pictures import encoded
from tests.imaging.pictures import picture as drawn


class HeldIndex(LiveIndex):
    """An index whose every search waits until it is let go."""

    def __init__(self, lists: Lists) -> None:
        super().__init__(lists.sessions)
        self.let_go = Event()

    def start(self) -> None:
        """It follows no list: nothing is listed."""

    @property
    def snapshot(self) -> Snapshot:
        self.let_go.wait(30)
        return super().snapshot


@pytest.fixture
def held(lists: Lists) -> Iterator[tuple[Checker, HeldIndex]]:
    index = HeldIndex(lists)
    checker = Checker(index, Tally(lists.sessions), NullPictureHasher())
    checker.start()
    yield checker, index
    index.let_go.set()
    checker.stop()


ASKED = Asked.of([item(value(HashType.MD5, 1))])


@pytest.mark.requirement("HC-FLOOD-1")
def test_who_finds_the_queue_full_is_told_when_to_come_back(
    held: tuple[Checker, HeldIndex],
) -> None:
    checker, index = held

    async def flood() -> tuple[list[object], BaseException]:
        waiting = [
            asyncio.create_task(checker.check("client:1", ASKED)) for _ in range(LONGEST_QUEUE)
        ]
        await asyncio.sleep(0)
        with pytest.raises(TooMany) as refused:
            await checker.check("client:2", ASKED)
        index.let_go.set()
        answers: list[object] = list(await asyncio.gather(*waiting))
        answers.append(await checker.check("client:2", ASKED))
        return answers, refused.value

    answers, refusal = asyncio.run(flood())

    assert isinstance(refusal, TooMany)
    assert (refusal.code, refusal.retry_after) == ("busy", timedelta(seconds=1))
    assert len(answers) == LONGEST_QUEUE + 1


@pytest.mark.requirement("HC-FLOOD-1")
def test_a_picture_beyond_those_in_hand_is_refused_before_it_is_read(
    service: Service, hoster: Hoster
) -> None:
    checker: Checker = service.app.state.checker
    data = encoded(drawn(60, 40, 77), "PNG")
    with ExitStack() as in_hand:
        for _ in range(MOST_PICTURES):
            in_hand.enter_context(checker.room_for_picture())
        answer = hoster.send(data, "image/png")
        assert (answer.status_code, answer.json()["code"]) == (429, "busy")
        assert answer.headers["retry-after"] == "1"
        assert hoster.check(*picture(1))
    assert hoster.send(data, "image/png").status_code == 200


@pytest.mark.requirement("HC-FLOOD-1")
def test_many_pictures_at_once_are_each_answered_or_told_to_come_back(
    service: Service, hoster: Hoster
) -> None:
    data = encoded(drawn(60, 40, 78), "PNG")
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: hoster.send(data, "image/png"), range(32)))
    assert {answer.status_code for answer in answers} <= {200, 429}
    assert sum(answer.status_code == 200 for answer in answers) >= MOST_PICTURES
    assert hoster.send(data, "image/png").status_code == 200


@pytest.mark.requirement("HC-PICTURE-2")
def test_a_service_without_an_image_worker_says_so(held: tuple[Checker, HeldIndex]) -> None:
    checker, _ = held
    with pytest.raises(Unavailable, match="image_worker_unavailable"):
        asyncio.run(checker.check_picture("client:1", b"picture"))
