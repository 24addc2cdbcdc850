from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import NotFound
from shared.platform.database import Sessions
from shared.platform.encryption import CaseKey, CaseVault, SecretBox, Unreadable, decode_key
from sqlalchemy import select

from tests.fakes import FrozenClock

MASTER = bytes(range(32))
COLUMN = "report.note"


@pytest.fixture
def vault(keys_sessions: Sessions) -> CaseVault:
    return CaseVault(
        keys_sessions, MASTER, "hotline", clock=lambda: datetime(2026, 3, 1, tzinfo=UTC)
    )


def test_a_sealed_text_opens_to_itself(vault: CaseVault) -> None:
    case, row = uuid4(), uuid4()
    sealed = vault.seal(case, COLUMN, row, "een voorbeeld ✓")
    assert b"voorbeeld" not in sealed
    assert vault.open(case, COLUMN, row, sealed) == "een voorbeeld ✓"


@pytest.mark.requirement("SEC-P2")
@pytest.mark.parametrize("moved", ["case", "column", "row"])
def test_a_sealed_text_that_was_moved_does_not_open(vault: CaseVault, moved: str) -> None:
    case, other, row = uuid4(), uuid4(), uuid4()
    sealed = vault.seal(case, COLUMN, row, "tekst")
    vault.seal(other, COLUMN, row, "andere tekst")
    place: dict[str, Callable[[], str]] = {
        "case": lambda: vault.open(other, COLUMN, row, sealed),
        "column": lambda: vault.open(case, "report.contact", row, sealed),
        "row": lambda: vault.open(case, COLUMN, uuid4(), sealed),
    }
    with pytest.raises(Unreadable):
        place[moved]()


@pytest.mark.requirement("SEC-P3")
def test_an_erased_case_cannot_be_read_again(vault: CaseVault) -> None:
    case, row = uuid4(), uuid4()
    sealed = vault.seal(case, COLUMN, row, "tekst")
    vault.erase(case)
    with pytest.raises(NotFound):
        vault.open(case, COLUMN, row, sealed)


@pytest.mark.requirement("SEC-P3")
def test_erasing_a_month_erases_its_cases(vault: CaseVault, keys_sessions: Sessions) -> None:
    case, row = uuid4(), uuid4()
    sealed = vault.seal(case, COLUMN, row, "tekst")
    vault.erase_month("2026-03")
    with pytest.raises(NotFound):
        vault.open(case, COLUMN, row, sealed)
    with keys_sessions() as session:
        assert session.scalars(select(CaseKey)).all() == []


@given(st.binary(), st.text())
def test_a_secret_opens_only_where_it_was_bound(secret: bytes, place: str) -> None:
    try:
        bound = place.encode()
    except UnicodeEncodeError:
        return
    box = SecretBox(MASTER, "second factor seeds")
    sealed = box.seal(secret, place)
    assert box.open(sealed, bound.decode()) == secret
    with pytest.raises(Unreadable):
        box.open(sealed, place + "x")


@pytest.mark.parametrize("text", ["", "AAAA", "A" * 44, "não é base64"])
def test_a_key_that_is_not_32_bytes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_key(text)


@pytest.mark.requirement("SEC-P2")
def test_a_remembered_key_is_forgotten_at_erasure_and_after_its_time(
    keys_sessions: Sessions,
) -> None:
    clock = FrozenClock()
    remembering = CaseVault(
        keys_sessions, MASTER, "hotline", clock=clock, remembers=timedelta(seconds=60)
    )
    elsewhere = CaseVault(keys_sessions, MASTER, "hotline", clock=clock)
    here, there, row = uuid4(), uuid4(), uuid4()
    texts = {case: remembering.seal(case, COLUMN, row, "tekst") for case in (here, there)}
    assert remembering.open(there, COLUMN, row, texts[there]) == "tekst"
    elsewhere.erase(there)
    clock.advance(timedelta(seconds=59))
    assert remembering.open(there, COLUMN, row, texts[there]) == "tekst"
    clock.advance(timedelta(seconds=1))
    with pytest.raises(NotFound):
        remembering.open(there, COLUMN, row, texts[there])
    assert remembering.open(here, COLUMN, row, texts[here]) == "tekst"
    remembering.erase(here)
    with pytest.raises(NotFound):
        remembering.open(here, COLUMN, row, texts[here])
