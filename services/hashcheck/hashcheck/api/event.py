"""What other services tell: the hotline judged a picture illegal, or judges otherwise now."""

from shared.contracts.hashcheck import DECISION_REVERSED, DecisionReversed, HashCandidate
from shared.platform.access import service
from shared.platform.events import EventHandlers, events_router
from shared.platform.work import get_work

from hashcheck.use_cases.entry import take_back, take_candidate

handlers = EventHandlers()
handlers.on("hash.candidate", HashCandidate)(take_candidate)
handlers.on(DECISION_REVERSED, DecisionReversed)(take_back)

router = events_router(handlers, get_work, [service("hotline")])
