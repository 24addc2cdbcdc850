"""The schema for management: totals only, no object of any line."""

import strawberry

from gateway.schema.engine import schema_of
from gateway.schema.figures import FiguresQuery

MANAGEMENT_WEIGHTS = {"hotline": 50, "hashCheck": 50}


@strawberry.type
class Query(FiguresQuery):
    pass


management_schema = schema_of(Query)
