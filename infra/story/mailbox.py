"""What a hosting company finds in its mailbox: notices with their machine-readable parts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from infra.peers.mail_server import received

XARF_NAME = "xarf-"


@dataclass(frozen=True)
class ReceivedNotice:
    """A notice mail as it arrived; `reports` are its XARF attachments by reference."""

    message_id: str
    recipient: str
    subject: str
    text: str
    reports: dict[str, dict[str, Any]]

    @property
    def addresses(self) -> list[str]:
        return [str(report["url"]) for report in self.reports.values()]


def received_notices(folder: Path) -> list[ReceivedNotice]:
    """Every notice that arrived, physical repeats included, oldest first."""
    return [_notice(message) for message in received(folder)]


def notice_about(folder: Path, address: str) -> ReceivedNotice | None:
    """The first notice that names this address."""
    return next((n for n in received_notices(folder) if address in n.addresses), None)


def _notice(message: EmailMessage) -> ReceivedNotice:
    body = message.get_body(("plain",))
    return ReceivedNotice(
        message_id=str(message["Message-ID"]),
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        text=str(body.get_content()) if body else "",
        reports=dict(_xarf_reports(message)),
    )


def _xarf_reports(message: EmailMessage) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in message.iter_attachments():
        name = part.get_filename() or ""
        if name.startswith(XARF_NAME):
            reference = name.removeprefix(XARF_NAME).removesuffix(".json")
            yield reference, json.loads(part.get_content())
