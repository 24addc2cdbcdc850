"""Time-based one-time passwords (RFC 6238) of which each is accepted once."""

import unicodedata
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DIGITS = 6
# One step early or late, for clocks that differ.
WINDOW = 1


def new_seed() -> str:
    """160 random bits in base32, as authenticator apps read them."""
    return pyotp.random_base32(32)


def enrolment_address(seed: str, name: str, issuer: str) -> str:
    """The `otpauth://` address that an authenticator app scans."""
    return pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name=issuer)


def code_at(seed: str, moment: datetime) -> str:
    return str(pyotp.TOTP(seed).at(moment))


def step_of(seed: str, typed: str, now: datetime) -> int | None:
    """The time step that a code belongs to, None when it is wrong.

    The input is normalised here and nowhere else. The caller stores the step and accepts only a
    later one next time: that is what makes a code work once.
    """
    code = unicodedata.normalize("NFKC", typed).replace(" ", "").strip()
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    totp = pyotp.TOTP(seed)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current - WINDOW, current + WINDOW + 1):
        if totp.verify(code, for_time=datetime.fromtimestamp(step * STEP_SECONDS, tz=now.tzinfo)):
            return step
    return None
