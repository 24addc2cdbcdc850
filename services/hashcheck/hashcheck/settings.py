"""The settings of the Hash Check Service."""

from pydantic_settings import SettingsConfigDict
from shared.platform.settings import ServiceSettings


class HashcheckSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="HASHCHECK_")
