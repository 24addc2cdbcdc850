"""Where an address goes after it was fetched."""

import pytest
from hotline.domain.assessment import Verdict
from hotline.domain.fetch import FetchCode, FetchedPicture, FetchOutcome, FetchResult
from hotline.domain.url import (
    FETCH_RETRIES,
    FetchStep,
    UrlRole,
    after_fetch,
    is_looked_at_again,
    retry_after,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.hotline.pages.cases import fetched_picture

ONE_PICTURE = (fetched_picture("http://a.example/1.png"),)
LAST = len(FETCH_RETRIES) + 1


def outcome(
    result: FetchResult, pictures: tuple[FetchedPicture, ...] = (), code: FetchCode = FetchCode.OK
) -> FetchOutcome:
    return FetchOutcome(result, code, pictures=pictures)


@pytest.mark.requirement("UR-7")
@pytest.mark.parametrize(
    ("seen", "attempt", "step"),
    [
        (outcome(FetchResult.PICTURE, ONE_PICTURE), 1, FetchStep.MATCH),
        (outcome(FetchResult.PAGE, ONE_PICTURE), 1, FetchStep.FOLLOW_PICTURES),
        (outcome(FetchResult.PAGE), 1, FetchStep.LOOK_BY_HAND),
        (outcome(FetchResult.GONE), 1, FetchStep.RETRY),
        (outcome(FetchResult.GONE), 2, FetchStep.CLOSE_NOT_FOUND),
        (outcome(FetchResult.UNREACHABLE), 1, FetchStep.RETRY),
        (outcome(FetchResult.UNREACHABLE), 2, FetchStep.RETRY),
        (outcome(FetchResult.UNREACHABLE), LAST, FetchStep.LOOK_BY_HAND),
        (outcome(FetchResult.REFUSED), 1, FetchStep.LOOK_BY_HAND),
    ],
)
def test_what_was_seen_decides_the_next_step(
    seen: FetchOutcome, attempt: int, step: FetchStep
) -> None:
    assert after_fetch(seen, attempt) is step


@given(result=st.sampled_from(FetchResult), has_pictures=st.booleans())
def test_every_address_reaches_an_end(result: FetchResult, *, has_pictures: bool) -> None:
    """Whatever a site answers, it is asked a bounded number of times."""
    seen = outcome(result, ONE_PICTURE if has_pictures or result is FetchResult.PICTURE else ())
    steps = [after_fetch(seen, attempt) for attempt in range(1, LAST + 2)]
    assert FetchStep.RETRY not in steps[len(FETCH_RETRIES) :]


@given(st.integers(1, 50))
def test_the_wait_before_a_retry_is_one_of_the_published(attempt: int) -> None:
    assert retry_after(attempt) in FETCH_RETRIES
    assert retry_after(attempt) <= retry_after(attempt + 1)


@pytest.mark.requirement("UR-4")
@pytest.mark.parametrize(
    ("verdict", "role", "has_open_case", "again"),
    [
        (Verdict.ILLEGAL, UrlRole.PICTURE, False, True),
        (Verdict.ILLEGAL, UrlRole.PICTURE, True, False),
        (Verdict.ILLEGAL, UrlRole.UNKNOWN, False, True),
        (Verdict.NOT_FOUND, UrlRole.UNKNOWN, False, True),
        (Verdict.NOT_ILLEGAL, UrlRole.PICTURE, False, True),
        (Verdict.NOT_ILLEGAL, UrlRole.PAGE, False, True),
        (Verdict.NOT_ILLEGAL, UrlRole.UNKNOWN, False, False),
        (Verdict.IGNORED, UrlRole.UNKNOWN, False, False),
        (Verdict.IGNORED, UrlRole.PICTURE, False, True),
    ],
)
def test_what_is_reported_again_is_looked_at_again_when_that_can_tell_something(
    verdict: Verdict, role: UrlRole, *, has_open_case: bool, again: bool
) -> None:
    assert is_looked_at_again(verdict, role, has_open_case=has_open_case) is again
