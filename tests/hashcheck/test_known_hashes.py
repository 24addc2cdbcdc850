"""The index against comparing with every listed hash, one by one; only its interface is used."""

from collections.abc import Mapping, Sequence
from random import Random
from uuid import UUID

import pytest
from hashcheck.domain.check import RADIUS
from hashcheck.domain.listed import Found, Listed
from hashcheck.use_cases.known_hashes import KnownHashes
from hypothesis import given, settings
from hypothesis import strategies as st
from imaging import hash_image
from shared.domain.content_hash import BITS, FILE_HASHES, ContentHash, HashType

from tests.hashcheck.hashes import flipped, value
from tests.imaging.pictures import encoded
from tests.imaging.pictures import picture as drawn

Radius = Mapping[HashType, int]
NEAR = [kind for kind in HashType if kind not in FILE_HASHES]
LIST = UUID(int=99)
EVERY_TYPE = st.sampled_from(list(HashType))


def every_one(listed: Sequence[Listed], wanted: ContentHash, radius: Radius) -> list[Found]:
    """What an index has to find: nearest first."""
    same_type = [each for each in listed if each.value.type is wanted.type]
    distances = [(each.value.distance(wanted), each) for each in same_type]
    return sorted(
        Found(distance, wanted.type, each.entry_id, each.list_id)
        for distance, each in distances
        if distance <= radius[wanted.type]
    )


def assert_exact(
    listed: Sequence[Listed], wanted: Sequence[ContentHash], radius: Radius = RADIUS
) -> None:
    found = KnownHashes.of(listed, radius).search(wanted)
    assert found == [every_one(listed, one, radius) for one in wanted]


def entries(values: Sequence[ContentHash]) -> list[Listed]:
    return [Listed(UUID(int=n + 1), each, LIST, n) for n, each in enumerate(values)]


@st.composite
def neighbourhoods(draw: st.DrawFn) -> tuple[list[ContentHash], list[ContentHash]]:
    """Listed and asked hashes around few centres, so that many are near the radius."""
    kind = draw(EVERY_TYPE)
    centres = [value(kind, seed) for seed in range(draw(st.integers(1, 3)))]
    most = min(BITS[kind], RADIUS[kind] + 3)
    some_bits = st.sets(st.integers(0, BITS[kind] - 1), max_size=most)
    near_a_centre = st.builds(flipped, st.sampled_from(centres), some_bits)
    return (
        draw(st.lists(near_a_centre, max_size=12)),
        draw(st.lists(near_a_centre, max_size=6)),
    )


@pytest.mark.requirement("HC-MATCH-1")
@given(neighbourhoods())
@settings(deadline=None, max_examples=150)
def test_the_index_finds_what_comparing_with_all_finds(
    listed_and_asked: tuple[list[ContentHash], list[ContentHash]],
) -> None:
    listed, asked = listed_and_asked
    assert_exact(entries(listed), asked)


@pytest.mark.requirement("HC-MATCH-1")
@given(neighbourhoods(), st.integers(0, 31), st.integers(0, 4))
@settings(deadline=None, max_examples=60)
def test_any_smaller_radius_is_kept_to_as_exactly(
    listed_and_asked: tuple[list[ContentHash], list[ContentHash]], pdq: int, phash: int
) -> None:
    listed, asked = listed_and_asked
    assert_exact(entries(listed), asked, {**RADIUS, HashType.PDQ: pdq, HashType.PHASH: phash})


@pytest.mark.requirement("HC-MATCH-1")
@given(st.lists(st.tuples(EVERY_TYPE, st.integers(0, 6)), max_size=40), st.randoms())
@settings(deadline=None, max_examples=60)
def test_types_never_mix_and_answers_keep_the_order_of_the_questions(
    kinds: list[tuple[HashType, int]], order: Random
) -> None:
    values = [value(kind, seed) for kind, seed in kinds]
    asked = order.sample(values, len(values))
    assert_exact(entries(values), asked)


@pytest.mark.requirement("HC-MATCH-1")
@pytest.mark.parametrize("kind", NEAR)
def test_every_distance_up_to_the_radius_is_found_and_none_beyond(kind: HashType) -> None:
    listed = entries([value(kind, 1)])
    index = KnownHashes.of(listed, RADIUS)
    for distance in range(RADIUS[kind] + 4):
        spread = [place * BITS[kind] // max(distance, 1) for place in range(distance)]
        together = list(range(distance))
        for places in (spread, together):
            [found] = index.search([flipped(listed[0].value, places)])
            expected = [Found(distance, kind, listed[0].entry_id, LIST)]
            assert found == (expected if distance <= RADIUS[kind] else [])


@pytest.mark.requirement("HC-MATCH-1")
@pytest.mark.parametrize("kind", sorted(FILE_HASHES))
def test_one_different_bit_is_another_file(kind: HashType) -> None:
    listed = entries([value(kind, 1)])
    index = KnownHashes.of(listed, RADIUS)
    for place in range(BITS[kind]):
        assert index.search([flipped(listed[0].value, [place])]) == [[]]


@pytest.mark.requirement("HC-MATCH-1")
@pytest.mark.parametrize("kind", NEAR)
@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 65, 1000])
def test_any_number_of_listed_hashes_is_searched_exactly(kind: HashType, count: int) -> None:
    order = Random(count)  # noqa: S311  not a secret
    values = [value(kind, seed) for seed in range(count)]
    planted = [
        flipped(each, order.sample(range(BITS[kind]), order.randint(0, RADIUS[kind] + 2)))
        for each in order.sample(values, min(count, 40))
    ]
    assert_exact(entries(values), [*planted, *(value(kind, f"miss {n}") for n in range(5))])


@pytest.mark.requirement("HC-MATCH-1")
def test_real_pictures_of_a_kind_are_searched_exactly() -> None:
    hashes = [hash_image(encoded(drawn(120, 90, seed), "PNG")) for seed in range(30)]
    again = [hash_image(encoded(drawn(120, 90, seed), "JPEG")) for seed in range(30)]
    for kind in NEAR:
        listed = [ContentHash.parse(kind, getattr(each, kind.value)) for each in hashes]
        asked = [ContentHash.parse(kind, getattr(each, kind.value)) for each in again]
        assert_exact(entries(listed), asked)
        index = KnownHashes.of(entries(listed), RADIUS)
        assert sum(bool(found) for found in index.search(asked)) >= 25


@pytest.mark.requirement("HC-MATCH-1")
@pytest.mark.parametrize("kind", list(HashType))
def test_an_entry_of_each_list_with_the_same_hash_is_found(kind: HashType) -> None:
    same = value(kind, 1)
    [found] = KnownHashes.of(entries([same, same, value(kind, 2)]), RADIUS).search([same])
    assert [hit.entry_id for hit in found] == [UUID(int=1), UUID(int=2)]


def test_an_index_says_how_many_hashes_it_holds() -> None:
    assert len(KnownHashes.of([], RADIUS)) == 0
    assert len(KnownHashes.of(entries([value(kind, 1) for kind in HashType]), RADIUS)) == 5


def test_nothing_asked_is_nothing_found() -> None:
    assert KnownHashes.of([], RADIUS).search([]) == []
