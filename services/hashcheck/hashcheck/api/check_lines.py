"""Any number of hashes, a line of JSON each; answered are only the lines that are no `no_match`.

A batch of lines is checked while the next one arrives, each against one list version. The last
line sums up, with the lowest list version of all, which is good for asking again later.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import orjson
from shared.contracts.hashcheck import MOST_ITEMS, Outcome
from shared.domain.errors import DomainError, Invalid, Malformed, TooLarge
from shared.platform.strict_json import PATIENCE, SLOWEST_SECONDS, SlowBody
from starlette.types import Receive, Scope

from hashcheck.api.check_json import add_item_in_json, result_of
from hashcheck.use_cases.check import Asked, Checked

LINES = "application/x-ndjson"
LONGEST_LINE = 1_024

Check = Callable[[Asked], Awaitable[Checked]]


async def answered_lines(
    scope: Scope, receive: Receive, check: Check, since: int
) -> AsyncIterator[bytes]:
    """Parts of the answer, each of whole lines.

    Raises DomainError before the first part; later a last line tells the problem.
    """
    checked, versions = 0, []
    outcomes: Counter[str] = Counter()
    try:
        async for asked in _batches(scope, receive, since):
            answer = await check(asked)
            versions.append(answer.list_version)
            outcomes.update(outcome.value for outcome in answer.outcomes)
            told = _told(answer, checked)
            checked += len(asked)
            if told:
                yield told
    except DomainError as error:
        if not checked:
            raise
        yield _line({"problem": error.code, "checked": checked})
        return
    if not checked:
        raise Invalid(fields=("items",))
    summary = {"checked": checked, "list_version": min(versions), "outcomes": dict(outcomes)}
    yield _line(summary)


def _told(answer: Checked, before: int) -> bytes:
    """`item` counts lines of the whole stream, from 0."""
    return b"".join(
        _line({"item": before + place, **result_of(answer, place)})
        for place, outcome in enumerate(answer.outcomes)
        if outcome is not Outcome.NO_MATCH
    )


def _line(value: object) -> bytes:
    return orjson.dumps(value) + b"\n"


async def _batches(scope: Scope, receive: Receive, since: int) -> AsyncIterator[Asked]:
    asked = Asked(since)
    async for line in _lines(scope, receive):
        add_item_in_json(asked, line)
        if len(asked) == MOST_ITEMS:
            yield asked
            asked = Asked(since)
    if len(asked):
        yield asked


async def _lines(scope: Scope, receive: Receive) -> AsyncIterator[bytes]:
    """Without their ends; empty ones are left out. Raises TooLarge, SlowBody, Malformed."""
    rest = b""
    async for part in _parts(scope, receive):
        *lines, rest = (rest + part).split(b"\n")
        if max(map(len, [*lines, rest])) > LONGEST_LINE:
            raise TooLarge("line_too_long")
        for line in lines:
            if line.strip():
                yield line
    if rest.strip():
        yield rest


async def _parts(scope: Scope, receive: Receive) -> AsyncIterator[bytes]:
    patience = scope.get("state", {}).get(PATIENCE, SLOWEST_SECONDS)
    is_more = True
    while is_more:
        try:
            async with asyncio.timeout(patience):
                message = await receive()
        except TimeoutError:
            raise SlowBody from None
        if message["type"] == "http.disconnect":
            raise Malformed
        yield message.get("body", b"")
        is_more = message.get("more_body", False)
