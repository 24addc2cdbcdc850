"""What the gateway asks a line with conversations. Every method raises Unavailable."""

from collections.abc import AsyncGenerator
from uuid import UUID

from shared.contracts.chat import (
    ChatConsent,
    ChatDesk,
    ChatLeave,
    ChatNews,
    ChatQuestion,
    ChatSecret,
    ChatSend,
    ChatSent,
    ChatStart,
    ChatStarted,
    Done,
    ReturnCode,
)
from shared.platform.peer import AsyncPeer

from gateway.clients.line import LineClient


class ContactClient(LineClient):
    """`patient` follows on connections of its own: one for each who follows a conversation."""

    def __init__(self, peer: AsyncPeer, patient: AsyncPeer) -> None:
        super().__init__(peer)
        self._patient = patient

    async def desk(self) -> ChatDesk:
        """Open or not, how many wait, and the hours of the next days."""
        return await self._peer.get("/api/chat/desk", ChatDesk)

    async def start(self, wish: ChatStart, key: UUID) -> ChatStarted:
        """The same `key` again gives the same secret. Raises NotFound for an unknown code."""
        return await self._peer.post("/api/chat/start", wish, ChatStarted, idempotency_key=key)

    async def send(self, message: ChatSend) -> ChatSent:
        """Raises NotFound, Conflict `conversation_ended`, Invalid, TooMany."""
        return await self._peer.post("/api/chat/messages", message, ChatSent)

    async def news(self, question: ChatQuestion) -> ChatNews:
        """What is new now. Raises NotFound."""
        return await self._peer.post("/api/chat/news", question, ChatNews)

    def follow(self, question: ChatQuestion) -> AsyncGenerator[ChatNews, None]:
        """What is new, each time that something is, for some minutes. Raises NotFound."""
        return self._patient.stream("/api/chat/follow", question, ChatNews)

    async def leave(self, how: ChatLeave) -> Done:
        return await self._peer.post("/api/chat/leave", how, Done)

    async def consent(self, given: ChatConsent) -> Done:
        """Raises NotFound, Conflict when it was answered otherwise."""
        return await self._peer.post("/api/chat/consent", given, Done)

    async def return_code(self, asked: ChatSecret) -> ReturnCode:
        return await self._peer.post("/api/chat/return-code", asked, ReturnCode)
