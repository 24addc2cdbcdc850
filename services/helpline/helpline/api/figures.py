"""The figures of the helpline for the gateway."""

from fastapi import APIRouter
from shared.contracts.figures import Year, YearFigures
from shared.platform.access import service
from shared.platform.work import Work

from helpline.use_cases.figures import release_figures

router = APIRouter(dependencies=[service("gateway")])


@router.get("/api/figures/{year}")
def year_figures(year: Year, work: Work) -> YearFigures:
    return release_figures(work, year)
