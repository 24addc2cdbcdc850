"""The hotline's figures for the gateway."""

from fastapi import APIRouter
from pydantic import AwareDatetime
from shared.contracts.figures import Year, YearFigures
from shared.contracts.hotline import HotlineFigures
from shared.platform.access import service
from shared.platform.work import Work

from hotline.use_cases.figures import count_figures, release_figures

router = APIRouter(dependencies=[service("gateway")])


@router.get("/api/figures")
def figures(since: AwareDatetime, until: AwareDatetime, work: Work) -> HotlineFigures:
    return count_figures(work, since, until)


@router.get("/api/figures/{year}")
def year_figures(year: Year, work: Work) -> YearFigures:
    return release_figures(work, year)
