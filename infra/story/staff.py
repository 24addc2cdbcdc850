"""Signing in to a staff face with a password and a second factor, as a browser does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from shared.platform.second_factor import STEP_SECONDS, code_at

from infra.development import Credentials
from infra.story.telling import expect
from infra.story.visitor import Visitor


@contextmanager
def signed_in(origin: str, name: str, credentials: Credentials) -> Iterator[Visitor]:
    """A browser in English in which `name` is signed in."""
    with Visitor(origin, language="en") as visitor:
        second = visitor.open("/sign-in").submit(name=name, password=credentials.password)
        expect("/sign-in/code" in second.url, f"{name} cannot sign in: {second.heading}")
        now = datetime.now(UTC)
        home = second.submit(code=code_at(credentials.totp_seed(name), now))
        if "/sign-in" in home.url:
            # This half minute's code was used before; the next one is good already.
            next_step = now + timedelta(seconds=STEP_SECONDS)
            home = home.submit(code=code_at(credentials.totp_seed(name), next_step))
        expect("/sign-in" not in home.url, f"{name}'s second factor is refused: {home.heading}")
        yield visitor
