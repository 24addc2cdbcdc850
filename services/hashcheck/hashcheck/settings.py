"""The settings of the Hash Check Service."""

from datetime import timedelta

from pydantic_settings import SettingsConfigDict
from shared.platform.settings import ServiceSettings


class HashcheckSettings(ServiceSettings):
    """`index_dir`: a folder of this machine in which its web processes share one copy of the index;
    without it each has its own. `longest_lag`: how long a process may not know the newest list
    before it says that it is not ready. Without an `smtp_url` no links are mailed, and the pages
    that would say so.
    """

    model_config = SettingsConfigDict(env_prefix="HASHCHECK_")

    hotline_url: str
    index_dir: str = ""
    longest_lag: timedelta = timedelta(seconds=60)
    smtp_url: str = ""
    organisation: str = "Offlimits"
    mail_sender: str = "hashcheck@offlimits.example"
