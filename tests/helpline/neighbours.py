"""Other services as the helpline's tasks see them."""

from typing import TypeVar
from uuid import UUID

from fastapi import FastAPI
from shared.contracts.contract import Contract
from shared.contracts.event import EventEnvelope
from shared.domain.errors import Invalid, Unavailable
from starlette.testclient import TestClient

from tests.applications import token_of

Answer = TypeVar("Answer", bound=Contract)
REFUSED = 422


class Unreachable:
    """A service that does not answer."""

    def post(self, path: str, body: Contract, answer: type[Answer], /) -> Answer:
        raise Unavailable


class Neighbour:
    """A real application, with a network that can lose the question or the answer."""

    def __init__(self, name: str, app: FastAPI) -> None:
        self._name = name
        self._client = TestClient(app, raise_server_exceptions=False)
        self.loses_question = False
        self.loses_answer = False
        self.heard: list[UUID] = []

    def post(self, path: str, body: Contract, answer: type[Answer], /) -> Answer:
        if self.loses_question:
            raise Unavailable
        assert isinstance(body, EventEnvelope)
        self.heard.append(body.event_id)
        response = self._client.post(
            path,
            content=body.model_dump_json(),
            headers={
                "Authorization": f"Bearer {token_of('helpline', self._name)}",
                "Content-Type": "application/json",
            },
        )
        if self.loses_answer:
            raise Unavailable
        if response.status_code == REFUSED:
            raise Invalid(response.json()["code"])
        assert response.is_success, response.text
        return answer.model_validate_json(response.content)
