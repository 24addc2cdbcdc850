from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared.platform.second_factor import (
    STEP_SECONDS,
    code_at,
    enrolment_address,
    new_seed,
    step_of,
)

NOW = datetime(2026, 3, 2, 9, 0, 7, tzinfo=UTC)
STEP = timedelta(seconds=STEP_SECONDS)
SEED = new_seed()
# source: RFC 6238 appendix B, SHA-1, the last six of its eight digits
RFC_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}


@pytest.mark.requirement("SEC-S6")
@pytest.mark.parametrize("seconds", RFC_CODES)
def test_codes_are_those_of_the_standard(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert code_at(RFC_SEED, moment) == RFC_CODES[seconds]
    assert step_of(RFC_SEED, RFC_CODES[seconds], moment) == seconds // STEP_SECONDS


@pytest.mark.requirement("SEC-S6")
@pytest.mark.parametrize(
    ("early", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(early: int, *, is_taken: bool) -> None:
    step = step_of(SEED, code_at(SEED, NOW + early * STEP), NOW)
    assert step == (int(NOW.timestamp()) // STEP_SECONDS + early if is_taken else None)


@pytest.mark.requirement("SEC-S6")
def test_a_code_means_the_same_however_it_is_written() -> None:
    code = code_at(SEED, NOW)
    wide = "".join(chr(ord(digit) - ord("0") + 0xFF10) for digit in code)
    spellings = [code, f" {code} ", f"{code[:3]} {code[3:]}", wide, "\t" + code]
    assert len({step_of(SEED, spelling, NOW) for spelling in spellings}) == 1
    assert step_of(SEED, code, NOW) is not None


@pytest.mark.requirement("SEC-S6")
@given(st.text(max_size=12))
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    step = step_of(SEED, typed, NOW)
    digits = "".join(c for c in typed if c.isdigit())
    assert step is None or len(digits) == 6


def test_every_seed_is_another_one_of_160_bits() -> None:
    seeds = {new_seed() for _ in range(20)}
    assert len(seeds) == 20
    assert {len(seed) for seed in seeds} == {32}


def test_an_authenticator_app_can_read_the_address() -> None:
    address = urlsplit(enrolment_address(SEED, "ada", "Offlimits hotline"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Offlimits hotline:ada"
    assert parse_qs(address.query) == {"secret": [SEED], "issuer": ["Offlimits hotline"]}
