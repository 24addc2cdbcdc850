"""The settings of the hotline and of its fetcher."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from shared.platform.settings import AppEnv, ServiceSettings

from hotline.domain.online_check import SCHEDULE, OfflineRule, Step
from hotline.domain.policy import Policy
from hotline.domain.url import FETCH_RETRIES
from hotline.fetching.settings import (
    FetcherSettings,
    parse_egresses,
    parse_endpoints,
    parse_nameservers,
)


class HotlineSettings(ServiceSettings):
    """Waits are published: the hours online depend on them.

    `check_interval` and `fetch_retry` replace every interval of the published schedules by one;
    `rdap_bootstrap` is a path or an address of a registry list, empty for IANA's.
    """

    model_config = SettingsConfigDict(env_prefix="HOTLINE_")

    hashcheck_url: str
    fetcher_url: str
    smtp_url: str
    rdap_bootstrap: str = ""
    organisation: str = "Offlimits"
    notice_sender: str = "notice@hotline.example"
    trusts_registries: bool = True
    notice_batch_window: timedelta = timedelta(minutes=10)
    resend_after: timedelta = timedelta(minutes=15)
    claim_lease: timedelta = timedelta(minutes=30)
    check_interval: timedelta | None = None
    fetch_retry: timedelta | None = None
    offline_misses: int = Field(default=3, ge=1)
    offline_span: timedelta = timedelta(minutes=30)
    offline_egresses: int = Field(default=2, ge=1)

    @property
    def policy(self) -> Policy:
        one = self.check_interval
        return Policy(
            notice_batch_window=self.notice_batch_window,
            resend_after=self.resend_after,
            claim_lease=self.claim_lease,
            fetch_retries=(self.fetch_retry,) * 2 if self.fetch_retry else FETCH_RETRIES,
            schedule=tuple(Step(step.age, one) for step in SCHEDULE) if one else SCHEDULE,
            offline_rule=OfflineRule(self.offline_misses, self.offline_span, self.offline_egresses),
            trusts_registries=self.trusts_registries,
            sender=self.notice_sender,
        )


class FetcherEnvironment(BaseSettings):
    """What the fetcher is told: it reads hostile pages, so it knows no secret of the hotline.

    `hotline_key` is the public key (base64url) of the hotline's tokens. `FETCH_TEST_ENDPOINTS` is
    the only exemption of the address guard: exact addresses with their ports, refused in
    production.
    """

    model_config = SettingsConfigDict(
        env_prefix="FETCHER_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    app_env: AppEnv = Field(default=AppEnv.PRODUCTION, validation_alias="APP_ENV")
    bind: str
    volatile_redis_url: str
    hotline_key: str
    metrics_bind: str = ""
    nameservers: str = Field(default="", validation_alias="FETCH_NAMESERVERS")
    test_endpoints: str = Field(default="", validation_alias="FETCH_TEST_ENDPOINTS")
    egresses: str = Field(default="", validation_alias="FETCH_EGRESSES")

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        _ = self.fetcher
        return self

    @property
    def fetcher(self) -> FetcherSettings:
        return FetcherSettings(
            bind=self.bind,
            volatile_redis_url=self.volatile_redis_url,
            hotline_key=self.hotline_key,
            metrics_bind=self.metrics_bind,
            nameservers=parse_nameservers(self.nameservers),
            test_endpoints=frozenset(parse_endpoints(self.test_endpoints)),
            egresses=parse_egresses(self.egresses),
            is_production=self.app_env is AppEnv.PRODUCTION,
        )
