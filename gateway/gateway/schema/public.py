"""The public schema. It holds no type of management, so nothing of it can be asked or guessed."""

import strawberry

from gateway.schema.crisis import CrisisQuery
from gateway.schema.engine import schema_of
from gateway.schema.line import LineQuery
from gateway.schema.report import ReportMutation, ReportQuery

# Fields that ask another service; `lines` asks three.
PUBLIC_WEIGHTS = {"reportUrls": 200, "reportStatus": 100, "lines": 100}


@strawberry.type
class Query(LineQuery, CrisisQuery, ReportQuery):
    pass


@strawberry.type
class Mutation(ReportMutation):
    pass


public_schema = schema_of(Query, Mutation)
