"""The link to the client page as an e-mail, in Dutch and English."""

from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from hashlib import sha256
from pathlib import Path

import structlog
from shared.platform.failure import code_of
from shared.platform.mail import Mailer
from shared.ui.translations import load_translations, phrase

from hashcheck.domain.access import Letter

FOLDER = Path(__file__).parents[1]
LANGUAGES = ("nl", "en")
BETWEEN = "\n\n* * *\n\n"
SUBJECT = phrase("Your link to the Hash Check Service")
OPENING = phrase("Somebody, probably you, asked for access to the Hash Check Service of Offlimits.")
SANDBOX = phrase("Open this link within an hour to get your sandbox key. It works once:")
PAGE = phrase("Open this link within an hour to see your page. It works once:")
NOT_YOU = phrase("Was it not you? Then you need not do anything: without the link nothing happens.")

log = structlog.get_logger()


class AccessMail:
    """`sender` is our own mailbox, `origin` where the pages are."""

    def __init__(self, mailer: Mailer, *, organisation: str, sender: str, origin: str) -> None:
        self._mailer = mailer
        self._organisation = organisation
        self._sender = sender
        self._origin = origin

    def send(self, letter: Letter) -> None:
        """Once; who gets nothing asks again. What went wrong is in the log without the mailbox."""
        try:
            self._mailer.send(self.compose(letter))
        except Exception as error:  # noqa: BLE001  nobody waits for it any more
            log.warning("mail_not_sent", code=code_of(error))

    def compose(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(self._organisation, addr_spec=self._sender)
        message["To"] = Address(addr_spec=letter.mailbox)
        message["Subject"] = _say(LANGUAGES[0])(SUBJECT)
        message["Date"] = letter.written_at
        name = sha256(letter.token.encode()).hexdigest()[:32]
        message["Message-ID"] = f"<{name}@{self._sender.rpartition('@')[2]}>"
        link = f"{self._origin}/connect/link/{letter.token}"
        texts = [_text(_say(language), link, letter) for language in LANGUAGES]
        message.set_content(BETWEEN.join(texts) + "\n", cte="quoted-printable")
        return message


def _text(say: Callable[[str], str], link: str, letter: Letter) -> str:
    asks = SANDBOX if letter.is_sandbox else PAGE
    return "\n\n".join([say(OPENING), say(asks), link, say(NOT_YOU)])


@cache
def _say(language: str) -> Callable[[str], str]:
    return load_translations(language, [FOLDER]).gettext
