"""Composition root of the Celery process of the hotline."""

from celery import Celery
from shared.platform.celery import create_celery, serve
from shared.platform.composition import rules_of, sessions_of, signer_of, vault_of
from shared.platform.mail import SmtpMailer
from shared.platform.peer import Peer, blocking_http_client

from hotline.adapters.fetcher_client import fetcher_at
from hotline.adapters.hash_checker import CHECK_SECONDS, HashcheckClient
from hotline.adapters.hosting_lookup import RdapLookup
from hotline.adapters.notice_mail import NoticeMail
from hotline.adapters.rdap_bootstrap import RdapBootstrap
from hotline.settings import HotlineSettings
from hotline.tasks import Outside, tasks


def create_worker(settings: HotlineSettings) -> Celery:
    rules = rules_of(settings)
    tasks.bind(
        sessions_of(settings),
        create_outside(settings),
        vault=vault_of(settings, "hotline"),
        rules=rules,
    )
    celery = create_celery("hotline", settings.broker_url, rules)
    serve(celery, tasks)
    return celery


def create_outside(settings: HotlineSettings) -> Outside:
    """Nothing connects before it is used, so worker processes may be forked afterwards."""
    signer = signer_of(settings, "hotline")
    fetcher = fetcher_at(settings.fetcher_url, signer)
    client = blocking_http_client(CHECK_SECONDS)
    hashcheck = Peer("hashcheck", settings.hashcheck_url, signer, client)
    return Outside(
        policy=settings.policy,
        fetcher=fetcher,
        prober=fetcher,
        imagery=fetcher,
        hash_checker=HashcheckClient(hashcheck),
        hosting_lookup=RdapLookup(RdapBootstrap(settings.rdap_bootstrap)),
        notice_mailer=NoticeMail(
            SmtpMailer(settings.smtp_url),
            organisation=settings.organisation,
            sender=settings.notice_sender,
        ),
        hashcheck=hashcheck,
    )
