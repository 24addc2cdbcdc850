"""The settings of the Hash Check Service."""

from pydantic_settings import SettingsConfigDict
from shared.platform.settings import ServiceSettings


class HashcheckSettings(ServiceSettings):
    """Without an `smtp_url` no links are mailed, and the pages that would say so."""

    model_config = SettingsConfigDict(env_prefix="HASHCHECK_")

    smtp_url: str = ""
    organisation: str = "Offlimits"
    mail_sender: str = "hashcheck@offlimits.example"
