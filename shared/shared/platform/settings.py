"""The settings every service has, read from the environment once and refused when unsafe.

The default is production: a setting that is only for development must be asked for.
"""

import os
import sys
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self, TypeVar

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.platform.encryption import decode_key


class AppEnv(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ServiceSettings(BaseSettings):
    """What a web, worker or relay process of a service needs to know.

    Keys are 32 bytes as base64url; `trusted_issuers` is service name → Ed25519 public key. A
    subclass sets `env_prefix` to the service's name in capitals and an underscore.
    `request_patience` is how long the head of a request, and its body, may take.
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
    metrics_bind: str = ""
    traces_url: str = ""
    outbox_lease: timedelta = timedelta(seconds=60)
    outbox_claim: timedelta = timedelta(seconds=120)
    trusted_issuers: dict[str, str] = Field(default_factory=dict)

    @property
    def is_production(self) -> bool:
        return self.app_env is AppEnv.PRODUCTION

    @model_validator(mode="after")
    def _keys_are_long_and_different(self) -> Self:
        keys = [self.master_key, self.audit_key, self.checkpoint_key, self.token_key]
        given = [key for key in keys if key]
        for key in given:
            try:
                decode_key(key)
            except ValueError:
                raise ValueError("every key must be 32 bytes in base64url") from None
        if len(set(given)) < len(given):
            raise ValueError("every key must be another one")
        return self

    @model_validator(mode="after")
    def _production_is_not_a_development_machine(self) -> Self:
        if self.is_production and not self.public_url.startswith("https://"):
            raise ValueError("in production the public URL must be https")
        return self


Settings = TypeVar("Settings", bound=ServiceSettings)
AnySettings = TypeVar("AnySettings", bound=BaseSettings)


def load_settings(kind: type[AnySettings]) -> AnySettings:
    """Read the environment, or say in one sentence per fault what is wrong and exit 1."""
    prefix = str(kind.model_config.get("env_prefix", ""))
    known = {prefix + name.upper() for name in kind.model_fields}
    unknown = sorted(n for n in os.environ if prefix and n.startswith(prefix) and n not in known)
    if unknown:
        sys.exit(f"Unknown settings: {', '.join(unknown)}. Remove them or correct their names.")
    try:
        return kind()
    except ValidationError as error:
        sys.exit("\n".join(_sentence(prefix, fault) for fault in error.errors(include_input=False)))


def _sentence(prefix: str, fault: Any) -> str:
    name = prefix + "_".join(str(part) for part in fault["loc"]).upper()
    return f"{name.rstrip('_')}: {fault['msg']}."
