"""Whether the helpline can be reached through this platform."""

from fastapi import APIRouter
from shared.contracts.line import LineState, LineStatus
from shared.platform.access import service

router = APIRouter()


@router.get("/api/status", dependencies=[service("gateway")])
def status() -> LineStatus:
    """Not open yet: no contact can be made here, and nothing pretends that it can."""
    return LineStatus(state=LineState.NOT_OPEN_YET)
