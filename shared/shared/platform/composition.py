"""What every composition root builds in the same way from its settings."""

from datetime import timedelta

from shared.platform.api_key import ClientDesk
from shared.platform.database import Sessions, database_engine, session_factory
from shared.platform.encryption import CaseVault, decode_key
from shared.platform.idempotency import StoredAnswers
from shared.platform.outbox import OutboxRules
from shared.platform.service_token import TokenSigner, TokenVerifier
from shared.platform.settings import ServiceSettings
from shared.platform.staff import Roles, StaffDesk


def sessions_of(settings: ServiceSettings, *, pool_size: int = 10) -> Sessions:
    """Sessions of the application's role. Nothing connects before the first one is used."""
    return session_factory(database_engine(settings.database_url, pool_size=pool_size))


def vault_of(
    settings: ServiceSettings, service: str, *, remembers: timedelta = timedelta(0)
) -> CaseVault | None:
    """The vault of a line; None for a service without case texts."""
    if not settings.keys_database_url:
        return None
    keys = session_factory(database_engine(settings.keys_database_url))
    return CaseVault(keys, decode_key(settings.master_key), service, remembers=remembers)


def rules_of(settings: ServiceSettings) -> OutboxRules:
    return OutboxRules(lease=settings.outbox_lease, claim=settings.outbox_claim)


def answers_of(settings: ServiceSettings) -> StoredAnswers:
    return StoredAnswers(decode_key(settings.master_key))


def desk_of(settings: ServiceSettings, service: str, roles: Roles, sessions: Sessions) -> StaffDesk:
    """The door of a service, for its staff and for clients with an API key."""
    return StaffDesk(
        service=service,
        origin=settings.public_url,
        sessions=sessions,
        roles=roles,
        master_key=decode_key(settings.master_key),
        idle=settings.session_idle,
        clients=ClientDesk(sessions),
    )


def verifier_of(settings: ServiceSettings, service: str) -> TokenVerifier:
    return TokenVerifier(service, settings.trusted_issuers)


def signer_of(settings: ServiceSettings, service: str) -> TokenSigner:
    return TokenSigner(service, settings.token_key)
