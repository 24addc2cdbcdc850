"""Queueing notices: one of a kind, round and contact, together in mails."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hotline.domain.assessment import BadTransition
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
    NoticeState,
)
from hotline.queries.takedown import notices_of
from hotline.tables import (
    NoticeMail,
    RemovalCase,
    TakedownNotice,
)
from hotline.use_cases.takedown import (
    SEND_NOTICE_MAIL,
    send_notice,
)
from shared.domain.errors import Conflict, NotFound, NotPermitted
from shared.platform.unit_of_work import UnitOfWork

from tests.hotline.inside import OFFICER, Hotline, staff
from tests.hotline.pages.cases import FOREIGN_IP
from tests.hotline.use_cases.notices import (
    another_contact,
    mailed,
    queued,
    the_mail,
    the_notice,
    write,
)

ONE, TWO = "https://forum.example/1.png", "https://forum.example/2.png"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


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
    bounced = the_mail(hotline).contact_id
    mailed(hotline, the_mail(hotline).id, MailOutcome.REFUSED)
    chosen = another_contact(hotline)
    hotline.do(send_notice, case_id, chosen, hotline.policy, by=OFFICER)

    notices = hotline.ask(notices_of, case_id)
    assert {(notice.contact_id, notice.round) for notice in notices} == {(bounced, 1), (chosen, 1)}
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
