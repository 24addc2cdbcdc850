"""The hotline's side of the Hash Check Service against that service's real application."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hashcheck.main import create_app
from hashcheck.settings import HashcheckSettings
from hotline.adapters.hash_checker import CHECK_SECONDS, HashcheckClient, NullHashChecker
from hotline.domain.assessment import may_decide_unseen
from hotline.use_cases.hash_match import ask_about
from shared.contracts.hashcheck import MOST_ITEMS, CheckItem, DistanceBand, Outcome
from shared.domain.content_hash import HashType
from shared.domain.errors import NotFound, TooLarge, Unavailable
from shared.platform.peer import Peer, blocking_http_client
from shared.platform.service_token import TokenSigner

from infra.peers.server import Answer, LoopbackServer
from infra.ports import free_port
from tests.applications import key_text, settings_for
from tests.databases import DatabaseCopies
from tests.fakes import FrozenClock
from tests.hashcheck.hashes import flipped, item, picture, value
from tests.hashcheck.lists import TEST, Lists
from tests.hotline.adapters.serving import served


@contextmanager
def client_at(url: str) -> Iterator[HashcheckClient]:
    """A client whose connections end with the test."""
    signer = TokenSigner("hotline", key_text("hotline token"))
    with blocking_http_client(CHECK_SECONDS) as connections:
        yield HashcheckClient(Peer("hashcheck", url, signer, connections))


@pytest.fixture(scope="module")
def known() -> dict[str, UUID]:
    """Entry ids by seed of their picture; filled before the service starts."""
    return {}


@pytest.fixture(scope="module")
def checker(
    database_copies: DatabaseCopies, worker_number: int, known: dict[str, UUID]
) -> Iterator[HashcheckClient]:
    with database_copies.copy("hashcheck", f"w{worker_number}_for_hotline") as databases:
        app = create_app(settings_for(HashcheckSettings, databases, service="hashcheck"))
        lists = Lists(app.state.sessions, FrozenClock(datetime.now(UTC)))
        lists.test_list()
        known["illegal"] = lists.listed(picture("illegal"))
        known["harmless"] = lists.listed(picture("harmless"), TEST)
        known["proposed"] = lists.propose(picture("proposed"))
        with served(app) as url, client_at(url) as client:
            yield client


def strongest_first(seed: str) -> list[CheckItem]:
    """All hashes of a picture as the hotline asks about them."""
    return sorted(picture(seed), key=lambda item: item.type is not HashType.SHA256)


@pytest.mark.requirement("HA-1")
def test_the_same_file_is_known_with_what_two_people_decided(
    checker: HashcheckClient, known: dict[str, UUID]
) -> None:
    (entry,) = ask_about(checker, strongest_first("illegal"))
    assert entry.match.entry_id == known["illegal"]
    assert (entry.match.hash_type, entry.match.band) == (HashType.SHA256, DistanceBand.EXACT)
    assert entry.classification.decision_count == 2
    assert may_decide_unseen(entry.as_known)


@pytest.mark.requirement("HA-1")
@pytest.mark.parametrize(
    ("bits", "band"),
    [(0, DistanceBand.IDENTICAL), (10, DistanceBand.NEAR_IDENTICAL), (31, DistanceBand.NEAR)],
)
def test_what_looks_alike_is_not_decided_unseen(
    checker: HashcheckClient, known: dict[str, UUID], bits: int, band: DistanceBand
) -> None:
    alike = item(flipped(value(HashType.PDQ, "illegal"), range(bits)), 90)
    (entry,) = ask_about(checker, [alike])
    assert (entry.match.entry_id, entry.match.band) == (known["illegal"], band)
    assert not may_decide_unseen(entry.as_known)


@pytest.mark.requirement("HA-1")
@pytest.mark.parametrize("seed", ["harmless", "proposed", "never seen"])
def test_what_is_not_listed_as_illegal_by_two_is_unknown_to_the_hotline(
    checker: HashcheckClient, seed: str
) -> None:
    assert ask_about(checker, picture(seed)) == []


def test_answers_come_in_the_order_of_the_items(checker: HashcheckClient) -> None:
    items = [picture(seed)[0] for seed in ("never seen", "illegal", "never seen")]
    assert [result.outcome for result in checker.check(items).results] == [
        Outcome.NO_MATCH,
        Outcome.MATCH,
        Outcome.NO_MATCH,
    ]


def test_an_entry_that_is_not_listed_is_not_found(
    checker: HashcheckClient, known: dict[str, UUID]
) -> None:
    for entry_id in (known["proposed"], uuid4()):
        with pytest.raises(NotFound):
            checker.entry(entry_id)


def test_too_many_hashes_are_refused_before_they_are_sent(checker: HashcheckClient) -> None:
    with pytest.raises(TooLarge):
        checker.check(picture("illegal")[:1] * (MOST_ITEMS + 1))


@pytest.mark.requirement("SEC-R4")
@pytest.mark.parametrize(
    "body",
    [b"", b"no json", b"{}", b'{"list_version": 1, "results": []}'],
    ids=["empty", "no json", "no fields", "too few results"],
)
def test_an_answer_that_does_not_fit_the_question_is_unavailable(body: bytes) -> None:
    server = LoopbackServer(lambda _, __: Answer(body, "application/json"))
    items: list[CheckItem] = picture("illegal")
    try:
        with client_at(f"http://127.0.0.1:{server.port}") as client, pytest.raises(Unavailable):
            client.check(items)
    finally:
        server.close()


@pytest.mark.requirement("SEC-R4")
def test_a_hash_check_that_is_down_is_unavailable() -> None:
    with client_at(f"http://127.0.0.1:{free_port()}") as client, pytest.raises(Unavailable):
        client.check(picture("illegal"))


def test_without_a_hash_check_nothing_counts_as_unknown() -> None:
    with pytest.raises(Unavailable):
        NullHashChecker().check(picture("illegal"))
    with pytest.raises(NotFound):
        NullHashChecker().entry(uuid4())
