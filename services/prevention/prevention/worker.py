"""Composition root of the Celery process of the prevention line."""

from celery import Celery
from shared.platform.celery import create_celery, serve
from shared.platform.composition import rules_of, sessions_of, signer_of, vault_of
from shared.platform.peer import Peer, blocking_http_client

from prevention.settings import PreventionSettings
from prevention.tasks import Outside, tasks

PEER_SECONDS = 10.0


def create_worker(settings: PreventionSettings) -> Celery:
    rules = rules_of(settings)
    tasks.bind(
        sessions_of(settings),
        create_outside(settings),
        vault=vault_of(settings, "prevention"),
        rules=rules,
    )
    celery = create_celery("prevention", settings.broker_url, rules)
    serve(celery, tasks)
    return celery


def create_outside(settings: PreventionSettings) -> Outside:
    """Nothing connects before it is used, so worker processes may be forked afterwards."""
    signer, client = signer_of(settings, "prevention"), blocking_http_client(PEER_SECONDS)
    return Outside(helpline=Peer("helpline", settings.helpline_url, signer, client))
