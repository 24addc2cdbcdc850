"""Composition root of the Celery process of the Hash Check Service."""

from celery import Celery
from shared.platform.celery import create_celery, serve
from shared.platform.composition import rules_of, sessions_of, signer_of
from shared.platform.peer import Peer, blocking_http_client

from hashcheck.settings import HashcheckSettings
from hashcheck.tasks import Outside, tasks

PEER_SECONDS = 10.0


def create_worker(settings: HashcheckSettings) -> Celery:
    rules = rules_of(settings)
    tasks.bind(sessions_of(settings), create_outside(settings), rules=rules)
    celery = create_celery("hashcheck", settings.broker_url, rules)
    serve(celery, tasks)
    return celery


def create_outside(settings: HashcheckSettings) -> Outside:
    """Nothing connects before it is used, so worker processes may be forked afterwards."""
    signer, client = signer_of(settings, "hashcheck"), blocking_http_client(PEER_SECONDS)
    return Outside(hotline=Peer("hotline", settings.hotline_url, signer, client))
