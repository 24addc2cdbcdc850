"""What a line takes from and tells the gateway about an anonymous conversation.

The secret goes in bodies only, never in an address. It is 256 random bits, base64url; the line
stores its SHA-256. Whoever has it is the visitor; there is no other way in.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, Strict

from shared.contracts.contract import Contract, Identifier, Instant
from shared.domain.conversation import LONGEST_MESSAGE, Author, ClosedBy, ConversationState
from shared.domain.handover import HandoverScope

Secret = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{43}$")]
Language = Annotated[str, Field(pattern="^(nl|en)$")]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE)]
# The number of a message, or 0 before the first; what the database can store.
MessageNumber = Annotated[int, Field(ge=0, le=2**31 - 1)]
# Who follows a conversation hears something at least so often, in seconds: news, or an empty line.
LONGEST_SILENCE = 20


class ChatStart(Contract):
    """Nothing is mandatory but the language the person reads.

    `handover` is the secret of a hand-over that another line made and the person agreed to;
    `return_code` is what an earlier conversation gave them.
    """

    language: Language = "nl"
    topic: Annotated[str, Field(pattern="^[a-z_]{0,40}$")] = ""
    handover: Secret | None = None
    return_code: Annotated[str, Field(max_length=64)] = ""


class Admission(StrEnum):
    WAITING = "waiting"
    CLOSED = "closed"
    FULL = "full"


class ChatStarted(Contract):
    """`secret` is empty unless the person waits now. A closed line is an answer, not an error."""

    admission: Annotated[Admission, Strict(strict=False)]
    secret: str = ""
    opens_at: Instant | None = None


class ChatSend(Contract):
    """`client_id` is made by the sender: the same again is the same message."""

    secret: Secret
    client_id: Identifier
    text: Text


class ChatSent(Contract):
    seq: int


class ChatQuestion(Contract):
    """What is new after message `after_seq` and since the state that `known` names."""

    secret: Secret
    after_seq: MessageNumber = 0
    known: Annotated[str, Field(max_length=64)] = ""


class ChatMessage(Contract):
    seq: int
    client_id: Identifier
    author: Annotated[Author, Strict(strict=False)]
    text: str
    sent_at: Instant


class HandoverOffer(Contract):
    """What the person is asked. `summary` is the text that would go along, to be read first.

    `link` is the secret with which the other line knows them, once they agreed.
    """

    id: Identifier
    line: str
    scope: Annotated[HandoverScope, Strict(strict=False)]
    summary: str = ""
    link: str = ""


class ChatNews(Contract):
    """The whole state with the messages after `after_seq`, so that nothing can be missed.

    `known` names this state without its messages. `position` is 1 for who is next; the wait is
    a range of minutes, or none when too few people were helped lately to say.
    """

    state: Annotated[ConversationState, Strict(strict=False)]
    known: str
    last_seq: int
    messages: list[ChatMessage]
    position: int | None = None
    wait_from: int | None = None
    wait_to: int | None = None
    closed_by: Annotated[ClosedBy, Strict(strict=False)] | None = None
    handover: HandoverOffer | None = None


class ChatLeave(Contract):
    """`by_exit` tells leaving by the exit button from ending the conversation."""

    secret: Secret
    by_exit: bool = False


class ChatConsent(Contract):
    secret: Secret
    handover_id: Identifier
    agrees: bool


class ChatSecret(Contract):
    secret: Secret


class ReturnCode(Contract):
    """Shown once; only its slow hash is kept."""

    code: str


class Done(Contract):
    """Nothing more to say."""

    done: bool = True


class OpenInterval(Contract):
    since: Instant
    until: Instant


class ChatDesk(Contract):
    """Whether somebody can be reached by chat, when, and how many wait."""

    is_open: bool
    is_staffed: bool
    waiting: int
    closes_at: Instant | None
    opens_at: Instant | None
    hours: list[OpenInterval]
    wait_from: int | None = None
    wait_to: int | None = None


class HandoverContent(Contract):
    """The event `handover.consented`: what the person agreed to, and not a byte more.

    `link_hash` is the SHA-256 (hex) of the secret with which they come; `summary` and
    `transcript` are empty unless the scope names them.
    """

    language: Language
    topic: Annotated[str, Field(pattern="^[a-z_]{0,40}$")] = ""
    scope: Annotated[HandoverScope, Strict(strict=False)]
    link_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    consent_text_version: int
    consented_at: Instant
    summary: str = ""
    transcript: list[ChatMessage] = Field(default_factory=list)
