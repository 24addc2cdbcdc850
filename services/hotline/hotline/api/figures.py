"""The hotline's figures for the gateway."""

from fastapi import APIRouter
from pydantic import AwareDatetime
from shared.contracts.hotline import HotlineFigures
from shared.platform.access import service
from shared.platform.work import Work

from hotline.use_cases.figures import count_figures

router = APIRouter(dependencies=[service("gateway")])


@router.get("/api/figures")
def figures(since: AwareDatetime, until: AwareDatetime, work: Work) -> HotlineFigures:
    return count_figures(work, since, until)
