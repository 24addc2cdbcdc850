"""What endpoints of the hotline may ask for."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated, cast

from fastapi import Depends, Request
from shared.platform.idempotency import StoredAnswers
from shared.platform.unit_of_work import UnitOfWork, open_work

from hotline.domain.policy import Policy
from hotline.use_cases.ports import Imagery


def policy_of(request: Request) -> Policy:
    return cast(Policy, request.app.state.policy)


def imagery_of(request: Request) -> Imagery:
    return cast(Imagery, request.app.state.imagery)


def answers_of(request: Request) -> StoredAnswers:
    return cast(StoredAnswers, request.app.state.answers)


def short_work_of(request: Request) -> Callable[[], AbstractContextManager[UnitOfWork]]:
    """Opens work that is committed within the endpoint, before it asks somebody outside."""
    state = request.app.state
    actor = request.state.actor
    return lambda: open_work(state.sessions, actor, clock=state.clock, vault=state.vault)


PublishedPolicy = Annotated[Policy, Depends(policy_of)]
SealedPictures = Annotated[Imagery, Depends(imagery_of)]
Answers = Annotated[StoredAnswers, Depends(answers_of)]
ShortWork = Annotated[Callable[[], AbstractContextManager[UnitOfWork]], Depends(short_work_of)]
