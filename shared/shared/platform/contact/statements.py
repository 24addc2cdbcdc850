"""What every message asks of the database, as statements that are built once.

To build such a statement anew, and to make objects of what it finds that know what was changed in
them, takes several times as long as PostgreSQL needs to answer.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Table, and_, bindparam, func, insert, select, update
from sqlmodel import Session

from shared.domain.conversation import Author, ClosedBy, ConversationState
from shared.domain.handover import HandoverState
from shared.platform.contact.signals import CHANNEL
from shared.platform.contact.tables import Conversation, Handover, Message

# A visitor is shown these; the other states of a hand-over are nothing to them.
SHOWN = frozenset({HandoverState.PROPOSED, HandoverState.CONSENTED})

_CONVERSATION: Table = Conversation.__table__  # type: ignore[attr-defined]
_MESSAGE: Table = Message.__table__  # type: ignore[attr-defined]
_HANDOVER: Table = Handover.__table__  # type: ignore[attr-defined]
_OF = _CONVERSATION.c
_IN = _MESSAGE.c


class Place(NamedTuple):
    """Where the next message of a conversation goes; its row is locked."""

    id: UUID
    last_seq: int
    news: int
    worker_id: UUID | None
    ended_at: datetime | None


class Sealed(NamedTuple):
    """A message as it is stored; `id` is that of its row."""

    id: UUID
    seq: int
    client_id: UUID
    author: Author
    sent_at: datetime
    sealed_text: bytes


class Facts(NamedTuple):
    """A conversation at one moment. `is_asked`: there is a hand-over that the visitor is shown."""

    id: UUID
    secret_hash: bytes
    state: ConversationState
    visitor_seen_at: datetime
    worker_id: UUID | None
    closed_by: ClosedBy | None
    erased_at: datetime | None
    last_seq: int
    news: int
    is_asked: bool


_PLACE = select(*(_OF[name] for name in Place._fields)).with_for_update()
_PLACE_OF_SECRET = _PLACE.where(_OF.secret_hash == bindparam("secret_hash"))
_PLACE_OF_ID = _PLACE.where(_OF.id == bindparam("conversation"))

_SENT_BEFORE = select(
    func.max(_IN.seq).filter(_IN.client_id == bindparam("client")),
    func.count().filter(
        and_(_IN.author == Author.VISITOR, _IN.sent_at == bindparam("this_minute"))
    ),
).where(_IN.conversation_id == bindparam("conversation"))

_STORE = select(func.pg_notify(CHANNEL, bindparam("word"))).add_cte(
    insert(_MESSAGE)
    .values(
        conversation_id=bindparam("conversation"),
        **{name: bindparam(f"its_{name}") for name in Sealed._fields},
    )
    .cte("stored"),
    update(_CONVERSATION)
    .where(_OF.id == bindparam("conversation"))
    .values(
        last_seq=bindparam("its_seq"),
        visitor_seen_at=func.greatest(_OF.visitor_seen_at, bindparam("seen_at")),
    )
    .cte("counted"),
)

_IS_ASKED = (
    select(_HANDOVER.c.id)
    .where(_HANDOVER.c.conversation_id == _OF.id, _HANDOVER.c.state.in_(SHOWN))
    .exists()
)
_LOOK = (
    select(
        *(_OF[name] for name in Facts._fields[:-1]),
        _IS_ASKED,
        *(_IN[name].label(f"its_{name}") for name in Sealed._fields),
    )
    .select_from(_CONVERSATION)
    .outerjoin(_MESSAGE, and_(_IN.conversation_id == _OF.id, _IN.seq > bindparam("after_seq")))
    .where(_OF.id == bindparam("conversation"))
    .order_by(_IN.seq)
)


def place_of_secret(session: Session, secret_hash: bytes) -> Place | None:
    """Waits for whoever has the lock."""
    session.flush()
    found = session.execute(_PLACE_OF_SECRET, {"secret_hash": secret_hash}).one_or_none()
    return Place(*found) if found else None


def place_of_id(session: Session, conversation_id: UUID) -> Place | None:
    """Waits for whoever has the lock."""
    session.flush()
    found = session.execute(_PLACE_OF_ID, {"conversation": conversation_id}).one_or_none()
    return Place(*found) if found else None


def sent_before(
    session: Session, place: Place, client_id: UUID, this_minute: datetime
) -> tuple[int | None, int]:
    """The number of this message if it is here already; how many the visitor sent this minute."""
    asked = {"conversation": place.id, "client": client_id, "this_minute": this_minute}
    known, sent = session.execute(_SENT_BEFORE, asked).one()
    return known, sent


def store(session: Session, place: Place, message: Sealed, word: str) -> None:
    """Put the message in its place, and say `word` when this transaction commits.

    A visitor who writes is there: that is written down with it.
    """
    is_theirs = message.author is Author.VISITOR
    values: dict[str, Any] = {f"its_{name}": value for name, value in message._asdict().items()}
    values |= {"conversation": place.id, "word": word}
    session.execute(_STORE, values | {"seen_at": message.sent_at if is_theirs else None})


def look(
    session: Session, conversation_id: UUID, after_seq: int
) -> tuple[Facts, list[Sealed]] | None:
    """A conversation and what was said after number `after_seq`, in order, at one moment."""
    asked = {"conversation": conversation_id, "after_seq": after_seq}
    rows = session.execute(_LOOK, asked).all()
    if not rows:
        return None
    return Facts(*rows[0][: len(Facts._fields)]), [_sealed(row) for row in rows if row.its_id]


def _sealed(row: Row[Any]) -> Sealed:
    return Sealed(*row[len(Facts._fields) :])
