"""What other services tell: the helpline hands in addresses, a list took an entry off."""

from shared.contracts.hashcheck import ENTRY_WITHDRAWN, EntryWithdrawn
from shared.contracts.hotline import ADDRESSES_HANDED_IN, HandedInAddresses
from shared.platform.access import service
from shared.platform.events import EventHandlers, events_router
from shared.platform.work import get_work

from hotline.use_cases.assessment import keep_withdrawal
from hotline.use_cases.report import take_from_helpline

handlers = EventHandlers()
handlers.on(ADDRESSES_HANDED_IN, HandedInAddresses)(take_from_helpline)
handlers.on(ENTRY_WITHDRAWN, EntryWithdrawn)(keep_withdrawal)

router = events_router(handlers, get_work, [service("hashcheck", "helpline")])
