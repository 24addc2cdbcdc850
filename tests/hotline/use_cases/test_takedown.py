"""Notices: queued once, mailed together, settled by what the mail server said."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hotline.domain.assessment import BadTransition
from hotline.domain.fetch import OfflineCause, ProbeState
from hotline.domain.hosting import ContactSource
from hotline.domain.removal import RemovalState
from hotline.domain.role import ROLES
from hotline.domain.takedown import (
    MOST_ADDRESSES_PER_MAIL,
    RESPONSE_WINDOW,
    AlreadyNotified,
    ContactNotVerified,
    MailOutcome,
    MailState,
    NotHostedHere,
    NoticeKind,
    NoticeLetter,
    NoticeState,
)
from hotline.queries.removal import case, notices_of
from hotline.queries.report import is_handed_over
from hotline.tables import (
    AbuseContact,
    HostingProvider,
    NoticeMail,
    RemovalCase,
    Report,
    TakedownNotice,
)
from hotline.use_cases.takedown import (
    SEND_NOTICE_MAIL,
    claim_mail,
    give_up_mail,
    send_notice,
    settle_mail,
)
from shared.domain.errors import Conflict, NotFound, NotPermitted
from shared.platform.unit_of_work import UnitOfWork

from tests.hotline.inside import OFFICER, Hotline, staff
from tests.hotline.pages.cases import FOREIGN_IP

ONE, TWO = "https://forum.example/1.png", "https://forum.example/2.png"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def queued(hotline: Hotline, address: str = ONE) -> UUID:
    """A case whose first notice waits in a mail."""
    cases = hotline.cases()
    case_id = cases.known_illegal(address)
    cases.hosted(case_id)
    return case_id


def the_mail(hotline: Hotline) -> NoticeMail:
    (mail,) = hotline.rows(NoticeMail)
    return mail


def the_notice(hotline: Hotline) -> TakedownNotice:
    (notice,) = hotline.rows(TakedownNotice)
    return notice


def write(hotline: Hotline, mail_id: UUID) -> NoticeLetter:
    letter = hotline.do(claim_mail, mail_id)
    assert letter is not None
    return letter


def settle(hotline: Hotline, mail_id: UUID, outcome: MailOutcome) -> None:
    hotline.do(settle_mail, mail_id, outcome, hotline.policy)


def mailed(hotline: Hotline, mail_id: UUID, outcome: MailOutcome) -> NoticeLetter:
    letter = write(hotline, mail_id)
    settle(hotline, mail_id, outcome)
    return letter


def another_contact(hotline: Hotline, *, is_usable: bool = True) -> UUID:
    def add(work: UnitOfWork) -> UUID:
        owner = HostingProvider(handle="VH-2", name="Ander", created_at=work.now)
        work.session.add(owner)
        work.session.flush()
        contact = AbuseContact(
            provider_id=owner.id,
            email="abuse@other.example",
            source=ContactSource.MANUAL,
            is_usable=is_usable,
            created_at=work.now,
        )
        work.session.add(contact)
        return contact.id

    return hotline.do(add)


@pytest.mark.requirement("NT-1")
def test_a_notice_waits_at_most_the_batch_window(hotline: Hotline) -> None:
    case_id = queued(hotline)
    mail, notice = the_mail(hotline), the_notice(hotline)

    assert mail.due_at == hotline.clock() + 10 * MINUTE
    assert hotline.waiting()[SEND_NOTICE_MAIL, mail.id] == mail.due_at
    assert (notice.removal_case_id, notice.mail_id, notice.round) == (case_id, mail.id, 1)
    assert hotline.row(RemovalCase, case_id).state is RemovalState.NOTICE_QUEUED
    (event,) = hotline.acts("takedown.notice_queued")
    assert event.facts == {"case": str(case_id), "mail": str(mail.id)}


@pytest.mark.requirement("NT-2")
def test_a_notice_of_saturday_night_does_not_wait_for_monday(hotline: Hotline) -> None:
    hotline.clock.now = datetime.fromisoformat("2026-03-07T03:00:00+01:00")
    queued(hotline)
    assert the_mail(hotline).due_at == hotline.clock() + 10 * MINUTE


def test_notices_to_one_contact_go_in_one_mail_that_is_not_delayed(hotline: Hotline) -> None:
    queued(hotline, ONE)
    due_at = the_mail(hotline).due_at
    hotline.clock.advance(9 * MINUTE)
    queued(hotline, TWO)

    mail = the_mail(hotline)
    assert mail.due_at == due_at
    assert hotline.waiting()[SEND_NOTICE_MAIL, mail.id] == due_at
    letter = write(hotline, mail.id)
    assert {item.address for item in letter.items} == {ONE, TWO}


@pytest.mark.requirement("NT-4")
def test_a_letter_names_reference_ground_and_deadline(hotline: Hotline) -> None:
    queued(hotline)
    hotline.clock.advance(10 * MINUTE)
    letter = write(hotline, the_mail(hotline).id)

    assert letter.reference.startswith("B-")
    assert letter.legal_basis == "art. 252 Sr"
    assert letter.deadline_at == hotline.clock() + RESPONSE_WINDOW
    assert letter.recipient == "abuse@host.example"
    (item,) = letter.items
    assert item.reference == the_notice(hotline).reference
    assert item.detection_method == "hash_match"
    assert set(item.hashes) == {"sha256", "md5"}


@pytest.mark.requirement("UR-5")
def test_a_long_address_arrives_unshortened_in_the_letter(hotline: Hotline) -> None:
    address = "https://forum.example/" + "a" * 4000
    queued(hotline, address)
    assert write(hotline, the_mail(hotline).id).items[0].address == address


def test_a_letter_names_the_pages_that_show_a_picture(hotline: Hotline) -> None:
    cases = hotline.cases()
    page = "https://forum.example/thread/1"
    cases.page(page, ONE)
    cases.hosted(cases.judge_illegal(cases.url_id(ONE)))
    (item,) = write(hotline, the_mail(hotline).id).items
    assert (item.seen_on, item.detection_method) == ((page,), "manual_review")


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


def test_a_full_mail_goes_out_and_another_one_collects(hotline: Hotline) -> None:
    case_id = queued(hotline, ONE)
    full, contact_id = the_mail(hotline).id, the_mail(hotline).contact_id

    def fill(work: UnitOfWork) -> None:
        for number in range(2, MOST_ADDRESSES_PER_MAIL + 1):
            work.session.add(
                TakedownNotice(
                    reference=f"N-{number}",
                    removal_case_id=case_id,
                    contact_id=contact_id,
                    mail_id=full,
                    kind=NoticeKind.FIRST,
                    round=number,
                    state=NoticeState.QUEUED,
                    queued_at=work.now,
                )
            )

    hotline.do(fill)
    second = queued(hotline, TWO)
    assert hotline.row(NoticeMail, full).state is MailState.READY
    assert hotline.waiting()[SEND_NOTICE_MAIL, full] == hotline.clock()
    assert hotline.ask(notices_of, second)[0].mail_id != full


def test_a_second_notice_of_a_kind_and_round_cannot_be_stored(hotline: Hotline) -> None:
    queued(hotline)
    notice = the_notice(hotline)

    def twice(work: UnitOfWork) -> None:
        copy = notice.model_dump(exclude={"id", "reference"})
        work.session.add(TakedownNotice(reference="N-copy", **copy))

    with pytest.raises(Conflict) as refused:
        hotline.do(twice)
    assert refused.value.code == "already_exists"


def test_a_person_cannot_notify_the_same_contact_twice(hotline: Hotline) -> None:
    case_id = queued(hotline)
    mailed(hotline, the_mail(hotline).id, MailOutcome.ACCEPTED)
    contact_id = the_mail(hotline).contact_id
    with pytest.raises(AlreadyNotified):
        hotline.do(send_notice, case_id, contact_id, hotline.policy, by=OFFICER)
    with pytest.raises(BadTransition):
        hotline.do(send_notice, case_id, another_contact(hotline), hotline.policy, by=OFFICER)
    assert len(hotline.rows(TakedownNotice)) == 1


def test_after_a_bounce_a_person_chooses_another_contact(hotline: Hotline) -> None:
    case_id = queued(hotline)
    mailed(hotline, the_mail(hotline).id, MailOutcome.REFUSED)
    chosen = another_contact(hotline)
    hotline.do(send_notice, case_id, chosen, hotline.policy, by=OFFICER)

    notices = hotline.ask(notices_of, case_id)
    assert {(notice.contact_id, notice.round) for notice in notices} == {
        (notices[0].contact_id, 1),
        (chosen, 1),
    }
    assert hotline.row(RemovalCase, case_id).state is RemovalState.NOTICE_QUEUED
    assert hotline.acts("takedown.notice_queued")[-1].actor_id == OFFICER.id


def test_a_person_cannot_notify_a_contact_that_is_not_approved(hotline: Hotline) -> None:
    case_id = queued(hotline)
    mailed(hotline, the_mail(hotline).id, MailOutcome.REFUSED)
    chosen = another_contact(hotline, is_usable=False)
    with pytest.raises(ContactNotVerified):
        hotline.do(send_notice, case_id, chosen, hotline.policy, by=OFFICER)


def test_a_person_cannot_notify_abroad_nor_what_is_gone(hotline: Hotline) -> None:
    cases = hotline.cases()
    abroad = cases.known_illegal(ONE, ip=FOREIGN_IP)
    cases.hosted(abroad, ip=FOREIGN_IP)
    chosen = another_contact(hotline)
    with pytest.raises(NotHostedHere):
        hotline.do(send_notice, abroad, chosen, hotline.policy, by=OFFICER)

    closed = queued(hotline, TWO)
    cases.gone(closed)
    with pytest.raises(BadTransition):
        hotline.do(send_notice, closed, chosen, hotline.policy, by=OFFICER)


@pytest.mark.requirement("MG-4")
@pytest.mark.parametrize("role", [role for role in ROLES if role != "ntd_officer"])
def test_other_roles_send_no_notice(hotline: Hotline, role: str) -> None:
    with pytest.raises(NotPermitted):
        hotline.do(send_notice, UUID(int=0), UUID(int=0), hotline.policy, by=staff(role))


def test_a_case_or_contact_that_does_not_exist_is_not_found(hotline: Hotline) -> None:
    case_id = queued(hotline)
    with pytest.raises(NotFound):
        hotline.do(send_notice, UUID(int=0), UUID(int=0), hotline.policy, by=OFFICER)
    with pytest.raises(NotFound):
        hotline.do(send_notice, case_id, UUID(int=0), hotline.policy, by=OFFICER)


def test_a_notice_is_not_stopped_by_a_single_miss(hotline: Hotline) -> None:
    case_id = queued(hotline)
    hotline.cases().looked(case_id, ProbeState.OFFLINE)
    assert len(write(hotline, the_mail(hotline).id).items) == 1
