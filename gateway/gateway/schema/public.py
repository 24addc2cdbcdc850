"""The public schema. It holds no type of management, so nothing of it can be asked or guessed."""

import strawberry

from gateway.schema.chat import ChatMutation, ChatQuery, ChatSubscription
from gateway.schema.crisis import CrisisQuery
from gateway.schema.engine import schema_of
from gateway.schema.line import LineQuery
from gateway.schema.report import ReportMutation, ReportQuery

# Fields that ask another service; `lines` asks three.
PUBLIC_WEIGHTS = {
    "reportUrls": 200,
    "reportStatus": 100,
    "lines": 100,
    "chatDesk": 100,
    "startChat": 500,
    "sendChatMessage": 200,
    "leaveChat": 200,
    "answerHandover": 200,
    "makeReturnCode": 900,
    "chatNews": 200,
}


@strawberry.type
class Query(LineQuery, CrisisQuery, ReportQuery, ChatQuery):
    pass


@strawberry.type
class Mutation(ReportMutation, ChatMutation):
    pass


@strawberry.type
class Subscription(ChatSubscription):
    pass


public_schema = schema_of(Query, Mutation, Subscription)
