"""What the helpline does after a commit: each name is a row of the outbox."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from shared.contracts.hotline import ADDRESSES_HANDED_IN
from shared.domain.errors import Unavailable
from shared.platform.clockwork import Clockwork
from shared.platform.contact.handover import HANDOVER_CONSENTED, content
from shared.platform.delivery import TaskSet
from shared.platform.events import Ending, EventPeer, announce
from shared.platform.unit_of_work import UnitOfWork

from helpline.domain.removal_notice import MailOutcome, NoticeLetter, NoticePolicy
from helpline.use_cases import hotline_report, notice_delivery, removal_notice
from helpline.use_cases.ports import NoticeMailer

TEXTS_ARE_ERASED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the tasks of a process speak to, and by which rules."""

    policy: NoticePolicy
    notice_mailer: NoticeMailer
    prevention: EventPeer
    hotline: EventPeer


tasks: TaskSet[Outside] = TaskSet("helpline")


def clocks(policy: NoticePolicy) -> list[Clockwork]:
    """The duties that come back, for the relay, besides those of conversations."""

    def erase_texts(work: UnitOfWork) -> None:
        removal_notice.erase_notices(work, policy)
        hotline_report.erase_hotline_reports(work)

    return [Clockwork("helpline.erase_texts", TEXTS_ARE_ERASED_EVERY, erase_texts)]


def _claim_notice(work: UnitOfWork, notice_id: UUID) -> NoticeLetter | None:
    return notice_delivery.claim_notice(work, notice_id, tasks.resources.policy)


def _send_notice(letter: NoticeLetter) -> MailOutcome:
    """Not taken is an answer here, so that the next attempt is not counted as a repeat."""
    try:
        return tasks.resources.notice_mailer.send(letter)
    except Unavailable:
        return MailOutcome.LATER


def _settle_notice(work: UnitOfWork, notice_id: UUID, outcome: MailOutcome) -> None:
    notice_delivery.settle_notice(work, notice_id, outcome, tasks.resources.policy)


tasks.delivery(
    removal_notice.SEND_NOTICE,
    claim=_claim_notice,
    send=_send_notice,
    settle=_settle_notice,
    give_up=notice_delivery.give_up_notice,
)

announce(tasks, HANDOVER_CONSENTED, "prevention", content, lambda: tasks.resources.prevention)
announce(
    tasks,
    ADDRESSES_HANDED_IN,
    hotline_report.HOTLINE,
    hotline_report.handed_in_addresses,
    lambda: tasks.resources.hotline,
    Ending(hotline_report.note_taken, hotline_report.note_refused),
)
