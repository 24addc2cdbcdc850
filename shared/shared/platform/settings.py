"""The settings every service has, read from the environment once and refused when unsafe.

The default is production: a setting that is only for development must be asked for.
"""

import os
import re
import sys
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_network
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from shared.platform.encryption import decode_key

_BIND = re.compile(r"([^\s:\[\]]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}")
# Of 32 random bytes hardly any are the same; a key of zeros or of one word was not made at random.
FEWEST_DIFFERENT_BYTES = 16
SHORTEST_CLAIM = timedelta(seconds=12)


class AppEnv(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ServiceSettings(BaseSettings):
    """What a web, worker or relay process of a service needs to know.

    Keys are 32 bytes as base64url; `trusted_issuers` is service name → Ed25519 public key. A
    subclass sets `env_prefix` to the service's name in capitals and an underscore.
    `request_patience` is how long the head of a request, and its body, may take;
    `trusted_proxies` are addresses or networks, separated by commas, of the proxies in front.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    app_env: AppEnv = Field(default=AppEnv.PRODUCTION, validation_alias="APP_ENV")
    database_url: str
    owner_database_url: str = ""
    sealer_database_url: str = ""
    keys_database_url: str = ""
    broker_url: str
    volatile_redis_url: str
    bind: str
    public_url: str
    master_key: str
    audit_key: str = ""
    checkpoint_key: str = ""
    checkpoint_dir: str = ""
    token_key: str
    session_idle: timedelta = timedelta(minutes=30)
    request_patience: timedelta = timedelta(seconds=10)
    trusted_proxies: str = ""
    metrics_bind: str = ""
    traces_url: str = ""
    outbox_lease: timedelta = Field(default=timedelta(seconds=60), ge=timedelta(seconds=1))
    outbox_claim: timedelta = Field(default=timedelta(seconds=120), ge=SHORTEST_CLAIM)
    trusted_issuers: dict[str, str] = Field(default_factory=dict)

    @property
    def is_production(self) -> bool:
        return self.app_env is AppEnv.PRODUCTION

    @field_validator("bind", "metrics_bind")
    @classmethod
    def _is_an_address_with_a_port(cls, bind: str, info: ValidationInfo) -> str:
        is_left_out = not bind and info.field_name == "metrics_bind"
        if not is_left_out and not _BIND.fullmatch(bind):
            raise ValueError("it must be host:port or [address]:port")
        return bind

    @field_validator("trusted_issuers")
    @classmethod
    def _are_public_keys(cls, issuers: dict[str, str]) -> dict[str, str]:
        keys = [_decoded(key) for key in issuers.values()]
        if len(set(keys)) < len(keys):
            raise ValueError("two services must not have the same key")
        return issuers

    @model_validator(mode="after")
    def _keys_are_long_random_and_different(self) -> Self:
        if not (self.master_key and self.token_key):
            raise ValueError("MASTER_KEY and TOKEN_KEY must be set")
        keys = [self.master_key, self.audit_key, self.checkpoint_key, self.token_key]
        known = [_decoded(key) for key in keys if key]
        if any(len(set(key)) < FEWEST_DIFFERENT_BYTES for key in known):
            raise ValueError("every key must be made at random")
        if len(set(known)) < len(known):
            raise ValueError("every key must be another one")
        return self

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_named_one_by_one(cls, text: str) -> str:
        try:
            for part in filter(None, text.split(",")):
                ip_network(part.strip())
        except ValueError:
            raise ValueError("every trusted proxy must be an address or a network") from None
        return text

    @model_validator(mode="after")
    def _figures_have_an_address_of_their_own(self) -> Self:
        if self.metrics_bind == self.bind:
            raise ValueError("METRICS_BIND must be another address than BIND")
        return self

    @model_validator(mode="after")
    def _production_is_not_a_development_machine(self) -> Self:
        if self.is_production and not self.public_url.startswith("https://"):
            raise ValueError("in production PUBLIC_URL must be https")
        stores = [urlsplit(url).netloc for url in (self.broker_url, self.volatile_redis_url)]
        if self.is_production and stores[0] == stores[1]:
            raise ValueError("in production the broker and the volatile store must be two servers")
        return self


def _decoded(key: str) -> bytes:
    try:
        return decode_key(key)
    except ValueError:
        raise ValueError("every key must be 32 bytes in base64url") from None


Settings = TypeVar("Settings", bound=ServiceSettings)
AnySettings = TypeVar("AnySettings", bound=BaseSettings)


def load_settings(kind: type[AnySettings]) -> AnySettings:
    """Read the environment, or say in one sentence per fault what is wrong and exit 1."""
    prefix = str(kind.model_config.get("env_prefix", ""))
    known = {_variable(kind, field) for field in kind.model_fields}
    unknown = sorted(n for n in os.environ if prefix and n.startswith(prefix) and n not in known)
    if unknown:
        sys.exit(f"Unknown settings: {', '.join(unknown)}. Remove them or correct their names.")
    try:
        return kind()
    except SettingsError:
        # Of what is read as JSON only; the error's own text names the library's parts.
        sys.exit(f"{prefix}TRUSTED_ISSUERS: it must be JSON.")
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        sys.exit("\n".join(_sentence(kind, prefix, fault) for fault in faults))


def _variable(kind: type[BaseSettings], field: str) -> str:
    """The name of the environment variable that a field is read from."""
    alias = kind.model_fields[field].validation_alias
    prefix = str(kind.model_config.get("env_prefix", ""))
    return alias if isinstance(alias, str) else prefix + field.upper()


def _sentence(kind: type[BaseSettings], prefix: str, fault: Any) -> str:
    """A fault of the whole, which has no place, goes by the name of the service."""
    place = str(fault["loc"][0]) if fault["loc"] else prefix.rstrip("_")
    name = _variable(kind, place) if place in kind.model_fields else place
    return f"{name}: {fault['msg'].removeprefix('Value error, ')}."
