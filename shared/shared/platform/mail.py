"""Sending e-mail, and knowing as exactly as SMTP allows whether it was taken.

Once a server said that it has a message, nothing that goes wrong afterwards changes that.
"""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit

from shared.domain.errors import Unavailable

CONNECT_SECONDS = 10.0
_NOT_YET = 400
_PERMANENT = range(500, 600)


class MailOutcome(StrEnum):
    """ACCEPTED by the receiving server, REFUSED for good, or UNCERTAIN: it broke off after DATA."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class MailReceipt:
    """`status` is the SMTP reply code (RFC 5321), 0 when there was none."""

    outcome: MailOutcome
    status: int = 0


class Mailer(Protocol):
    def send(self, message: EmailMessage) -> MailReceipt:
        """Hand a message with its own Message-ID to the server.

        Raises Unavailable when it certainly was not taken and may be tried again.
        """
        ...


class NullMailer:
    """Takes every message and sends none: for a process that must not mail."""

    def send(self, message: EmailMessage) -> MailReceipt:
        return MailReceipt(MailOutcome.ACCEPTED)


class SmtpMailer:
    """Sends through one server: `smtp://host:port`, `smtps://user:password@host:port`."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        if self._url.scheme not in {"smtp", "smtps"} or not self._url.hostname:
            raise ValueError("an SMTP address is smtp://host:port or smtps://host:port")
        if self._url.scheme == "smtp" and self._url.username:
            raise ValueError("a password is sent over smtps:// only")

    def send(self, message: EmailMessage) -> MailReceipt:
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException):
            raise Unavailable("mail_server_unavailable") from None
        try:
            return _deliver(server, message)
        finally:
            _leave(server)

    def _connect(self) -> smtplib.SMTP:
        host, port = str(self._url.hostname), self._url.port or 25
        server: smtplib.SMTP
        if self._url.scheme == "smtps":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(host, port, timeout=CONNECT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=CONNECT_SECONDS)
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server


def _deliver(server: smtplib.SMTP, message: EmailMessage) -> MailReceipt:
    """Before DATA nothing was taken; once its content is under way only a reply can tell."""
    try:
        server.ehlo_or_helo_if_needed()
        for code, _ in (server.mail(str(message["From"])), server.rcpt(str(message["To"]))):
            if code >= _NOT_YET:
                return _refused(code)
    except (OSError, smtplib.SMTPException):
        raise Unavailable("mail_server_unavailable") from None
    try:
        code, _ = server.data(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
    except smtplib.SMTPDataError as error:
        return _refused(error.smtp_code)
    except (OSError, smtplib.SMTPException):
        return MailReceipt(MailOutcome.UNCERTAIN)
    return MailReceipt(MailOutcome.ACCEPTED, code) if code < _NOT_YET else _refused(code)


def _leave(server: smtplib.SMTP) -> None:
    """Politely, if it is still there; what it answers to that is of no account."""
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _refused(code: int) -> MailReceipt:
    if code in _PERMANENT:
        return MailReceipt(MailOutcome.REFUSED, code)
    raise Unavailable("mail_server_unavailable")
