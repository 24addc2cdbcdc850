"""`POST /v1/check` with hashes: what a hosting company is answered, and what never."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from shared.contracts.hashcheck import MEANINGS, MOST_ITEMS, DistanceBand
from shared.domain.content_hash import HashType

from tests.applications import token_of
from tests.hashcheck.hashes import POOR, flipped, item, picture, value
from tests.hashcheck.service import CHECK, Hoster, Service, eventually

MISS: dict[str, Any] = {"outcome": "no_match", "code": None, "matches": []}


@pytest.mark.requirement("HC-CHECK-1")
def test_a_known_file_is_a_match_that_says_what_it_is_on(service: Service, hoster: Hoster) -> None:
    known = picture(uuid4())
    entry_id = service.listed(known)
    for each in known:
        looks = {HashType.PDQ: DistanceBand.IDENTICAL, HashType.PHASH: DistanceBand.NEAR}
        band = looks.get(each.type, DistanceBand.EXACT)
        assert hoster.check(each) == [
            {
                "outcome": "match",
                "code": None,
                "matches": [
                    {
                        "entry_id": str(entry_id),
                        "list_name": "offlimits",
                        "classification": "illegal",
                        "hash_type": each.type,
                        "band": band,
                        "meaning": MEANINGS[band],
                    }
                ],
            }
        ]


@pytest.mark.requirement("HC-CHECK-1")
def test_a_hash_within_the_radius_is_a_near_match_and_one_beyond_is_none(
    service: Service, hoster: Hoster
) -> None:
    seed = uuid4()
    service.listed(picture(seed))
    for kind, radius in ((HashType.PDQ, 31), (HashType.PHASH, 4)):
        known = value(kind, seed)
        near, beyond = hoster.check(
            item(flipped(known, range(radius))), item(flipped(known, range(radius + 1)))
        )
        assert [match["band"] for match in near["matches"]] == ["near"]
        assert beyond == MISS


@pytest.mark.requirement("HC-CHECK-2")
def test_the_answer_never_tells_a_listed_hash_or_a_distance(
    service: Service, hoster: Hoster
) -> None:
    seed = uuid4()
    service.listed(picture(seed))
    asked = item(flipped(value(HashType.PDQ, seed), [7]))
    answer = hoster.send(json.dumps({"items": [asked.model_dump()]}).encode())
    [result] = answer.json()["results"]

    assert set(answer.json()) == {"list_version", "results"}
    [match] = result["matches"]
    assert set(match) == {"entry_id", "list_name", "classification", "hash_type", "band", "meaning"}
    for each in picture(seed):
        assert each.value not in answer.text


@pytest.mark.requirement("HC-CHECK-1")
def test_answers_come_in_the_order_of_the_questions_and_repeats_are_answered_again(
    service: Service, hoster: Hoster
) -> None:
    known = picture(uuid4())
    service.listed(known)
    sha256, unknown = known[2], item(value(HashType.SHA256, uuid4()))
    poor = item(value(HashType.PDQ, uuid4()), POOR)

    outcomes = [
        each["outcome"] for each in hoster.check(sha256, unknown, sha256, poor, unknown, sha256)
    ]

    assert outcomes == ["match", "no_match", "match", "low_quality", "no_match", "match"]


@pytest.mark.requirement("HC-CHECK-1")
def test_a_hash_that_cannot_be_read_spoils_only_its_own_answer(
    service: Service, hoster: Hoster
) -> None:
    known = picture(uuid4())
    service.listed(known)
    short = known[0].model_copy(update={"value": known[0].value[:-2]})
    not_hexadecimal = known[0].model_copy(update={"value": "g" * 32})
    nothing = known[0].model_copy(update={"value": ""})

    first, second, third, last = hoster.check(short, not_hexadecimal, nothing, known[0])

    assert first == {"outcome": "invalid", "code": "hash_wrong_length", "matches": []}
    assert second == {"outcome": "invalid", "code": "hash_not_hexadecimal", "matches": []}
    assert third == {"outcome": "invalid", "code": "hash_wrong_length", "matches": []}
    assert last["outcome"] == "match"


@pytest.mark.requirement("HM-PDQ-2")
def test_a_pdq_of_low_quality_is_said_to_be_one_even_when_it_is_listed(
    service: Service, hoster: Hoster
) -> None:
    seed = uuid4()
    service.listed(picture(seed))
    pdq = value(HashType.PDQ, seed)
    poor, good, untold = hoster.check(item(pdq, POOR), item(pdq, 50), item(pdq))
    assert poor == {"outcome": "low_quality", "code": None, "matches": []}
    assert (good["outcome"], untold["outcome"]) == ("match", "match")


@pytest.mark.requirement("HC-CHECK-1")
def test_a_picture_of_two_lists_is_told_with_both(service: Service, hoster: Hoster) -> None:
    known, other_list = picture(uuid4()), f"test-{uuid4().hex[:8]}"
    service.lists.test_list(other_list)
    service.listed(known)
    service.listed(known, other_list)
    [result] = hoster.check(known[0])
    assert {(each["list_name"], each["classification"]) for each in result["matches"]} == {
        ("offlimits", "illegal"),
        (other_list, "test"),
    }


@pytest.mark.requirement("HC-CHECK-3")
def test_a_full_request_is_answered_whole(hoster: Hoster) -> None:
    asked = [item(value(HashType.SHA256, number)) for number in range(MOST_ITEMS)]
    assert hoster.check(*asked) == [MISS] * MOST_ITEMS


@pytest.mark.requirement("HC-CHECK-1")
def test_the_hotline_checks_with_a_token_of_its_own(service: Service) -> None:
    known = picture(uuid4())
    service.listed(known)
    answer = service.browser.post(
        CHECK,
        json={"items": [known[0].model_dump()]},
        headers={"Authorization": f"Bearer {token_of('hotline', 'hashcheck')}"},
    )
    assert answer.json()["results"][0]["outcome"] == "match"


@pytest.mark.requirement("HC-COUNT-1")
def test_every_answer_is_counted_once_however_many_come_at_once(service: Service) -> None:
    known = picture(uuid4())
    service.listed(known)
    hosters = [service.hoster() for _ in range(3)]
    asked = [known[2], known[2], item(value(HashType.MD5, 1)), item(value(HashType.PDQ, 1), POOR)]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda hoster: hoster.check(*asked), hosters * 20))

    expected = {
        ("sha256", "match"): 40,
        ("md5", "no_match"): 20,
        ("pdq", "low_quality"): 20,
    }
    callers = [hoster.caller for hoster in hosters]
    assert eventually(lambda: [service.counts(each) for each in callers] == [expected] * 3)
    assert [len(service.hits(each)) for each in callers] == [40] * 3


@pytest.mark.requirement("HC-COUNT-2")
def test_a_hit_keeps_which_entry_and_how_near_and_no_hash(service: Service) -> None:
    seed, hoster = uuid4(), service.hoster()
    entry_id = service.listed(picture(seed))
    hoster.check(item(flipped(value(HashType.PDQ, seed), [1, 2, 3])))

    assert eventually(lambda: bool(service.hits(hoster.caller)))
    [hit] = service.hits(hoster.caller)
    assert (hit.entry_id, hit.hash_type, hit.distance) == (entry_id, HashType.PDQ, 3)
    assert hit.list_version == service.version_seen_by(hoster)


@pytest.mark.requirement("HC-COUNT-2")
def test_of_a_hash_that_did_not_match_nothing_is_kept(service: Service) -> None:
    hoster, missed = service.hoster(), value(HashType.SHA256, uuid4())
    hoster.check(item(missed))
    assert eventually(lambda: service.counts(hoster.caller) == {("sha256", "no_match"): 1})

    tables = service.dump()

    assert hoster.caller in tables
    assert missed.text not in tables
