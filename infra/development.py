"""One installation for development: its ports, its keys, its demo staff, its settings.

Keys and passwords are made once per installation, beside its data, and readable by its owner only;
none is the same in two installations and none is in the source. The waits are short, so that a
person can watch a notice go out and a removal be confirmed; they are settings like any other.
"""

import hashlib
import hmac
import json
import os
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.backing_services import BackingServices
from infra.databases import LINES, SERVICES, ServiceDatabases, create_databases
from infra.peers.registry import BOOTSTRAP_PATH
from infra.state import own_directory, secret_text

LOOPBACK = "127.0.0.1"
# The published rule asks for two vantage points; loopback has as many as one likes.
EGRESSES = ("127.0.0.1", "127.0.0.2")
# Whose signed calls a service takes.
CALLERS: Mapping[str, tuple[str, ...]] = {
    "hotline": ("gateway", "hashcheck", "helpline"),
    "helpline": ("gateway", "prevention"),
    "prevention": ("gateway", "helpline"),
    "hashcheck": ("gateway", "hotline"),
    "gateway": (),
}

SHORT_WAITS = {
    "HOTLINE_NOTICE_BATCH_WINDOW": "PT2S",
    "HOTLINE_CHECK_INTERVAL": "PT2S",
    "HOTLINE_OFFLINE_SPAN": "PT3S",
    "HOTLINE_FETCH_RETRY": "PT5S",
    "HOTLINE_OUTBOX_LEASE": "PT10S",
    "HOTLINE_OUTBOX_CLAIM": "PT30S",
}
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "NUMBA_CACHE_DIR")


@dataclass(frozen=True)
class Person:
    name: str
    role: str


STAFF: Mapping[str, tuple[Person, ...]] = {
    "hotline": (
        Person("ada", "analyst"),
        Person("bram", "analyst"),
        Person("noor", "senior_analyst"),
        Person("daan", "ntd_officer"),
        Person("sam", "admin"),
    ),
    "helpline": (
        Person("hanna", "worker"),
        Person("lotte", "worker"),
        Person("joost", "coordinator"),
        Person("sam", "admin"),
    ),
    "prevention": (
        Person("pim", "worker"),
        Person("els", "coordinator"),
        Person("sam", "admin"),
    ),
    "hashcheck": (
        Person("lena", "list_steward"),
        Person("omar", "list_steward"),
        Person("kim", "client_manager"),
        Person("sam", "administrator"),
    ),
    "gateway": (Person("mila", "management"), Person("sam", "administrator")),
}


@dataclass(frozen=True)
class Credentials:
    """The demo log-ins of the installation in `state`; needs nothing that runs."""

    state: Path

    @property
    def password(self) -> str:
        """One for all demo staff: there is one person at this keyboard."""
        digest = self._derived("password").hex()
        return f"demo-{digest[:5]}-{digest[5:10]}-{digest[10:15]}"

    def totp_seed(self, name: str) -> str:
        """A person has one authenticator, whichever service they sign in to."""
        return b32encode(self._derived(f"second factor of {name}")[:20]).decode()

    def staff_file(self, service: str) -> Path:
        """What the command `add-staff` of the service reads."""
        path = own_directory(self.state / "staff", 0o700) / f"{service}.json"
        people = [
            {
                "name": person.name,
                "display_name": person.name.capitalize(),
                "role": person.role,
                "password": self.password,
                "totp_seed": self.totp_seed(person.name),
            }
            for person in STAFF[service]
        ]
        path.touch(mode=0o600)
        path.write_text(json.dumps(people))
        return path

    def _derived(self, purpose: str) -> bytes:
        secret = secret_text(self.state, "demo-staff").encode()
        return hmac.digest(secret, purpose.encode(), hashlib.sha256)


@dataclass(frozen=True)
class Installation:
    """Servers that run, databases that exist, and what every process must be told of them.

    `traces_url` is the collector of all processes, if any.
    """

    state: Path
    ports: Mapping[str, int]
    servers: BackingServices
    databases: Mapping[str, ServiceDatabases]
    traces_url: str = ""

    def environment(self, service: str, process: str = "web") -> dict[str, str]:
        """The whole environment of a process.

        Only `migrate` gets the owner's role, and only `relay` what seals the audit; the fetcher,
        which reads hostile pages, gets no secret of the hotline.
        """
        if process == "fetcher":
            return self._common_environment() | self._fetcher_settings()
        own = self._platform_settings(service)
        metrics = f"{service}-{process}-metrics"
        if metrics in self.ports:
            own["METRICS_BIND"] = f"{LOOPBACK}:{self.ports[metrics]}"
        if service in OWN_SETTINGS:
            own |= OWN_SETTINGS[service](self)
        if process == "migrate":
            own["OWNER_DATABASE_URL"] = self.databases[service].owner
        if process in {"relay", "audit-verify"}:
            own |= self._sealing_settings(service)
        prefix = f"{service.upper()}_"
        return self._common_environment() | {prefix + name: value for name, value in own.items()}

    def address(self, name: str) -> str:
        """Where another process reaches this one."""
        return f"http://{LOOPBACK}:{self.ports[name]}"

    def public_url(self, service: str) -> str:
        """Each face has a host name of its own, because cookies do not tell ports apart."""
        host = "localhost" if service == "gateway" else f"{service}.localhost"
        return f"http://{host}:{self.ports[service]}"

    @property
    def management_url(self) -> str:
        return f"http://management.localhost:{self.ports['gateway']}"

    def key(self, service: str, name: str) -> str:
        """32 random bytes of this installation, base64url."""
        return secret_text(self.state, f"{service}-{name}")

    def _common_environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return inherited | {"APP_ENV": "development", "PYTHONUNBUFFERED": "1"}

    def _platform_settings(self, service: str) -> dict[str, str]:
        databases = self.databases[service]
        settings = {
            "DATABASE_URL": databases.app,
            "BROKER_URL": self.servers.broker_url,
            "VOLATILE_REDIS_URL": self.servers.volatile_url,
            "BIND": f"{LOOPBACK}:{self.ports[service]}",
            "PUBLIC_URL": self.public_url(service),
            "TRACES_URL": self.traces_url,
            "MASTER_KEY": self.key(service, "master"),
            "TOKEN_KEY": self.key(service, "token"),
            "TRUSTED_ISSUERS": json.dumps(
                {caller: public_key(self.key(caller, "token")) for caller in CALLERS[service]}
            ),
        }
        return settings | ({"KEYS_DATABASE_URL": databases.keys} if service in LINES else {})

    def _fetcher_settings(self) -> dict[str, str]:
        return {
            "FETCHER_BIND": f"{LOOPBACK}:{self.ports['fetcher']}",
            "FETCHER_METRICS_BIND": f"{LOOPBACK}:{self.ports['fetcher-metrics']}",
            "FETCHER_VOLATILE_REDIS_URL": self.servers.volatile_url,
            "FETCHER_HOTLINE_KEY": public_key(self.key("hotline", "token")),
            "FETCH_NAMESERVERS": f"{LOOPBACK}:{self.ports['names']}",
            "FETCH_TEST_ENDPOINTS": f"{LOOPBACK}:{self.ports['site']}",
            "FETCH_EGRESSES": ",".join(EGRESSES),
        }

    def _sealing_settings(self, service: str) -> dict[str, str]:
        return {
            "SEALER_DATABASE_URL": self.databases[service].sealer,
            "AUDIT_KEY": self.key(service, "audit"),
            "CHECKPOINT_KEY": self.key(service, "checkpoint"),
            "CHECKPOINT_DIR": str(own_directory(self.state / "checkpoints", 0o700)),
        }


def _hotline_settings(installation: Installation) -> dict[str, str]:
    ports = installation.ports
    return {
        "HASHCHECK_URL": installation.address("hashcheck"),
        "FETCHER_URL": installation.address("fetcher"),
        "SMTP_URL": f"smtp://{LOOPBACK}:{ports['mail']}",
        "RDAP_BOOTSTRAP": installation.address("registry") + BOOTSTRAP_PATH,
    } | {name.removeprefix("HOTLINE_"): value for name, value in SHORT_WAITS.items()}


def _helpline_settings(installation: Installation) -> dict[str, str]:
    return {
        "PREVENTION_URL": installation.address("prevention"),
        "HOTLINE_URL": installation.address("hotline"),
        "SMTP_URL": f"smtp://{LOOPBACK}:{installation.ports['mail']}",
    }


def _prevention_settings(installation: Installation) -> dict[str, str]:
    return {"HELPLINE_URL": installation.address("helpline")}


def _hashcheck_settings(installation: Installation) -> dict[str, str]:
    return {
        "HOTLINE_URL": installation.address("hotline"),
        "SMTP_URL": f"smtp://{LOOPBACK}:{installation.ports['mail']}",
    }


def _gateway_settings(installation: Installation) -> dict[str, str]:
    peers = {f"{name.upper()}_URL": installation.address(name) for name in (*LINES, "hashcheck")}
    return peers | {"MANAGEMENT_URL": installation.management_url}


OWN_SETTINGS: Mapping[str, Callable[[Installation], dict[str, str]]] = {
    "hotline": _hotline_settings,
    "helpline": _helpline_settings,
    "prevention": _prevention_settings,
    "hashcheck": _hashcheck_settings,
    "gateway": _gateway_settings,
}


def install(
    state: Path, ports: Mapping[str, int], servers: BackingServices, traces_url: str = ""
) -> Installation:
    """Make the databases and roles that are missing."""
    databases = {
        service: create_databases(servers.postgres_url, service, servers.secret)
        for service in SERVICES
    }
    return Installation(state, ports, servers, databases, traces_url)


def public_key(seed: str) -> str:
    """What others verify tokens with, base64url."""
    private = Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(seed + "=" * (-len(seed) % 4)))
    return urlsafe_b64encode(private.public_key().public_bytes_raw()).rstrip(b"=").decode()
