"""The duties of a line with conversations that come back."""

from collections.abc import Callable
from datetime import timedelta

from shared.platform.clockwork import Clockwork
from shared.platform.contact.conversation import end_abandoned
from shared.platform.contact.handover import end_unanswered
from shared.platform.contact.opening import realise_opening
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.queue import offer_due
from shared.platform.contact.retention import erase_content
from shared.platform.unit_of_work import UnitOfWork

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def contact_clocks(policy: ContactPolicy) -> list[Clockwork]:
    def by_policy(
        duty: Callable[[UnitOfWork, ContactPolicy], None],
    ) -> Callable[[UnitOfWork], None]:
        return lambda work: duty(work, policy)

    line = policy.line
    return [
        Clockwork(f"{line}.offer_due", SECOND, by_policy(offer_due)),
        Clockwork(f"{line}.end_abandoned", timedelta(seconds=20), by_policy(end_abandoned)),
        Clockwork(f"{line}.end_unanswered_handovers", timedelta(seconds=20), end_unanswered),
        Clockwork(f"{line}.realise_opening", timedelta(seconds=15), by_policy(realise_opening)),
        Clockwork(f"{line}.erase_content", MINUTE * 10, by_policy(erase_content)),
    ]
