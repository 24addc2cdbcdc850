import base64
import threading
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.actor import SYSTEM
from shared.domain.errors import NotAuthenticated
from shared.platform.account_tables import UsedToken
from shared.platform.database import Sessions
from shared.platform.service_token import (
    LEEWAY,
    LIFE,
    ServiceToken,
    TokenSigner,
    TokenVerifier,
    forget_used_tokens,
    use_once,
)
from shared.platform.unit_of_work import open_work
from sqlmodel import select

from tests.fakes import FrozenClock

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SEED = base64.urlsafe_b64encode(bytes(range(32))).decode()
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = base64.urlsafe_b64encode(KEY.public_key().public_bytes_raw()).decode()


def signer(service: str = "gateway") -> TokenSigner:
    return TokenSigner(service, SEED, clock=lambda: NOW)


def verifier(service: str = "hotline", now: datetime = NOW) -> TokenVerifier:
    return TokenVerifier(service, {"gateway": PUBLIC_KEY}, clock=lambda: now)


def claims(**changes: object) -> dict[str, object]:
    fresh = {"iss": "gateway", "sub": "gateway", "aud": "hotline", "jti": "1"}
    return fresh | {"iat": NOW, "nbf": NOW, "exp": NOW + LIFE} | changes


def test_a_fresh_token_names_its_issuer() -> None:
    assert verifier().verify(signer().token_for("hotline")).issuer == "gateway"


@pytest.mark.requirement("SEC-S9")
@pytest.mark.parametrize(
    ("receiver", "age"),
    [("helpline", timedelta()), ("hotline", timedelta(seconds=66)), ("hotline", -timedelta(9e-5))],
    ids=["of another service", "too old", "from the future"],
)
def test_a_token_elsewhere_or_at_another_time_is_refused(receiver: str, age: timedelta) -> None:
    token = signer().token_for("hotline")
    with pytest.raises(NotAuthenticated):
        verifier(receiver, NOW + age).verify(token)


@pytest.mark.requirement("SEC-S9")
@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "nobody", "sub": "nobody"},
        {"sub": "hotline"},
        {"aud": ["hotline", "helpline"]},
        {"exp": NOW + timedelta(hours=1)},
    ],
    ids=["unknown issuer", "other subject", "two audiences", "long life"],
)
def test_a_signed_token_with_wrong_claims_is_refused(changes: dict[str, object]) -> None:
    token = jwt.encode(claims(**changes), KEY, algorithm="EdDSA")
    with pytest.raises(NotAuthenticated):
        verifier().verify(token)


@pytest.mark.requirement("SEC-S9")
@pytest.mark.parametrize("missing", ["jti", "nbf", "exp", "iat", "aud"])
def test_a_token_without_a_claim_is_refused(missing: str) -> None:
    incomplete = {name: value for name, value in claims().items() if name != missing}
    with pytest.raises(NotAuthenticated):
        verifier().verify(jwt.encode(incomplete, KEY, algorithm="EdDSA"))


@pytest.mark.requirement("SEC-S9")
def test_another_algorithm_is_refused() -> None:
    unsigned = jwt.encode(claims(), "", algorithm="none")
    shared_secret = jwt.encode(claims(), PUBLIC_KEY, algorithm="HS256")
    for token in (unsigned, shared_secret):
        with pytest.raises(NotAuthenticated):
            verifier().verify(token)


@pytest.mark.requirement("SEC-S9")
@given(st.data())
def test_no_mutated_token_is_accepted(data: st.DataObject) -> None:
    token = signer().token_for("hotline")
    # The last character of a base64url part may carry unused bits, so it is left out.
    place = data.draw(st.integers(0, len(token) - 2))
    letter = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[place]))
    with pytest.raises(NotAuthenticated):
        verifier().verify(token[:place] + letter + token[place + 1 :])


def test_an_overlong_token_is_refused_unread() -> None:
    with pytest.raises(NotAuthenticated):
        verifier().verify("a" * 5000)


def is_taken(sessions: Sessions, token: ServiceToken) -> bool:
    try:
        use_once(sessions, token)
    except NotAuthenticated:
        return False
    return True


@pytest.mark.requirement("SEC-S9")
def test_a_token_that_changed_something_changes_nothing_again(platform_sessions: Sessions) -> None:
    first, second = (verifier().verify(signer().token_for("hotline")) for _ in range(2))
    assert [is_taken(platform_sessions, token) for token in (first, first, second)] == [
        True,
        False,
        True,
    ]


@pytest.mark.requirement("SEC-S9")
def test_of_many_replays_at_once_one_is_taken(committed_sessions: Sessions) -> None:
    token = verifier().verify(signer().token_for("hotline"))
    gate, taken = threading.Barrier(8), list[bool]()

    def replay() -> None:
        gate.wait()
        taken.append(is_taken(committed_sessions, token))

    replays = [threading.Thread(target=replay) for _ in range(8)]
    for thread in replays:
        thread.start()
    for thread in replays:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


@pytest.mark.requirement("SEC-S9")
def test_a_token_whose_id_is_none_is_not_taken(platform_sessions: Sessions) -> None:
    assert not is_taken(platform_sessions, ServiceToken("gateway", "1", NOW + LIFE))


@pytest.mark.requirement("SEC-S9")
@pytest.mark.requirement("SEC-P10")
def test_a_used_token_is_remembered_for_as_long_as_it_would_be_taken(
    platform_sessions: Sessions,
) -> None:
    token = verifier().verify(signer().token_for("hotline"))
    use_once(platform_sessions, token)
    last = NOW + LIFE + LEEWAY
    for moment, remembered in ((last, 1), (last + timedelta(milliseconds=1), 0)):
        with pytest.raises(NotAuthenticated):
            verifier(now=moment).verify(signer().token_for("hotline"))
        with open_work(platform_sessions, SYSTEM, clock=FrozenClock(moment)) as work:
            forget_used_tokens(work)
            assert len(work.session.exec(select(UsedToken)).all()) == remembered
