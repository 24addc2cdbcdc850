"""A mail server that keeps what it receives as files and can fail in the ways that matter."""

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.ports import free_port

ACCEPTED = "250 Message accepted"
NOT_NOW = "451 Try again later"
NEVER = "550 No such recipient"


@dataclass
class Failures:
    """How many of the next messages fail, by kind."""

    hang_up_after_data: int = 0  # accepted and kept, but the sender never hears of it
    not_now: int = 0
    never: int = 0


class MailServer:
    """Keeps every accepted message in `folder`, numbered in the order of arrival."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.failures = Failures()
        self._count = len(list(folder.glob("*.eml")))
        self.port = port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        self._controller.stop()

    def messages(self) -> list[EmailMessage]:
        return received(self.folder)

    def count(self, message_id: str) -> int:
        """How often a message arrived: more than once is a physical repeat."""
        return sum(message["Message-ID"] == message_id for message in self.messages())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.failures.not_now:
            self.failures.not_now -= 1
            return NOT_NOW
        if self.failures.never:
            self.failures.never -= 1
            return NEVER
        self._keep(envelope)
        if self.failures.hang_up_after_data:
            self.failures.hang_up_after_data -= 1
            if server.transport:
                server.transport.close()
        return ACCEPTED

    def _keep(self, envelope: Envelope) -> None:
        self._count += 1
        content = envelope.content or b""
        unfinished = self.folder / f"{self._count:05}.unfinished"
        unfinished.write_bytes(content if isinstance(content, bytes) else content.encode())
        unfinished.rename(unfinished.with_suffix(".eml"))


def received(folder: Path) -> list[EmailMessage]:
    """The messages a mail server kept, oldest first; also for another process."""
    policy = email.policy.default
    return [
        email.message_from_bytes(path.read_bytes(), policy=policy)
        for path in sorted(folder.glob("*.eml"))
    ]
