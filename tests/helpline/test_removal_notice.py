"""What makes a removal notice whole, how it stands, and how it ends."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from helpline.domain.provider import NoticeRoute, ProviderClass, ProviderUnusable
from helpline.domain.removal_notice import (
    ItemOutcome,
    LegalGround,
    NoticeState,
    answer_due,
    check_draft,
    read_addresses,
    roll_up,
)
from helpline.queries.removal_notice import items_of
from helpline.tables import ItemAnswer, NoticeItem, Provider, RemovalNotice
from helpline.use_cases.removal_notice import (
    draft_notice,
    erase_notices,
    note_answer,
    read_notice,
    send_notice,
    withdraw_notice,
)
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import Conflict, Invalid, NotFound, NotPermitted

from tests.fakes import MONDAY_MORNING
from tests.helpline.inside import ONE, POLICY, REASONS, TWO, WORKER, Helpline, draft_to, staff

pytestmark = pytest.mark.requirement("H-14")

DRAFT = draft_to(uuid4())
LONG_HOST = "https://" + "a" * 8192 + ".example/"
TODAY = MONDAY_MORNING.date()


@pytest.mark.parametrize(
    ("kind", "route", "allowed"),
    [
        (ProviderClass.VERY_LARGE, NoticeRoute.ARTICLE_22, True),
        (ProviderClass.PLATFORM, NoticeRoute.ARTICLE_22, True),
        (ProviderClass.SMALL_PLATFORM, NoticeRoute.ARTICLE_22, False),
        (ProviderClass.HOSTING, NoticeRoute.ARTICLE_22, False),
        (ProviderClass.HOSTING, NoticeRoute.ARTICLE_16, True),
        (ProviderClass.OUTSIDE_DSA, NoticeRoute.ARTICLE_16, False),
    ],
)
def test_priority_is_claimed_only_where_article_22_applies(
    kind: ProviderClass, route: NoticeRoute, *, allowed: bool
) -> None:
    draft = replace(DRAFT, route=route)
    if allowed:
        check_draft(draft, kind)
    else:
        with pytest.raises(Invalid, match="route_not_here"):
            check_draft(draft, kind)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"grounds": frozenset()}, "ground_missing", "ground"),
        ({"route": NoticeRoute.TERMS}, "ground_stray", "ground"),
        ({"addresses": ()}, "address_missing", "addresses"),
        ({"addresses": (ONE, "social.example/p/1")}, "bad_address", "addresses"),
        ({"addresses": ("javascript:alert(1)",)}, "bad_address", "addresses"),
        ({"addresses": ("https://social.example/a b",)}, "bad_address", "addresses"),
        ({"addresses": ("https://[half",)}, "bad_address", "addresses"),
        ({"addresses": (LONG_HOST,)}, "bad_address", "addresses"),
        ({"addresses": tuple(f"{ONE}{n}" for n in range(51))}, "too_many_addresses", "addresses"),
        ({"reasons": "It is illegal."}, "reasons_length", "reasons"),
        ({"reasons": "x" * 4001}, "reasons_length", "reasons"),
        ({"reasons": f"{REASONS} Mail anna@mail.example."}, "names_a_person", "reasons"),
        ({"reasons": f"{REASONS} Call 06-12345678."}, "names_a_person", "reasons"),
        ({"reasons": f"{REASONS} Call +31 6 1234 5678."}, "names_a_person", "reasons"),
    ],
)
def test_a_notice_that_is_not_whole_or_says_too_much_is_refused(
    change: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Invalid, match=code) as refused:
        check_draft(replace(DRAFT, **change), ProviderClass.PLATFORM)
    assert refused.value.fields == (field,)


def test_numbers_that_are_no_telephone_are_no_reason_to_refuse() -> None:
    reasons = f"{REASONS} Posted on 24-11-2026 at 10:30 under post 1234567890, article 254ba."
    check_draft(replace(DRAFT, reasons=reasons), ProviderClass.PLATFORM)


def test_addresses_stand_on_lines_and_count_once() -> None:
    assert read_addresses(f"  {ONE}\r\n\n{TWO}\n{ONE} ") == (ONE, TWO)


def test_private_images_are_answered_sooner_than_other_things() -> None:
    sooner = answer_due(MONDAY_MORNING, {LegalGround.SR_254BA, LegalGround.SR_326})
    later = answer_due(MONDAY_MORNING, {LegalGround.SR_326})
    assert (sooner - MONDAY_MORNING, later - MONDAY_MORNING) == (
        timedelta(days=10),
        timedelta(days=20),
    )


@pytest.mark.parametrize(
    ("outcomes", "whole"),
    [
        (["removed", "removed"], "removed"),
        (["removed", "no_answer"], "partly"),
        (["partly", "refused"], "partly"),
        (["refused", "not_found"], "refused"),
        (["not_competent", "refused"], "not_competent"),
        (["no_answer", "not_found"], "not_found"),
        (["pending", "no_answer"], "no_answer"),
    ],
)
def test_a_notice_has_one_outcome_of_all_its_addresses(outcomes: list[str], whole: str) -> None:
    assert roll_up([ItemOutcome(one) for one in outcomes]).value == whole


@given(st.lists(st.sampled_from(ItemOutcome), min_size=1, max_size=6))
def test_the_order_of_addresses_does_not_change_the_outcome(outcomes: list[ItemOutcome]) -> None:
    assert roll_up(outcomes) == roll_up(outcomes[::-1])


def test_a_draft_is_stored_sealed_and_sends_nothing(helpline: Helpline) -> None:
    notice = helpline.drafted(ONE, TWO)
    assert notice.state is NoticeState.DRAFTED
    assert helpline.waiting() == {}
    stored = str(helpline.rows(RemovalNotice)) + str(helpline.rows(NoticeItem))
    assert "social.example" not in stored
    assert "private moment" not in stored
    assert helpline.do(read_notice, notice.id, by=WORKER) == (REASONS, [ONE, TWO])
    assert [event.object_id for event in helpline.acts("notice.read")] == [notice.id]


def test_pressing_twice_makes_one_draft_and_sends_once(helpline: Helpline) -> None:
    contact, provider, notice_id = helpline.contact(), helpline.provider(), uuid4()
    for _ in range(2):
        helpline.do(draft_notice, contact.id, draft_to(provider.id), notice_id, by=WORKER)
    assert len(helpline.rows(NoticeItem)) == 1
    helpline.do(send_notice, notice_id, by=WORKER, in_good_faith=True)
    with pytest.raises(Conflict, match="sent_already"):
        helpline.do(send_notice, notice_id, by=WORKER, in_good_faith=True)


def test_an_address_is_not_asked_about_twice_while_a_notice_stands(helpline: Helpline) -> None:
    first = helpline.drafted(ONE)
    again = draft_to(first.provider_id, TWO, ONE)
    with pytest.raises(Conflict, match="notified_already"):
        helpline.do(draft_notice, first.contact_id, again, uuid4(), by=WORKER)
    helpline.do(withdraw_notice, first.id, by=WORKER)
    helpline.do(draft_notice, first.contact_id, again, uuid4(), by=WORKER)


def test_nothing_goes_out_without_good_faith(helpline: Helpline) -> None:
    notice = helpline.drafted()
    with pytest.raises(Invalid, match="good_faith_missing"):
        helpline.do(send_notice, notice.id, by=WORKER, in_good_faith=False)
    assert helpline.waiting() == {}


def test_a_provider_whose_mail_comes_back_gets_no_notice(helpline: Helpline) -> None:
    notice = helpline.drafted()
    with helpline.work() as work:
        work.session.get_one(Provider, notice.provider_id).is_usable = False
    with pytest.raises(ProviderUnusable):
        helpline.do(send_notice, notice.id, by=WORKER, in_good_faith=True)
    draft = draft_to(notice.provider_id, TWO)
    with pytest.raises(ProviderUnusable):
        helpline.do(draft_notice, notice.contact_id, draft, uuid4(), by=WORKER)


@pytest.mark.requirement("H-24")
def test_who_may_not_send_notices_may_not_read_them_either(helpline: Helpline) -> None:
    notice, admin = helpline.drafted(), staff("admin")
    for act, given_ in (
        (read_notice, (notice.id,)),
        (withdraw_notice, (notice.id,)),
        (note_answer, (uuid4(), ItemOutcome.REMOVED, TODAY)),
        (draft_notice, (notice.contact_id, DRAFT, uuid4())),
    ):
        with pytest.raises(NotPermitted):
            helpline.do(act, *given_, by=admin)


def sent(helpline: Helpline, *addresses: str) -> list[NoticeItem]:
    """The items of a notice that went out."""
    notice = helpline.drafted(*addresses)
    with helpline.work() as work:
        found = work.session.get_one(RemovalNotice, notice.id)
        found.state, found.sent_at = NoticeState.SENT, work.now
        return items_of(work.session, notice.id)


def test_each_address_has_its_own_answer_and_the_last_one_ends_the_notice(
    helpline: Helpline,
) -> None:
    first, second = sent(helpline, ONE, TWO)
    helpline.do(note_answer, first.id, ItemOutcome.REMOVED, TODAY, by=WORKER)
    assert helpline.row(RemovalNotice, first.notice_id).state is NoticeState.SENT
    helpline.do(note_answer, second.id, ItemOutcome.REFUSED, TODAY, by=WORKER)
    notice = helpline.row(RemovalNotice, first.notice_id)
    assert (notice.state, notice.ended_at) == (NoticeState.ANSWERED, helpline.clock())


def test_a_later_answer_follows_an_earlier_one_and_does_not_replace_it(helpline: Helpline) -> None:
    (item,) = sent(helpline, ONE)
    helpline.do(note_answer, item.id, ItemOutcome.NO_ANSWER, TODAY, by=WORKER)
    assert helpline.row(RemovalNotice, item.notice_id).state is NoticeState.UNANSWERED
    helpline.clock.advance(timedelta(days=3))
    later = TODAY + timedelta(days=3)
    helpline.do(note_answer, item.id, ItemOutcome.REMOVED, later, by=WORKER)
    history = sorted(helpline.rows(ItemAnswer), key=lambda answer: answer.noted_at)
    assert [(one.outcome.value, one.answered_on) for one in history] == [
        ("no_answer", TODAY),
        ("removed", later),
    ]
    assert helpline.row(RemovalNotice, item.notice_id).state is NoticeState.ANSWERED


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=1)])
def test_an_answer_comes_after_the_notice_and_not_in_the_future(
    helpline: Helpline, day: date
) -> None:
    (item,) = sent(helpline, ONE)
    with pytest.raises(Invalid, match="bad_day"):
        helpline.do(note_answer, item.id, ItemOutcome.REMOVED, day, by=WORKER)


def test_what_was_not_sent_has_no_answer(helpline: Helpline) -> None:
    helpline.drafted()
    (item,) = helpline.rows(NoticeItem)
    with pytest.raises(Conflict, match="not_sent_yet"):
        helpline.do(note_answer, item.id, ItemOutcome.REMOVED, TODAY, by=WORKER)


@pytest.mark.requirement("SEC-P3")
def test_the_texts_of_a_notice_die_a_year_after_it_ended_and_its_codes_stay(
    helpline: Helpline,
) -> None:
    (item,) = sent(helpline, ONE)
    helpline.do(note_answer, item.id, ItemOutcome.REMOVED, TODAY, by=WORKER)
    helpline.clock.advance(POLICY.kept)
    helpline.do(erase_notices, POLICY)
    assert helpline.row(RemovalNotice, item.notice_id).erased_at is None
    helpline.clock.advance(timedelta(seconds=1))
    helpline.do(erase_notices, POLICY)
    notice = helpline.row(RemovalNotice, item.notice_id)
    assert (notice.sealed_reasons, notice.erased_at) == (b"", helpline.clock())
    assert helpline.row(NoticeItem, item.id).sealed_address == b""
    assert helpline.row(NoticeItem, item.id).outcome is ItemOutcome.REMOVED
    with pytest.raises(NotFound):
        helpline.vault.open(notice.id, "any", notice.id, item.sealed_address)
