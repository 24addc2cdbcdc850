"""The waits and limits of the hotline in one value; the published defaults unless set otherwise."""

from dataclasses import dataclass, field
from datetime import timedelta

from hotline.domain.exposure import Budget
from hotline.domain.online_check import SCHEDULE, OfflineRule, Step
from hotline.domain.url import FETCH_RETRIES


@dataclass(frozen=True, slots=True)
class Policy:
    """`sender` is the mailbox notices come from; its domain ends every Message-ID."""

    notice_batch_window: timedelta = timedelta(minutes=10)
    resend_after: timedelta = timedelta(minutes=15)
    claim_lease: timedelta = timedelta(minutes=30)
    check_lease: timedelta = timedelta(minutes=5)
    fetch_retries: tuple[timedelta, ...] = FETCH_RETRIES
    schedule: tuple[Step, ...] = SCHEDULE
    offline_rule: OfflineRule = field(default_factory=OfflineRule)
    budget: Budget = field(default_factory=Budget)
    trusts_registries: bool = True
    sender: str = "notice@hotline.example"
