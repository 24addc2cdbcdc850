"""The unit of work of a request: one transaction that ends before the answer is sent.

    Work = Annotated[UnitOfWork, Depends(get_work, scope="function")]

With the framework's default scope the commit would happen after the answer, and a failing commit
would still answer 2xx.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from shared.domain.actor import PUBLIC
from shared.platform.unit_of_work import UnitOfWork, open_work

Found = TypeVar("Found")


def get_work(request: Request) -> Iterator[UnitOfWork]:
    """Work in the name of who was admitted, on `app.state.sessions`, at `app.state.clock`."""
    with _opened(request) as work:
        yield work


Work = Annotated[UnitOfWork, Depends(get_work, scope="function")]


async def in_work(request: Request, do: Callable[[UnitOfWork], Found]) -> Found:
    """Do one thing in one transaction and one thread; an endpoint with `Work` changes it thrice.

    For what is asked many times a second: a change of threads costs as much as a short statement.
    """
    return await run_in_threadpool(_done, request, do)


def _done(request: Request, do: Callable[[UnitOfWork], Found]) -> Found:
    with _opened(request) as work:
        return do(work)


def _opened(request: Request) -> AbstractContextManager[UnitOfWork]:
    state = request.app.state
    actor = getattr(request.state, "actor", PUBLIC)
    return open_work(state.sessions, actor, clock=state.clock, vault=state.vault)
