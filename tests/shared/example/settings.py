"""The settings of the example service."""

from pydantic_settings import SettingsConfigDict
from shared.platform.settings import ServiceSettings


class ExampleSettings(ServiceSettings):
    """`send_seconds` is how long the receiver of letters takes."""

    model_config = SettingsConfigDict(env_prefix="EXAMPLE_")

    send_seconds: float = 0.0
