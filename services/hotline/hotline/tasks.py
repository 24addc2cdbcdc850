"""What the hotline does after a commit: each name is a row of the outbox and one use case."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from shared.contracts.hashcheck import DECISION_REVERSED
from shared.domain.errors import Unavailable
from shared.platform.clockwork import Clockwork
from shared.platform.delivery import TaskSet
from shared.platform.events import EventPeer, announce
from shared.platform.unit_of_work import UnitOfWork

from hotline.domain.fetch import FetchOutcome, ProbeOutcome
from hotline.domain.policy import Policy
from hotline.domain.takedown import MailOutcome, NoticeLetter
from hotline.use_cases import fetch, hash_match, hosting, imagery, online_check, takedown
from hotline.use_cases.assessment import (
    HASH_CANDIDATE,
    HASHCHECK,
    decision_reversed,
    hash_candidate,
)
from hotline.use_cases.ports import (
    HashChecker,
    HostingLookup,
    Imagery,
    NoticeMailer,
    PageFetcher,
    Prober,
)
from hotline.use_cases.removal import LOOK_UP_HOSTING
from hotline.use_cases.url import FETCH_URL

# Finding nothing due costs one look at an index.
CHECKS_ARE_STARTED_EVERY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the tasks of a process speak to, and by which rules."""

    policy: Policy
    fetcher: PageFetcher
    prober: Prober
    imagery: Imagery
    hash_checker: HashChecker
    hosting_lookup: HostingLookup
    notice_mailer: NoticeMailer
    hashcheck: EventPeer


tasks: TaskSet[Outside] = TaskSet("hotline")


def clocks(policy: Policy) -> list[Clockwork]:
    """The duties that come back, for the relay."""

    def start_due_checks(work: UnitOfWork) -> None:
        online_check.start_due_checks(work, policy)

    return [Clockwork("hotline.start_due_checks", CHECKS_ARE_STARTED_EVERY, start_due_checks)]


def _settle_fetch(work: UnitOfWork, url_id: UUID, outcome: FetchOutcome) -> None:
    fetch.settle_fetch(work, url_id, outcome, tasks.resources.policy)


tasks.delivery(
    FETCH_URL,
    claim=fetch.claim_fetch,
    send=lambda order: tasks.resources.fetcher.fetch(order.address, order.url_id),
    settle=_settle_fetch,
    give_up=fetch.give_up_fetch,
)

tasks.delivery(
    fetch.MATCH_PICTURE,
    claim=hash_match.claim_match,
    send=lambda items: hash_match.ask_about(tasks.resources.hash_checker, items),
    settle=hash_match.settle_match,
    give_up=hash_match.give_up_match,
)


def _settle_look_up(work: UnitOfWork, case_id: UUID, contacts: hosting.Contacts) -> None:
    hosting.settle_look_up(work, case_id, contacts, tasks.resources.policy)


tasks.delivery(
    LOOK_UP_HOSTING,
    claim=hosting.claim_look_up,
    send=lambda order: hosting.ask_registries(tasks.resources.hosting_lookup, order),
    settle=_settle_look_up,
    give_up=hosting.give_up_look_up,
)


def _send_mail(letter: NoticeLetter) -> MailOutcome:
    """Not taken is an answer here, so that the next attempt is not counted as a repeat."""
    try:
        return tasks.resources.notice_mailer.send(letter)
    except Unavailable:
        return MailOutcome.LATER


def _settle_mail(work: UnitOfWork, mail_id: UUID, outcome: MailOutcome) -> None:
    takedown.settle_mail(work, mail_id, outcome, tasks.resources.policy)


tasks.delivery(
    takedown.SEND_NOTICE_MAIL,
    claim=takedown.claim_mail,
    send=_send_mail,
    settle=_settle_mail,
    give_up=takedown.give_up_mail,
)


def _settle_check(work: UnitOfWork, case_id: UUID, outcome: ProbeOutcome) -> None:
    online_check.settle_check(work, case_id, outcome, tasks.resources.policy)


tasks.delivery(
    online_check.CHECK_ONLINE,
    claim=online_check.claim_check,
    send=lambda order: online_check.look(tasks.resources.prober, tasks.resources.fetcher, order),
    settle=_settle_check,
)


def _forget(order: imagery.ToForget) -> UUID:
    tasks.resources.imagery.forget(order.imagery_id)
    return order.imagery_id


tasks.delivery(
    imagery.FORGET_IMAGERY,
    claim=imagery.claim_forgetting,
    send=_forget,
    settle=imagery.settle_forgetting,
)

announce(tasks, HASH_CANDIDATE, HASHCHECK, hash_candidate, lambda: tasks.resources.hashcheck)
announce(tasks, DECISION_REVERSED, HASHCHECK, decision_reversed, lambda: tasks.resources.hashcheck)
