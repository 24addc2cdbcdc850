"""The unit of work of a request: one transaction that ends before the answer is sent.

    Work = Annotated[UnitOfWork, Depends(get_work, scope="function")]

With the framework's default scope the commit would happen after the answer, and a failing commit
would still answer 2xx.
"""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request

from shared.domain.actor import PUBLIC
from shared.platform.unit_of_work import UnitOfWork, open_work


def get_work(request: Request) -> Iterator[UnitOfWork]:
    """Work in the name of who was admitted, on `app.state.sessions`, at `app.state.clock`."""
    state = request.app.state
    actor = getattr(request.state, "actor", PUBLIC)
    with open_work(state.sessions, actor, clock=state.clock, vault=state.vault) as work:
        yield work


Work = Annotated[UnitOfWork, Depends(get_work, scope="function")]
