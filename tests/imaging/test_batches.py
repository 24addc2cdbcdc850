"""Several pictures in one process of the worker: each has its own outcome."""

from collections.abc import Iterator, Sequence

import pytest
from imaging import ImageHashes, ImageRefused, ImageTooLarge, ImageUnreadable, ImageWorker
from imaging.decoding import MOST_BYTES
from imaging.hashing import hash_image

from tests.imaging.pictures import encoded, picture

GOOD = [encoded(picture(60, 50, seed), "PNG") for seed in range(4)]
BROKEN = GOOD[0][:300]


class EndsEarly(ImageWorker):
    """A worker whose processes answer for two pictures at most and then end."""

    requests = 0

    def _work(self, work: bytes, pictures: Sequence[bytes]) -> list[bytes]:
        self.requests += 1
        return super()._work(work, pictures[:2])


class SaysNothing(ImageWorker):
    """A worker whose processes end before they have answered."""

    def _work(self, work: bytes, pictures: Sequence[bytes]) -> list[bytes]:
        return super()._work(work, [])


@pytest.fixture(scope="module")
def worker() -> Iterator[ImageWorker]:
    with ImageWorker() as started:
        yield started


def told(outcomes: Sequence[ImageHashes | ImageRefused]) -> list[object]:
    """Errors do not compare; their codes do."""
    return [each.code if isinstance(each, ImageRefused) else each for each in outcomes]


@pytest.mark.requirement("HM-ISOLATION-1")
def test_a_broken_picture_does_not_touch_the_others(worker: ImageWorker) -> None:
    outcomes = worker.hash_images([GOOD[0], BROKEN, GOOD[1]])

    assert told(outcomes) == [hash_image(GOOD[0]), "image_unreadable", hash_image(GOOD[1])]


@pytest.mark.requirement("HM-ISOLATION-1")
def test_no_pictures_have_no_outcome(worker: ImageWorker) -> None:
    assert worker.hash_images([]) == []


@pytest.mark.requirement("HM-ISOLATION-1")
def test_a_picture_over_the_limit_of_bytes_is_refused_alone(worker: ImageWorker) -> None:
    outcomes = worker.hash_images([GOOD[0], bytes(MOST_BYTES + 1), GOOD[1]])

    assert told(outcomes) == [hash_image(GOOD[0]), ImageTooLarge.code, hash_image(GOOD[1])]


@pytest.mark.requirement("HM-ISOLATION-1")
def test_when_a_process_ends_early_the_rest_goes_to_another() -> None:
    pictures = [*GOOD, BROKEN, *GOOD]
    with EndsEarly() as worker:
        outcomes = worker.hash_images(pictures)
        requests = worker.requests

    plain = [hash_image(data) for data in GOOD]
    assert told(outcomes) == [*plain, "image_unreadable", *plain]
    # Two of a request, then one alone: three requests of two, three of one.
    assert requests == 6


@pytest.mark.requirement("HM-ISOLATION-1")
def test_a_picture_that_ends_every_process_is_refused() -> None:
    with SaysNothing() as worker:
        assert told(worker.hash_images(GOOD[:2])) == [ImageUnreadable.code] * 2


@pytest.mark.requirement("HM-HASH-3")
def test_the_fast_way_is_asked_for_each_time(worker: ImageWorker) -> None:
    photo = encoded(picture(1400, 1100), "JPEG", quality=80)

    assert worker.hash_image(photo, fast=True) == hash_image(photo, fast=True)
    assert worker.hash_images([photo], fast=True) == [hash_image(photo, fast=True)]
    assert worker.hash_image(photo) == hash_image(photo)
