from uuid import UUID

import pytest
from shared.domain.actor import SYSTEM
from shared.domain.errors import NotAuthenticated
from shared.platform.account_tables import RecoveryCode, StaffAccount
from shared.platform.recovery import ALPHABET, HOW_MANY, issue_recovery_codes, use_recovery_code
from shared.platform.tables import AuditEvent
from shared.platform.unit_of_work import open_work
from sqlmodel import select

from tests.shared.test_staff import Desk, account_id, desk

__all__ = ["desk"]


def issued(desk: Desk) -> list[str]:
    return desk.do(lambda work: issue_recovery_codes(work, account_id(desk)))


def works(desk: Desk, code: str, account: UUID | None = None) -> bool:
    return desk.do(lambda work: use_recovery_code(work, account or account_id(desk), code))


@pytest.mark.requirement("PF-ACCOUNT-1")
def test_each_of_ten_codes_works_once(desk: Desk) -> None:
    codes = issued(desk)
    assert len(set(codes)) == HOW_MANY
    for code in codes:
        assert [works(desk, code), works(desk, code)] == [True, False]


@pytest.mark.requirement("PF-ACCOUNT-1")
def test_a_code_may_be_typed_with_capitals_and_without_dashes(desk: Desk) -> None:
    first, second, third, *_ = issued(desk)
    assert works(desk, first.upper())
    assert works(desk, second.replace("-", ""))
    assert works(desk, f"  {third.replace('-', ' ')} ")


@pytest.mark.requirement("PF-ACCOUNT-1")
def test_new_codes_end_the_earlier_ones(desk: Desk) -> None:
    old, new = issued(desk), issued(desk)
    assert not works(desk, old[0])
    assert works(desk, new[0])


@pytest.mark.requirement("PF-ACCOUNT-1")
@pytest.mark.parametrize("typed", ["", "0000-0000-0000-0000", "x" * 5_000])
def test_what_was_not_issued_does_not_work(desk: Desk, typed: str) -> None:
    issued(desk)
    assert not works(desk, typed)


@pytest.mark.requirement("PF-ACCOUNT-1")
def test_the_code_of_somebody_else_does_not_work(desk: Desk) -> None:
    (code, *_), ada = issued(desk), account_id(desk)
    with open_work(desk.sessions, SYSTEM, clock=lambda: desk.now) as work:
        other = StaffAccount(
            name="bram",
            display_name="Bram",
            role="analyst",
            password_hash="-",
            created_at=desk.now,
            password_changed_at=desk.now,
        )
        work.session.add(other)
    assert not works(desk, code, other.id)
    assert works(desk, code, ada)


@pytest.mark.requirement("PF-ACCOUNT-1")
def test_codes_are_stored_as_hashes_and_their_use_is_recorded(desk: Desk) -> None:
    (code, *_) = issued(desk)
    works(desk, code)
    with desk.sessions() as session:
        stored = session.exec(select(RecoveryCode)).all()
        actions = session.exec(select(AuditEvent.action)).all()
    bare = code.replace("-", "").encode()
    assert not [row for row in stored if bare in row.code_hash or len(row.code_hash) != 32]
    assert [row.used_at for row in stored].count(None) == HOW_MANY - 1
    assert actions[-2:] == ["staff.recovery_codes_issued", "staff.recovery_code_used"]


@pytest.mark.requirement("SEC-S6")
def test_a_recovery_code_takes_the_place_of_the_authenticator(desk: Desk) -> None:
    (code, *_) = issued(desk)
    found = desk.staff.signed_in(desk.code(desk.password(), code))
    assert found is not None
    assert found.has_second_factor
    with pytest.raises(NotAuthenticated):
        desk.code(desk.password(), code)


def test_codes_have_80_random_bits_in_letters_that_nobody_confuses(desk: Desk) -> None:
    code = issued(desk)[0].replace("-", "")
    assert len(code) * 5 == 80
    assert len(ALPHABET) == 32
    assert not set(ALPHABET) & set("ilou")
    assert set(code) <= set(ALPHABET)
