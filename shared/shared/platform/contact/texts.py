"""Sealing of messages: padded, so that their stored length tells little about what was said."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts.chat import ChatMessage
from shared.platform.contact.statements import Sealed
from shared.platform.contact.tables import Message
from shared.platform.unit_of_work import UnitOfWork

COLUMN = "message.text"
# At most eight sizes for messages of usual length (SEC-P6).
STEP = 512
END = "\x80"


def seal_message(work: UnitOfWork, conversation_id: UUID, message_id: UUID, text: str) -> bytes:
    return work.vault.seal(conversation_id, COLUMN, message_id, padded(text))


def open_messages(
    work: UnitOfWork, conversation_id: UUID, rows: Sequence[Message | Sealed]
) -> list[ChatMessage]:
    """In the order given. Raises NotFound when the key was destroyed."""
    opened = work.vault.open_many(
        conversation_id, [(COLUMN, row.id, row.sealed_text) for row in rows]
    )
    return [
        ChatMessage(
            seq=row.seq,
            client_id=row.client_id,
            author=row.author,
            text=unpadded(text),
            sent_at=row.sent_at,
        )
        for row, text in zip(rows, opened, strict=True)
    ]


def padded(text: str) -> str:
    """The text, an end mark that cannot be typed, and spaces up to a multiple of 512 bytes."""
    marked = text + END
    missing = -len(marked.encode()) % STEP
    return marked + " " * missing


def unpadded(text: str) -> str:
    return text[: text.rindex(END)]
