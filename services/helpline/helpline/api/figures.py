"""The figures of the helpline for the gateway."""

from typing import Annotated

from fastapi import APIRouter, Path
from shared.contracts.figures import YearFigures
from shared.platform.access import service
from shared.platform.work import Work

from helpline.use_cases.figures import release_figures

router = APIRouter(dependencies=[service("gateway")])


@router.get("/api/figures/{year}")
def year_figures(year: Annotated[int, Path(ge=1, le=9999)], work: Work) -> YearFigures:
    return release_figures(work, year)
