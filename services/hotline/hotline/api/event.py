"""What other services tell: the helpline hands in addresses."""

from shared.contracts.hotline import ADDRESSES_HANDED_IN, HandedInAddresses
from shared.platform.access import service
from shared.platform.events import EventHandlers, events_router
from shared.platform.work import get_work

from hotline.use_cases.report import take_from_helpline

handlers = EventHandlers()
handlers.on(ADDRESSES_HANDED_IN, HandedInAddresses)(take_from_helpline)

router = events_router(handlers, get_work, [service("helpline")])
