import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
import structlog
from shared.platform.logging import ALLOWED_KEYS, configure_logging, log

from tests.canary import forms_of_text, found_in, text_canary


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What was logged so far, with logging as in a process of a service."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, threading.excepthook)
    with redirect_stderr(io.StringIO()) as said:
        configure_logging("example", "web")

    def look() -> list[dict[str, Any]]:
        return [json.loads(line) for line in said.getvalue().splitlines()]

    yield look
    root.handlers[:], root.level, threading.excepthook = before
    structlog.reset_defaults()


Lines = Callable[[], list[dict[str, Any]]]


def fail(canary: str) -> None:
    raise ValueError(canary)


@pytest.mark.requirement("PF-LOG-1")
def test_a_line_says_which_process_of_which_service_speaks(lines: Lines) -> None:
    thread = threading.Thread(target=lambda: log.info("answered", status=200))
    thread.start()
    thread.join()
    (line,) = lines()
    assert line | {"timestamp": ""} == {
        "event": "answered",
        "service": "example",
        "process": "web",
        "level": "info",
        "status": 200,
        "timestamp": "",
    }


@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(
    "key", ["path", "query", "client", "user_agent", "body", "exc_info", "url", "ip"]
)
def test_a_key_that_is_not_on_the_list_is_dropped_and_counted(lines: Lines, key: str) -> None:
    canary = text_canary()
    log.info("answered", **{key: canary, "status": 200})
    (line,) = lines()
    assert (line["dropped"], line["status"]) == (1, 200)
    assert found_in(json.dumps(line).encode(), forms_of_text(canary)) == []
    assert key not in ALLOWED_KEYS


@pytest.mark.requirement("SEC-P4")
def test_the_trace_of_an_exception_is_not_logged(lines: Lines) -> None:
    canary = text_canary()
    try:
        fail(canary)
    except ValueError:
        log.exception("broken")
    assert found_in(json.dumps(lines()).encode(), forms_of_text(canary)) == []


@pytest.mark.requirement("SEC-P4")
def test_of_a_library_is_told_where_it_spoke_and_never_what_it_said(lines: Lines) -> None:
    canary = text_canary()
    library = logging.getLogger("some.library")
    library.error("could not handle %s", canary)
    library.warning(f"could not handle {canary}")
    library.error(OSError(canary))
    try:
        fail(canary)
    except ValueError:
        library.exception("could not handle it")
    told = lines()
    assert [line.get("kind") for line in told] == [None, None, "OSError", "ValueError"]
    assert {line["logger"] for line in told} == {"some.library"}
    assert [line["place"].split(":")[1] for line in told[2:]] == [
        "test_of_a_library_is_told_where_it_spoke_and_never_what_it_said",
        "fail",
    ]
    assert found_in(json.dumps(told).encode(), forms_of_text(canary)) == []


@pytest.mark.requirement("PF-LOG-1")
def test_the_chatter_of_libraries_is_not_logged(lines: Lines) -> None:
    logging.getLogger("some.library").info("connected")
    assert lines() == []


@pytest.mark.requirement("SEC-P4")
def test_a_thread_that_ends_by_an_exception_says_its_kind_and_place_only(lines: Lines) -> None:
    canary = text_canary()
    thread = threading.Thread(target=fail, args=[canary])
    thread.start()
    thread.join()
    (line,) = lines()
    assert (line["event"], line["kind"]) == ("thread_ended", "ValueError")
    assert line["place"].startswith("test_logging.py:fail:")
    assert canary not in json.dumps(line)


def test_the_search_for_canaries_finds_what_an_ordinary_log_tells(
    capsys: pytest.CaptureFixture[str],
) -> None:
    canary = text_canary()
    handler = logging.StreamHandler()
    logger = logging.getLogger("ordinary")
    logger.addHandler(handler)
    try:
        logger.error("could not handle %s", canary)
    finally:
        logger.removeHandler(handler)
    assert found_in(capsys.readouterr().err.encode(), forms_of_text(canary)) != []
