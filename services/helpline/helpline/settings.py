"""The settings of the helpline."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict
from shared.platform.contact.policy import ContactPolicy
from shared.platform.settings import ServiceSettings

from helpline.domain.removal_notice import NoticePolicy


class HelplineSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="HELPLINE_")

    prevention_url: str
    hotline_url: str
    smtp_url: str
    organisation: str = "Offlimits"
    notice_sender: str = "notice@helpline.example"
    resend_after: timedelta = timedelta(minutes=15)
    # Shorter than elsewhere: what is on these screens was told in confidence (SEC-S7).
    session_idle: timedelta = timedelta(minutes=15)
    most_waiting: int = Field(default=30, ge=1)
    offer: timedelta = timedelta(seconds=45)
    # source: retention table of the research, to be confirmed by the data protection officer.
    content_kept: timedelta = timedelta(days=30)
    notice_kept: timedelta = timedelta(days=365)

    @property
    def contact_policy(self) -> ContactPolicy:
        return ContactPolicy(
            line="helpline",
            hands_over_to=frozenset({"prevention"}),
            most_waiting=self.most_waiting,
            offer=self.offer,
            content_kept=self.content_kept,
        )

    @property
    def notice_policy(self) -> NoticePolicy:
        return NoticePolicy(
            sender=self.notice_sender, resend_after=self.resend_after, kept=self.notice_kept
        )
