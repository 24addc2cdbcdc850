import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import Unavailable
from shared.platform.breaker import FAILURES, REST_SECONDS, WINDOW_SECONDS, Breaker


class Line:
    """A breaker with a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.breaker = Breaker(lambda: self.now)

    def lets_through(self) -> bool:
        try:
            self.breaker.before_call()
        except Unavailable:
            return False
        return True

    def fail(self, times: int, apart: float = 0.0) -> None:
        for _ in range(times):
            self.breaker.failed()
            self.now += apart


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.mark.requirement("SEC-R4")
def test_it_opens_at_the_fifth_failure_in_ten_seconds(line: Line) -> None:
    line.fail(FAILURES - 1, apart=1)
    assert line.lets_through()
    line.fail(1)
    assert not line.lets_through()


@pytest.mark.requirement("SEC-R4")
def test_failures_that_are_far_apart_do_not_open_it(line: Line) -> None:
    line.fail(3 * FAILURES, apart=WINDOW_SECONDS / (FAILURES - 1) + 0.1)
    assert line.lets_through()


@pytest.mark.requirement("SEC-R4")
def test_after_a_rest_one_call_tries_and_the_others_wait_for_it(line: Line) -> None:
    line.fail(FAILURES)
    line.now += REST_SECONDS - 0.1
    assert not line.lets_through()
    line.now += 0.1
    assert [line.lets_through() for _ in range(3)] == [True, False, False]


@pytest.mark.requirement("SEC-R4")
def test_a_try_that_fails_gives_another_rest_and_one_that_succeeds_closes_it(line: Line) -> None:
    line.fail(FAILURES)
    line.now += REST_SECONDS
    assert line.lets_through()
    line.breaker.failed()
    assert not line.lets_through()
    line.now += REST_SECONDS
    assert line.lets_through()
    line.breaker.succeeded()
    assert all(line.lets_through() for _ in range(3))
    line.fail(FAILURES - 1)
    assert line.lets_through()


@pytest.mark.requirement("SEC-R4")
def test_a_try_that_never_ended_does_not_keep_it_open_for_ever(line: Line) -> None:
    line.fail(FAILURES)
    for _ in range(3):
        line.now += REST_SECONDS
        assert line.lets_through()
        assert not line.lets_through()


@given(st.lists(st.floats(0, 20), max_size=60))
@pytest.mark.requirement("SEC-R4")
def test_a_peer_that_only_fails_is_asked_five_times_at_most_while_others_would_rest(
    waits: list[float],
) -> None:
    line, asked = Line(), []
    for wait in waits:
        line.now += wait
        if line.lets_through():
            asked.append(line.now)
            line.breaker.failed()
    for begin in asked:
        assert len([moment for moment in asked if 0 <= moment - begin < REST_SECONDS]) <= FAILURES
