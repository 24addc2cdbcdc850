"""The settings of the prevention line."""

from datetime import timedelta

from pydantic_settings import SettingsConfigDict
from shared.platform.settings import ServiceSettings


class PreventionSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="PREVENTION_")

    # Shorter than elsewhere: what is on these screens was told in confidence (SEC-S7).
    session_idle: timedelta = timedelta(minutes=15)
