"""Whether the prevention line can be reached through this platform now."""

from fastapi import APIRouter
from shared.contracts.line import LineState, LineStatus
from shared.domain.conversation import Channel
from shared.platform.access import service
from shared.platform.contact.opening import hours_of
from shared.platform.work import Work

router = APIRouter(dependencies=[service("gateway")])


@router.get("/api/status")
def status(work: Work) -> LineStatus:
    is_open = hours_of(work.session, Channel.CHAT).is_open(work.now)
    return LineStatus(state=LineState.OPEN if is_open else LineState.CLOSED)
