"""What people decided about a listed entry, for the hotline."""

from uuid import UUID

from fastapi import APIRouter
from shared.contracts.hashcheck import EntryClassification
from shared.platform.access import service
from shared.platform.work import Work

from hashcheck.use_cases.entry import classification_of

router = APIRouter(dependencies=[service("hotline")])


@router.get("/internal/entries/{entry_id}")
def classification(entry_id: UUID, work: Work) -> EntryClassification:
    return classification_of(work, entry_id)
