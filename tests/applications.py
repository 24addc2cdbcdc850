"""Whole applications under test: their settings, and clients that are signed in.

settings = settings_for(HelplineSettings, own_database("helpline"), service="helpline")
app = kept(create_app, settings)
with signed_in(app, "admin") as client: ...
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from threading import Thread
from time import sleep
from typing import TypeVar

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from shared.domain.actor import SYSTEM
from shared.platform.second_factor import code_at, new_seed
from shared.platform.service_token import TokenSigner
from shared.platform.settings import AppEnv, ServiceSettings
from shared.platform.staff import NewAccount, StaffDesk
from shared.platform.unit_of_work import UnitOfWork, open_work
from starlette.testclient import TestClient

from infra.databases import SERVICES, ServiceDatabases

PASSWORD = "a long sentence to remember"
NOWHERE = "http://127.0.0.1:1"
NEIGHBOURS = {
    "helpline": {
        "prevention_url": NOWHERE,
        "hotline_url": NOWHERE,
        "smtp_url": "smtp://127.0.0.1:1",
    },
    "prevention": {"helpline_url": NOWHERE},
    "hashcheck": {"hotline_url": NOWHERE},
}
Settings = TypeVar("Settings", bound=ServiceSettings)


def fixed_key(use: str) -> bytes:
    """32 bytes that are the same in every process of a test run."""
    return sha256(f"only for tests: {use}".encode()).digest()


def key_text(use: str) -> str:
    return urlsafe_b64encode(fixed_key(use)).decode()


def public_key_of(service: str) -> str:
    private = Ed25519PrivateKey.from_private_bytes(fixed_key(f"{service} token"))
    return urlsafe_b64encode(private.public_key().public_bytes_raw()).decode()


def token_of(caller: str, audience: str) -> str:
    """A fresh token with which `caller` may speak to `audience`."""
    return TokenSigner(caller, key_text(f"{caller} token")).token_for(audience)


def settings_for(
    kind: type[Settings],
    databases: ServiceDatabases,
    *,
    service: str,
    **more: object,
) -> Settings:
    """Development settings of a service; `more` gives what only this service has."""
    given: dict[str, object] = {
        "APP_ENV": AppEnv.DEVELOPMENT,
        "database_url": databases.app,
        "owner_database_url": databases.owner,
        "sealer_database_url": databases.sealer,
        "keys_database_url": databases.keys,
        "broker_url": "redis://127.0.0.1:1/0",
        "volatile_redis_url": "redis://127.0.0.1:1/0",
        "bind": "127.0.0.1:0",
        "public_url": f"http://{service}.localhost:8000",
        "master_key": key_text(f"{service} master"),
        "token_key": key_text(f"{service} token"),
        "trusted_issuers": {name: public_key_of(name) for name in SERVICES if name != service},
    }
    return kind(**(given | NEIGHBOURS.get(service, {}) | more))  # type: ignore[arg-type]


def kept(create_app: Callable[[Settings], FastAPI], settings: Settings) -> FastAPI:
    """The application of these settings, as it was when it was made.

    It is made once per test process: making one, and compiling its statements, takes far longer
    than most tests.
    """
    key = create_app.__module__, settings.model_dump_json()
    if key not in _kept:
        app = create_app(settings)
        _kept[key] = app, dict(app.state._state)
    app, state = _kept[key]
    app.state._state.clear()
    app.state._state.update(state)
    return app


_kept: dict[tuple[str, str], tuple[FastAPI, dict[str, object]]] = {}


@contextmanager
def visiting(app: FastAPI) -> Iterator[TestClient]:
    """A browser that is not signed in, on the application's own host."""
    desk: StaffDesk = app.state.doorkeeper
    with TestClient(
        app,
        base_url=desk.origin.replace("http://", "https://"),
        raise_server_exceptions=False,
        follow_redirects=False,
    ) as client:
        yield client


@contextmanager
def signed_in(app: FastAPI, role: str, name: str = "") -> Iterator[TestClient]:
    """A browser in which somebody of this role is signed in with both factors.

    Every form it sends carries the token of its session.
    """
    desk: StaffDesk = app.state.doorkeeper
    with visiting(app) as client:
        token = session_token(desk, role, name or f"test-{role}".replace("_", "-"))
        client.cookies.set(desk.cookie, token, domain=client.base_url.host)
        found = desk.signed_in(token)
        assert found
        client.headers["X-CSRF-Token"] = found.csrf_token
        yield client


def session_token(desk: StaffDesk, role: str, name: str) -> str:
    """Make an account and sign it in, through the same steps as a person."""
    seed = new_seed()
    with _work(desk) as work:
        desk.create_account(work, NewAccount(name, name.title(), role, PASSWORD, seed))
    with _work(desk) as work:
        first = desk.sign_in(work, name, PASSWORD)
    with _work(desk) as work:
        return desk.give_second_factor(work, first, code_at(seed, work.now))


@contextmanager
def _work(desk: StaffDesk) -> Iterator[UnitOfWork]:
    with open_work(desk.sessions, SYSTEM, clock=desk.clock) as work:
        yield work


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[None]:
    """The application on a port of its own, for a browser, in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, ws="none"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended at once"
        sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
