"""What became of each mail, and what follows for its notices and their cases."""

from datetime import timedelta

import pytest
from hotline.domain.fetch import OfflineCause, ProbeState
from hotline.domain.removal import RemovalState
from hotline.domain.takedown import (
    RESPONSE_WINDOW,
    MailOutcome,
    MailState,
    NoticeState,
)
from hotline.queries.removal import case
from hotline.queries.report import is_handed_over
from hotline.queries.takedown import notices_of
from hotline.tables import (
    AbuseContact,
    NoticeMail,
    RemovalCase,
    Report,
)
from hotline.use_cases.takedown import (
    SEND_NOTICE_MAIL,
    claim_mail,
    give_up_mail,
)

from tests.hotline.inside import Hotline
from tests.hotline.use_cases.notices import (
    mailed,
    queued,
    settle,
    the_mail,
    the_notice,
    write,
)

ONE, TWO = "https://forum.example/1.png", "https://forum.example/2.png"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.requirement("NT-6")
@pytest.mark.requirement("NT-8")
def test_an_accepted_mail_starts_the_clock_of_its_notices(hotline: Hotline) -> None:
    case_id = queued(hotline)
    hotline.clock.advance(10 * MINUTE)
    mailed(hotline, the_mail(hotline).id, MailOutcome.ACCEPTED)

    mail, notice = the_mail(hotline), the_notice(hotline)
    assert (mail.state, mail.sent_at) == (MailState.SENT, hotline.clock())
    assert (notice.state, notice.delivered_at) == (NoticeState.DELIVERED, hotline.clock())
    assert notice.deadline_at == hotline.clock() + RESPONSE_WINDOW
    assert hotline.row(RemovalCase, case_id).state is RemovalState.NOTICE_DELIVERED
    assert hotline.ask(is_handed_over, hotline.rows(Report)[0].id)


@pytest.mark.requirement("NT-6")
def test_a_refused_mail_stops_the_contact_and_shows_the_case_to_people(hotline: Hotline) -> None:
    case_id = queued(hotline)
    mailed(hotline, the_mail(hotline).id, MailOutcome.REFUSED)

    assert the_mail(hotline).state is MailState.REFUSED
    assert the_notice(hotline).state is NoticeState.BOUNCED
    assert hotline.row(AbuseContact, the_mail(hotline).contact_id).is_usable is False
    assert hotline.row(RemovalCase, case_id).state is RemovalState.CONTACT_REVIEW


@pytest.mark.requirement("NT-6")
@pytest.mark.requirement("NT-8")
def test_a_mail_that_was_not_taken_yet_is_written_anew_with_its_new_deadline(
    hotline: Hotline,
) -> None:
    queued(hotline)
    mail_id = the_mail(hotline).id
    first = mailed(hotline, mail_id, MailOutcome.LATER)
    assert the_mail(hotline).state is MailState.READY
    assert hotline.waiting()[SEND_NOTICE_MAIL, mail_id] == hotline.clock() + MINUTE

    hotline.clock.advance(5 * HOUR)
    again = mailed(hotline, mail_id, MailOutcome.ACCEPTED)
    assert again.deadline_at == hotline.clock() + RESPONSE_WINDOW > first.deadline_at
    assert again.message_id == first.message_id
    assert the_notice(hotline).deadline_at == again.deadline_at
    assert the_mail(hotline).repeat_count == 0


@pytest.mark.requirement("SEC-R2")
def test_an_unknown_end_is_shown_and_tried_once_more_with_the_same_letter(
    hotline: Hotline,
) -> None:
    case_id = queued(hotline)
    mail_id = the_mail(hotline).id
    hotline.finish_outbox()
    first = mailed(hotline, mail_id, MailOutcome.UNCERTAIN)
    assert the_mail(hotline).state is MailState.UNCERTAIN
    assert hotline.row(RemovalCase, case_id).state is RemovalState.NOTICE_UNCERTAIN
    assert hotline.waiting()[SEND_NOTICE_MAIL, mail_id] == hotline.clock() + 15 * MINUTE

    hotline.finish_outbox()
    hotline.clock.advance(15 * MINUTE)
    assert mailed(hotline, mail_id, MailOutcome.UNCERTAIN) == first
    assert (the_mail(hotline).state, the_mail(hotline).repeat_count) == (MailState.UNCERTAIN, 1)
    assert hotline.waiting() == {}
    assert [event.facts for event in hotline.acts("takedown.mail_repeated")] == [{"repeats": 1}]


def test_the_second_try_may_still_be_accepted_or_refused(hotline: Hotline) -> None:
    for address, outcome, state in (
        (ONE, MailOutcome.ACCEPTED, RemovalState.NOTICE_DELIVERED),
        (TWO, MailOutcome.REFUSED, RemovalState.CONTACT_REVIEW),
    ):
        case_id = queued(hotline, address)
        mail_id = hotline.ask(notices_of, case_id)[0].mail_id
        mailed(hotline, mail_id, MailOutcome.UNCERTAIN)
        mailed(hotline, mail_id, outcome)
        assert hotline.row(RemovalCase, case_id).state is state


@pytest.mark.requirement("SEC-R2")
def test_a_worker_that_died_while_sending_is_followed_by_the_same_letter(hotline: Hotline) -> None:
    queued(hotline)
    mail_id = the_mail(hotline).id
    first = write(hotline, mail_id)
    hotline.clock.advance(3 * MINUTE)
    assert write(hotline, mail_id) == first
    assert (the_mail(hotline).send_count, the_mail(hotline).repeat_count) == (2, 1)


def test_after_a_repeat_even_a_refusal_for_now_changes_no_word(hotline: Hotline) -> None:
    """The earlier sending may have arrived; two letters under one Message-ID must not differ."""
    queued(hotline)
    mail_id = the_mail(hotline).id
    first = write(hotline, mail_id)
    mailed(hotline, mail_id, MailOutcome.LATER)
    hotline.clock.advance(HOUR)
    assert write(hotline, mail_id) == first


@pytest.mark.parametrize("outcome", list(MailOutcome))
def test_a_mail_that_is_finished_is_not_settled_again(
    hotline: Hotline, outcome: MailOutcome
) -> None:
    queued(hotline)
    mail_id = the_mail(hotline).id
    mailed(hotline, mail_id, MailOutcome.ACCEPTED)
    before = (the_mail(hotline), the_notice(hotline))
    settle(hotline, mail_id, outcome)
    hotline.do(give_up_mail, mail_id)
    assert (the_mail(hotline), the_notice(hotline)) == before
    assert hotline.do(claim_mail, mail_id) is None


def test_a_mail_that_is_given_up_is_shown_to_people(hotline: Hotline) -> None:
    case_id = queued(hotline)
    write(hotline, the_mail(hotline).id)
    hotline.do(give_up_mail, the_mail(hotline).id)
    assert the_mail(hotline).state is MailState.UNCERTAIN
    assert hotline.row(RemovalCase, case_id).state is RemovalState.NOTICE_UNCERTAIN


@pytest.mark.requirement("NT-3")
def test_what_was_confirmed_as_gone_is_left_out_of_the_mail(hotline: Hotline) -> None:
    first, _ = queued(hotline, ONE), queued(hotline, TWO)
    hotline.cases().gone(first)
    letter = write(hotline, the_mail(hotline).id)
    assert [item.address for item in letter.items] == [TWO]
    assert hotline.ask(notices_of, first)[0].state is NoticeState.CANCELLED


@pytest.mark.requirement("NT-3")
def test_a_mail_with_nothing_left_to_say_is_not_sent(hotline: Hotline) -> None:
    hotline.cases().gone(queued(hotline))
    assert hotline.do(claim_mail, the_mail(hotline).id) is None
    assert the_mail(hotline).state is MailState.EMPTY
    assert len(hotline.acts("takedown.mail_emptied")) == 1


def test_what_is_gone_while_its_mail_is_under_way_was_still_notified(hotline: Hotline) -> None:
    """The letter is out of our hands; saying that it was cancelled would be untrue."""
    case_id = queued(hotline)
    write(hotline, the_mail(hotline).id)
    hotline.cases().gone(case_id)
    settle(hotline, the_mail(hotline).id, MailOutcome.ACCEPTED)

    assert the_notice(hotline).state is NoticeState.DELIVERED
    found = hotline.ask(case, case_id)
    assert (found.state, found.cause) == (RemovalState.CLOSED_BEFORE_NOTICE, OfflineCause.FILE_GONE)


def test_a_contact_that_came_back_gets_no_other_mail(hotline: Hotline) -> None:
    first = queued(hotline, ONE)
    mail_id = hotline.ask(notices_of, first)[0].mail_id
    write(hotline, mail_id)
    second = queued(hotline, TWO)
    settle(hotline, mail_id, MailOutcome.REFUSED)

    (waiting,) = [mail for mail in hotline.rows(NoticeMail) if mail.id != mail_id]
    assert hotline.do(claim_mail, waiting.id) is None
    assert hotline.row(NoticeMail, waiting.id).state is MailState.REFUSED
    for case_id in (first, second):
        assert hotline.row(RemovalCase, case_id).state is RemovalState.CONTACT_REVIEW
        assert hotline.ask(notices_of, case_id)[0].state is NoticeState.BOUNCED


def test_a_repeat_to_a_contact_that_came_back_is_not_sent_but_left_uncertain(
    hotline: Hotline,
) -> None:
    case_id = queued(hotline)
    mailed(hotline, the_mail(hotline).id, MailOutcome.UNCERTAIN)
    with hotline.work() as work:
        work.session.get_one(AbuseContact, the_mail(hotline).contact_id).is_usable = False
    assert hotline.do(claim_mail, the_mail(hotline).id) is None
    assert the_notice(hotline).state is NoticeState.UNCERTAIN
    assert hotline.row(RemovalCase, case_id).state is RemovalState.NOTICE_UNCERTAIN


def test_a_notice_is_not_stopped_by_a_single_miss(hotline: Hotline) -> None:
    case_id = queued(hotline)
    hotline.cases().looked(case_id, ProbeState.OFFLINE)
    assert len(write(hotline, the_mail(hotline).id).items) == 1
