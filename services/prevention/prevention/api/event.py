"""What other services tell: a person agreed to be handed over to this line."""

from shared.contracts.chat import HandoverContent
from shared.platform.access import service
from shared.platform.contact.handover import HANDOVER_CONSENTED, receive
from shared.platform.events import EventHandlers, events_router
from shared.platform.work import get_work

handlers = EventHandlers()
handlers.on(HANDOVER_CONSENTED, HandoverContent)(receive)

router = events_router(handlers, get_work, [service("helpline")])
