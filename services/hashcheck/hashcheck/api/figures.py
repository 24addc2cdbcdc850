"""The figures of the Hash Check Service, for the gateway."""

from fastapi import APIRouter
from pydantic import AwareDatetime
from shared.contracts.figures import Year, YearFigures
from shared.contracts.hashcheck import HashcheckFigures
from shared.platform.access import service
from shared.platform.work import Work

from hashcheck.use_cases.figures import figures, release_figures

router = APIRouter(dependencies=[service("gateway")])


@router.get("/api/figures")
def count(since: AwareDatetime, until: AwareDatetime, work: Work) -> HashcheckFigures:
    return figures(work, since, until)


@router.get("/api/figures/{year}")
def year_figures(year: Year, work: Work) -> YearFigures:
    return release_figures(work, year)
