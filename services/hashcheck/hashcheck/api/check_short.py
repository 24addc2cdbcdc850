"""The shortest way for `POST /v1/check`: a few hashes, arrived as a whole, with a known key.

That is what hosting companies send that ask about each picture as it comes. No task of the event
loop runs for such a question, and its answer is one write (ADR 0020). Whatever is not as usual is
left to `check_fast` and the application: they answer the same, and say what is wrong.
"""

import time
from functools import partial
from typing import NamedTuple

from shared.domain.errors import DomainError
from shared.platform.failure import place_of
from shared.platform.logging import log
from shared.platform.metrics import count_answer
from shared.platform.shortcut import Reply
from starlette.types import Scope

from hashcheck.adapters.checker import Checker
from hashcheck.adapters.key_ring import KeyRing
from hashcheck.adapters.matcher import MOST_ON_LOOP
from hashcheck.api.admission import SANDBOX_HEADERS
from hashcheck.api.check import CHECK_PATH, FORMS, Write
from hashcheck.api.check_fast import encoded, headers_of_all, question_of, request_id
from hashcheck.use_cases.check import Checked

# Of a few hashes in any form.
LARGEST = 8 * 1024


class Waiting(NamedTuple):
    """One request between question and answer. `began`: seconds of the performance counter."""

    reply: Reply
    lines: bytes
    write: Write
    began: float


class ShortCheck:
    """A `shared.platform.shortcut.Shortcut`, used on one event loop."""

    def __init__(self, keys: KeyRing, checker: Checker, *, https: bool) -> None:
        self._keys = keys
        self._checker = checker
        always = headers_of_all(https=https)
        # By media type, and whether a sandbox asks.
        self._lines = {
            (kind, is_sandbox): _lines([*always, (b"content-type", kind.encode()), *more])
            for kind in FORMS
            for is_sandbox, more in ((False, []), (True, encoded(SANDBOX_HEADERS)))
        }

    def __call__(self, scope: Scope, body: bytes, reply: Reply) -> bool:
        try:
            return self._asks(scope, body, reply)
        except DomainError:
            # The application refuses it in words.
            return False
        except Exception as error:  # noqa: BLE001  the edge of the process; the application answers
            log.error("unexpected", kind=type(error).__name__, place=place_of(error))
            return False

    def _asks(self, scope: Scope, body: bytes, reply: Reply) -> bool:
        """False and any error: nothing has been counted yet."""
        began = time.perf_counter()
        question = question_of(scope)
        if question is None or question.kind not in FORMS or len(body) > LARGEST:
            return False
        holder = self._keys.known_holder_of(question.key)
        # Where a request comes from may be known to a proxy only, which is heard later.
        if holder is None or holder.networks:
            return False
        _, read, write = FORMS[question.kind]
        asked = read(body)
        if asked.since or len(asked) > MOST_ON_LOOP:
            return False
        self._checker.refuse_full(len(asked))
        holder.take(asked)
        waiting = Waiting(reply, self._lines[question.kind, holder.is_sandbox], write, began)
        self._checker.ask(holder.caller, asked, partial(_answer, waiting))
        return True


def _answer(waiting: Waiting, checked: Checked | Exception) -> None:
    if isinstance(checked, Exception):
        log.error("unexpected", kind=type(checked).__name__, place=place_of(checked))
        waiting.reply.decline()
        return
    lines = b"%bx-request-id: %b\r\n" % (waiting.lines, request_id())
    waiting.reply.send(lines, waiting.write(checked))
    count_answer("hashcheck", CHECK_PATH, "POST", 200, time.perf_counter() - waiting.began)


def _lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])
