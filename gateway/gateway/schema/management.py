"""The schema for management: totals only, no object of any line."""

import strawberry

from gateway.schema.engine import schema_of
from gateway.schema.figures import FiguresQuery
from gateway.schema.released import ReleasedQuery

# Fields that ask a service; `parts` of a theme ask four, whose answers serve the whole request.
MANAGEMENT_WEIGHTS = {
    "hotline": 50,
    "helpline": 50,
    "prevention": 50,
    "hashCheck": 50,
    "metric": 50,
    "parts": 100,
}


@strawberry.type
class Query(FiguresQuery, ReleasedQuery):
    pass


management_schema = schema_of(Query)
