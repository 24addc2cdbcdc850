"""Every application that answers somebody, as it is composed, with everybody who may knock.

A face is one application under one host name; the gateway has two. Accounts are written as signing
in leaves them: with real passwords the hashing alone would take longer than all tests here.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from uuid import uuid4

from fastapi import FastAPI
from gateway.main import HostSwitch
from gateway.main import create_app as gateway_app
from gateway.settings import GatewaySettings
from hashcheck.deps import CONTACT_COOKIE, csrf_of
from hashcheck.main import create_app as hashcheck_app
from hashcheck.settings import HashcheckSettings
from hashcheck.tables import ClientContact, ClientSession
from helpline.main import create_app as helpline_app
from helpline.settings import HelplineSettings
from hotline.fetching.main import create_app as fetcher_app
from hotline.fetching.settings import FetcherSettings
from hotline.main import create_app as hotline_app
from hotline.settings import HotlineSettings
from imaging import ImageWorker
from prevention.main import create_app as prevention_app
from prevention.settings import PreventionSettings
from shared.domain.actor import SYSTEM
from shared.platform.account_tables import StaffAccount, StaffSession
from shared.platform.api_key import ClientDesk
from shared.platform.second_factor import new_seed
from shared.platform.staff import StaffDesk
from shared.platform.unit_of_work import open_work
from starlette.types import ASGIApp

from infra.databases import SERVICES, ServiceDatabases
from tests.applications import public_key_of, settings_for, token_of

# Nobody listens there: every peer of an application under test is down.
NOWHERE = "http://127.0.0.1:1"
LINES = ("hotline", "helpline", "prevention", "hashcheck")
SCOPES = ("hash:check", "hash:test")


@dataclass(frozen=True)
class Knock:
    """What somebody sends along with every request.

    `service` is a caller and whom it calls: every request gets a token of its own.
    """

    cookies: Mapping[str, str] = field(default_factory=dict)
    csrf: str = ""
    bearer: str = ""
    service: tuple[str, str] | None = None

    def headers(self) -> dict[str, str]:
        sent: dict[str, str] = {}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        bearer = token_of(*self.service) if self.service else self.bearer
        if bearer:
            sent["Authorization"] = f"Bearer {bearer}"
        return sent


NOBODY = Knock()


@dataclass(frozen=True)
class Face:
    """`routes` is the application that holds the routes, `app` what the server runs.

    `compose` makes another one on the same databases: an application belongs to one server.
    """

    name: str
    service: str
    routes: FastAPI
    app: ASGIApp
    host: str
    compose: Callable[[], ASGIApp]

    @property
    def desk(self) -> StaffDesk | None:
        desk: StaffDesk | None = self.routes.state.doorkeeper
        return desk


def build_faces(
    databases_of: Callable[[str], ServiceDatabases], volatile_url: str
) -> dict[str, Face]:
    """All seven faces, each on databases of its own."""
    faces = {name: _line(name, databases_of(name)) for name in LINES}
    settings = settings_for(
        GatewaySettings,
        databases_of("gateway"),
        service="gateway",
        management_url="http://management.localhost:8000",
        volatile_redis_url=volatile_url,
        **{f"{name}_url": NOWHERE for name in LINES},
    )
    switch = gateway_app(settings)
    assert isinstance(switch, HostSwitch)
    (management_host, management), *_ = switch.by_host.items()
    hosts = {"website": "gateway.localhost:8000", "management": management_host}
    for name, routes in (("website", switch.usual), ("management", management)):
        compose = partial(gateway_app, settings)
        faces[name] = Face(name, "gateway", routes, switch, hosts[name], compose)
    faces["fetcher"] = _fetcher(volatile_url)
    return faces


def _line(name: str, databases: ServiceDatabases) -> Face:
    compose: Callable[[], FastAPI]
    if name == "hotline":
        more = {"hashcheck_url": NOWHERE, "fetcher_url": NOWHERE, "smtp_url": "smtp://127.0.0.1:1"}
        hotline = settings_for(HotlineSettings, databases, service=name, **more)
        compose = partial(hotline_app, hotline)
    elif name == "helpline":
        compose = partial(helpline_app, settings_for(HelplineSettings, databases, service=name))
    elif name == "prevention":
        compose = partial(prevention_app, settings_for(PreventionSettings, databases, service=name))
    else:
        compose = partial(hashcheck_app, settings_for(HashcheckSettings, databases, service=name))
    app = compose()
    return Face(name, name, app, app, f"{name}.localhost:8000", compose)


def _fetcher(volatile_url: str) -> Face:
    settings = FetcherSettings(
        bind="127.0.0.1:0", volatile_redis_url=volatile_url, hotline_key=public_key_of("hotline")
    )
    # Not started: no order here is so well-formed that anything is fetched.
    compose = partial(fetcher_app, settings, ImageWorker())
    app = compose()
    return Face("fetcher", "fetcher", app, app, "127.0.0.1:8005", compose)


def staff_knock(desk: StaffDesk, role: str, *, has_second_factor: bool = True) -> Knock:
    """A session of somebody with this role, under the cookie of its own service."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    account = StaffAccount(
        id=uuid4(),
        name=secrets.token_hex(8),
        display_name="Test",
        role=role,
        password_hash="none that fits",
        created_at=now,
        password_changed_at=now,
    )
    account.sealed_totp_seed = desk._seeds.seal(new_seed().encode(), str(account.id))
    with open_work(desk.sessions, SYSTEM) as work:
        work.session.add(account)
        work.session.flush()
        work.session.add(
            StaffSession(
                token_hash=sha256(token.encode()).digest(),
                account_id=account.id,
                created_at=now,
                last_seen_at=now,
                second_factor_at=now if has_second_factor else None,
            )
        )
    found = desk.signed_in(token)
    assert found
    return Knock({desk.cookie: token}, found.csrf_token)


def key_knock(desk: StaffDesk, scope: str) -> Knock:
    """A client of this service with a key of one scope."""
    clients = ClientDesk(desk.sessions)
    with open_work(desk.sessions, SYSTEM) as work:
        client = clients.create_client(work, secrets.token_hex(8))
        return Knock(bearer=clients.issue_key(work, client, scope))


def contact_knock(desk: StaffDesk) -> Knock:
    """Somebody of a client of this service, with the session that a mailed link begins."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with open_work(desk.sessions, SYSTEM) as work:
        client = ClientDesk(desk.sessions).create_client(work, secrets.token_hex(8))
        contact = ClientContact(
            client_id=client, mailbox=f"{secrets.token_hex(8)}@hoster.example", created_at=now
        )
        work.session.add(contact)
        work.session.flush()
        work.session.add(
            ClientSession(
                token_hash=sha256(token.encode()).digest(),
                contact_id=contact.id,
                created_at=now,
                expires_at=now + timedelta(hours=1),
            )
        )
    return Knock({CONTACT_COOKIE: token}, csrf_of(token))


def service_knock(caller: str, audience: str) -> Knock:
    return Knock(service=(caller, audience))


def everybody(face: Face, faces: Mapping[str, Face]) -> dict[str, Knock]:
    """Whoever could knock at `face`, by the name that the table of access gives them.

    `elsewhere:` is staff of another face, who show their session under the cookie of this one too.
    """
    knocks = {"nobody": NOBODY}
    if face.desk:
        knocks["half"] = staff_knock(face.desk, min(face.desk.roles), has_second_factor=False)
        knocks |= {role: staff_knock(face.desk, role) for role in face.desk.roles}
    for other in faces.values():
        if other.desk and other.name != face.name:
            knocks |= _elsewhere(face, other.name, other.desk)
    for caller in (*SERVICES, "fetcher"):
        knocks[f"service:{caller}"] = service_knock(caller, face.service)
    knocks["misdirected:gateway"] = service_knock("gateway", "elsewhere")
    hashcheck = faces["hashcheck"].desk
    assert hashcheck
    for scope in SCOPES:
        knocks[f"key:{scope}"] = key_knock(hashcheck, scope)
    knocks["contact"] = contact_knock(hashcheck)
    knocks["key:other"] = key_knock(hashcheck, "notice:read")
    return knocks


def _elsewhere(face: Face, name: str, desk: StaffDesk) -> dict[str, Knock]:
    knocks = {}
    for role in desk.roles:
        own = staff_knock(desk, role)
        cookies = dict(own.cookies)
        if face.desk:
            cookies[face.desk.cookie] = cookies[desk.cookie]
        knocks[f"elsewhere:{name}:{role}"] = Knock(cookies, own.csrf)
    return knocks
