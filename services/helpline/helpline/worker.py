"""Composition root of the Celery process of the helpline."""

from celery import Celery
from shared.platform.celery import create_celery, serve
from shared.platform.composition import rules_of, sessions_of, signer_of, vault_of
from shared.platform.mail import SmtpMailer
from shared.platform.peer import Peer, blocking_http_client

from helpline.adapters.notice_mail import NoticeMail
from helpline.settings import HelplineSettings
from helpline.tasks import Outside, tasks

PEER_SECONDS = 10.0


def create_worker(settings: HelplineSettings) -> Celery:
    rules = rules_of(settings)
    tasks.bind(
        sessions_of(settings),
        create_outside(settings),
        vault=vault_of(settings, "helpline"),
        rules=rules,
    )
    celery = create_celery("helpline", settings.broker_url, rules)
    serve(celery, tasks)
    return celery


def create_outside(settings: HelplineSettings) -> Outside:
    """Nothing connects before it is used, so worker processes may be forked afterwards."""
    signer, client = signer_of(settings, "helpline"), blocking_http_client(PEER_SECONDS)
    return Outside(
        policy=settings.notice_policy,
        notice_mailer=NoticeMail(
            SmtpMailer(settings.smtp_url),
            organisation=settings.organisation,
            sender=settings.notice_sender,
        ),
        prevention=Peer("prevention", settings.prevention_url, signer, client),
        hotline=Peer("hotline", settings.hotline_url, signer, client),
    )
