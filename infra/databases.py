"""Databases and roles of every service, made on a server where we are superuser.

- `<service>_owner` owns the databases and runs the migrations, and is used by nothing else;
- `<service>_app` serves requests: it defines nothing, and the migrations grant what it may touch;
- `<service>_sealer` seals the audit, and has no business with the keys.

A line has a second database, `<line>_keys`, for the keys of its cases. No role is a superuser or
bypasses row security, and nobody else may connect.
"""

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

LINES = ("hotline", "helpline", "prevention")
SERVICES = (*LINES, "hashcheck", "gateway")
ROLES = ("owner", "app", "sealer")
ROLES_LOCK = 0x6F66666C


@dataclass(frozen=True)
class ServiceDatabases:
    """The URLs of one service, each with the role that uses it; only a line has `keys`."""

    app: str
    owner: str
    sealer: str
    keys: str


def create_databases(
    admin_url: str, service: str, secret: str, suffix: str = ""
) -> ServiceDatabases:
    """Make what is missing; the roles' passwords derive from `secret`. A repeat changes nothing.

    `suffix` tells databases apart that share one server, as those of parallel tests do; the roles
    belong to the whole server and are shared.
    """
    main, keys = service + suffix, f"{service}_keys{suffix}" if service in LINES else ""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        # Two at once would each find the other's roles half made.
        admin.execute("SELECT pg_advisory_lock(%s)", (ROLES_LOCK,))
        for role in ROLES:
            _make_role(admin, f"{service}_{role}", secret)
        _make_database(admin, main, f"{service}_owner")
        _let_in(admin, main, [f"{service}_app", f"{service}_sealer"])
        if keys:
            _make_database(admin, keys, f"{service}_owner")
            _let_in(admin, keys, [f"{service}_app"])
    return ServiceDatabases(
        app=_role_url(admin_url, main, f"{service}_app", secret),
        owner=_role_url(admin_url, main, f"{service}_owner", secret),
        sealer=_role_url(admin_url, main, f"{service}_sealer", secret),
        keys=_role_url(admin_url, keys, f"{service}_app", secret) if keys else "",
    )


def _make_role(admin: psycopg.Connection, role: str, secret: str) -> None:
    found = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    statement = sql.SQL(
        "{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
        " NOINHERIT PASSWORD {password}"
    )
    admin.execute(
        statement.format(
            verb=sql.SQL("ALTER" if found else "CREATE"),
            role=sql.Identifier(role),
            password=sql.Literal(_password(secret, role)),
        )
    )


def _make_database(admin: psycopg.Connection, name: str, owner: str) -> None:
    """C collation, so that texts sort the same on every machine."""
    found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    if not found:
        statement = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        admin.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(owner)))


def _let_in(admin: psycopg.Connection, database: str, roles: list[str]) -> None:
    name = sql.Identifier(database)
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    guests = sql.SQL(", ").join(sql.Identifier(role) for role in roles)
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, guests))


def _role_url(admin_url: str, database: str, role: str, secret: str) -> str:
    parts = urlsplit(admin_url)
    netloc = f"{role}:{_password(secret, role)}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))


def _password(secret: str, role: str) -> str:
    return hmac.digest(secret.encode(), role.encode(), hashlib.sha256).hex()
