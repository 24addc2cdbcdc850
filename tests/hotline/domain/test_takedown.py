"""Who is notified, how often, and by when they have to act."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hotline.domain.assessment import Verdict
from hotline.domain.takedown import (
    AT_RISK_AFTER,
    LONGEST_PAUSE,
    RESPONSE_WINDOW,
    AlreadyNotified,
    ContactNotVerified,
    DeadlineState,
    EarlierNotice,
    NotAssessedIllegal,
    NotHostedHere,
    NoticeKind,
    Recipient,
    deadline_state,
    message_id,
    notice_reference,
    pause_before_resend,
    plan_notice,
)
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import DomainError
from shared.domain.references import read_reference

CONTACT, OTHER = uuid4(), uuid4()
USABLE = Recipient(CONTACT, is_usable=True)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DUE = datetime(2026, 3, 2, 9, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def earlier(contact: UUID = CONTACT, *, bounced: bool = False) -> EarlierNotice:
    return EarlierNotice(NoticeKind.FIRST, contact, bounced)


def test_an_illegal_address_here_is_notified_to_its_usable_contact() -> None:
    plan = plan_notice(Verdict.ILLEGAL, "NL", USABLE, [], DUE)
    assert (plan.contact_id, plan.round, plan.due_at) == (CONTACT, 1, DUE)


@pytest.mark.requirement("NT-1")
@pytest.mark.parametrize(
    ("verdict", "country", "recipient", "error"),
    [
        (Verdict.NOT_ILLEGAL, "NL", USABLE, NotAssessedIllegal),
        (Verdict.UNDECIDED, "NL", USABLE, NotAssessedIllegal),
        (Verdict.IGNORED, "NL", USABLE, NotAssessedIllegal),
        (Verdict.NOT_FOUND, "NL", USABLE, NotAssessedIllegal),
        (Verdict.ILLEGAL, "DE", USABLE, NotHostedHere),
        (Verdict.ILLEGAL, "", USABLE, NotHostedHere),
        (Verdict.ILLEGAL, "NL", Recipient(CONTACT, is_usable=False), ContactNotVerified),
        (Verdict.ILLEGAL, "NL", None, ContactNotVerified),
    ],
)
def test_a_notice_that_must_not_go_out_is_refused(
    verdict: Verdict, country: str, recipient: Recipient | None, error: type[DomainError]
) -> None:
    with pytest.raises(error) as refused:
        plan_notice(verdict, country, recipient, [], DUE)
    assert refused.value.status == 409


def test_a_second_notice_is_refused() -> None:
    with pytest.raises(AlreadyNotified):
        plan_notice(Verdict.ILLEGAL, "NL", USABLE, [earlier()], DUE)


def test_another_contact_gets_a_first_notice_of_its_own() -> None:
    assert plan_notice(Verdict.ILLEGAL, "NL", USABLE, [earlier(OTHER)], DUE).round == 1


@pytest.mark.requirement("NT-6")
@given(st.lists(st.booleans(), max_size=6))
def test_a_round_follows_only_when_all_before_came_back(bounced: list[bool]) -> None:
    before = [earlier(bounced=came_back) for came_back in bounced]
    if all(bounced):
        plan = plan_notice(Verdict.ILLEGAL, "NL", USABLE, before, DUE)
        assert plan.round == len(before) + 1
    else:
        with pytest.raises(AlreadyNotified):
            plan_notice(Verdict.ILLEGAL, "NL", USABLE, before, DUE)


def test_a_reference_and_a_message_id_are_the_same_each_time() -> None:
    one, other = uuid4(), uuid4()
    assert notice_reference(one) == notice_reference(one) != notice_reference(other)
    assert read_reference("N", notice_reference(one).lower()) == notice_reference(one)
    assert message_id(one, "notice@site.example") == f"<{one}@site.example>"


@pytest.mark.requirement("NT-6")
def test_waits_between_sendings_grow_to_an_hour() -> None:
    waits = [pause_before_resend(count) for count in range(1, 100)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_PAUSE


@pytest.mark.requirement("NT-8")
@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(0), DeadlineState.ON_TIME),
        (AT_RISK_AFTER - SECOND, DeadlineState.ON_TIME),
        (AT_RISK_AFTER, DeadlineState.AT_RISK),
        (RESPONSE_WINDOW - SECOND, DeadlineState.AT_RISK),
        (RESPONSE_WINDOW, DeadlineState.OVERDUE),
        (timedelta(days=30), DeadlineState.OVERDUE),
    ],
)
def test_the_deadline_is_24_hours_after_delivery(after: timedelta, state: DeadlineState) -> None:
    assert deadline_state(DUE, DUE + after) is state


def test_what_was_not_delivered_has_no_deadline() -> None:
    assert deadline_state(None, DUE) is DeadlineState.NONE


@pytest.mark.requirement("NT-8")
@pytest.mark.parametrize(
    ("delivered", "wall_clock_hours"),
    [
        (datetime(2026, 3, 28, 12, 0, tzinfo=AMSTERDAM), 25),  # clocks go forward in the night
        (datetime(2026, 10, 24, 12, 0, tzinfo=AMSTERDAM), 23),  # and back
        (datetime(2026, 6, 1, 12, 0, tzinfo=AMSTERDAM), 24),
    ],
)
def test_a_change_of_the_clocks_makes_a_deadline_neither_longer_nor_shorter(
    delivered: datetime, wall_clock_hours: int
) -> None:
    """24 hours pass; what a clock on the wall shows then is an hour off."""
    delivered_at = delivered.astimezone(UTC)
    deadline = delivered_at + RESPONSE_WINDOW

    assert deadline_state(delivered_at, deadline - SECOND) is DeadlineState.AT_RISK
    assert deadline_state(delivered_at, deadline) is DeadlineState.OVERDUE
    shown = deadline.astimezone(AMSTERDAM).replace(tzinfo=None) - delivered.replace(tzinfo=None)
    assert shown == timedelta(hours=wall_clock_hours)


@pytest.mark.requirement("NT-8")
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 72 * 3600),
)
def test_a_deadline_only_ever_becomes_more_urgent(delivered: datetime, seconds: int) -> None:
    order = [DeadlineState.ON_TIME, DeadlineState.AT_RISK, DeadlineState.OVERDUE]
    now = delivered + timedelta(seconds=seconds)
    one, later = deadline_state(delivered, now), deadline_state(delivered, now + SECOND)
    assert order.index(one) <= order.index(later)
