"""The ledger of attempts that were not helped (H-03): rows, so that nobody is merely absent."""

from uuid import UUID

from sqlmodel import select

from shared.domain.conversation import Channel, MissedReason
from shared.platform.contact.tables import Conversation, MissedContact
from shared.platform.unit_of_work import UnitOfWork


def missed(
    work: UnitOfWork,
    channel: Channel,
    reason: MissedReason,
    *,
    within_opening: bool,
    conversation_id: UUID | None = None,
) -> MissedContact:
    """Write one down. The time is to the minute."""
    row = MissedContact(
        channel=channel,
        at=work.now.replace(second=0, microsecond=0),
        within_opening=within_opening,
        reason=reason,
        conversation_id=conversation_id,
    )
    work.session.add(row)
    return row


def recovered(work: UnitOfWork, earlier: Conversation) -> None:
    """The person of a missed conversation is back; the row stays and says so."""
    question = select(MissedContact).where(MissedContact.conversation_id == earlier.id)
    row = work.session.exec(question).one_or_none()
    if row is not None and row.recovered_at is None:
        row.recovered_at = work.now.replace(second=0, microsecond=0)
