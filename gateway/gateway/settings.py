"""The settings of the gateway."""

from pydantic_settings import SettingsConfigDict
from shared.platform.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    """`management_url` is where staff sign in; the host name keeps its cookie from the website."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    management_url: str = "http://management.localhost:8000"
    hotline_url: str
    helpline_url: str
    prevention_url: str
    hashcheck_url: str

    @property
    def peer_addresses(self) -> dict[str, str]:
        return {
            "hotline": self.hotline_url,
            "helpline": self.helpline_url,
            "prevention": self.prevention_url,
            "hashcheck": self.hashcheck_url,
        }
