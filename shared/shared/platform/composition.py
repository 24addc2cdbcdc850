"""What every composition root builds in the same way from its settings."""

from shared.platform.database import Sessions, database_engine, session_factory
from shared.platform.encryption import CaseVault, decode_key
from shared.platform.idempotency import StoredAnswers
from shared.platform.outbox import OutboxRules
from shared.platform.settings import ServiceSettings


def sessions_of(settings: ServiceSettings) -> Sessions:
    """Sessions of the application's role. Nothing connects before the first one is used."""
    return session_factory(database_engine(settings.database_url))


def vault_of(settings: ServiceSettings, service: str) -> CaseVault | None:
    """The vault of a line; None for a service without case texts."""
    if not settings.keys_database_url:
        return None
    keys = session_factory(database_engine(settings.keys_database_url, pool_size=2))
    return CaseVault(keys, decode_key(settings.master_key), service)


def rules_of(settings: ServiceSettings) -> OutboxRules:
    return OutboxRules(lease=settings.outbox_lease, claim=settings.outbox_claim)


def answers_of(settings: ServiceSettings) -> StoredAnswers:
    return StoredAnswers(decode_key(settings.master_key))
