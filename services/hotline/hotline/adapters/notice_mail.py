"""A takedown notice as an e-mail: a text for a person, attachments for machines."""

from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from hashlib import sha256
from pathlib import Path

from shared.domain.mailbox import is_mailbox
from shared.platform.mail import Mailer
from shared.ui.formats import Formats
from shared.ui.translations import load_translations, phrase
from xarf import ContactInfo

from hotline.adapters.notice_attachment import XARF_VERSION, csv_table, xarf_report
from hotline.domain.takedown import MailOutcome, NoticeItem, NoticeLetter

_HOTLINE_FOLDER = Path(__file__).parents[1]

SUBJECT = phrase("Notice %(reference)s: please act before %(deadline)s")
_OPENING = phrase("To the abuse desk of %(hoster)s,")
_REASON = phrase(
    "The hotline of Offlimits assessed the material at the addresses below as images of child "
    "sexual abuse. Having and spreading it is a criminal offence in the Netherlands "
    "(%(legal_basis)s)."
)
_REQUEST = phrase(
    "Please make it inaccessible within 24 hours, at the latest on %(deadline)s (Amsterdam "
    "time). You need not look at the material, and should not copy or pass it on."
)
_ADDRESSES = phrase(
    "The addresses, written so that nobody opens them by accident (hxxp is http, [.] is a dot):"
)
_SEEN_ON = phrase("shown on")
_ATTACHED = phrase(
    "Attached are the same addresses as CSV and as XARF %(version)s reports, for your systems."
)
_ANSWER = phrase(
    "When it is done, or if this is not your network, answer this mail and keep the reference "
    "%(reference)s in the subject."
)
_CHECK = phrase(
    "We check whether the material is gone. If it is not, we may pass this notice on to the "
    "Authority for the Prevention of Online Terrorist Content and Child Sexual Abuse Material."
)
_CLOSING = phrase("Hotline of Offlimits")
_LETTER = (_OPENING, _REASON, _REQUEST, _ATTACHED, _ANSWER, _CHECK, _CLOSING)
_BETWEEN = "\n\n* * *\n\n"


class NoticeMail:
    """`sender` is the mailbox of the hotline, which reads the answers."""

    def __init__(self, mailer: Mailer, *, organisation: str, sender: str) -> None:
        self._mailer = mailer
        self._organisation = organisation
        self._sender = sender

    def send(self, letter: NoticeLetter) -> MailOutcome:
        """Mail a letter once. Raises Unavailable only when it surely was not taken."""
        if not is_mailbox(letter.recipient):
            # It cannot become one by trying again.
            return MailOutcome.REFUSED
        return MailOutcome(self._mailer.send(self.compose(letter)).outcome.value)

    def compose(self, letter: NoticeLetter) -> EmailMessage:
        """The same letter gives the same bytes; its recipient is a mailbox."""
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(self._organisation, addr_spec=self._sender)
        message["To"] = Address(addr_spec=letter.recipient)
        message["Subject"] = _subject(letter)
        message["Date"] = letter.written_at
        message["Message-ID"] = letter.message_id
        message.set_content(body_of(letter), cte="quoted-printable")
        message.add_attachment(
            csv_table(letter.items),
            maintype="text",
            subtype="csv",
            filename=f"{letter.reference}.csv",
        )
        for item in letter.items:
            message.add_attachment(
                xarf_report(letter, item, self._reporter()),
                maintype="application",
                subtype="json",
                filename=f"xarf-{item.reference}.json",
            )
        message.set_boundary(sha256(letter.message_id.encode()).hexdigest()[:40])
        return message

    def _reporter(self) -> ContactInfo:
        domain = self._sender.rpartition("@")[2]
        return ContactInfo(org=self._organisation, contact=self._sender, domain=domain)


class NullNoticeMail:
    """Sends nothing and says that nobody took it."""

    def send(self, letter: NoticeLetter) -> MailOutcome:
        return MailOutcome.REFUSED


def body_of(letter: NoticeLetter) -> str:
    """The text for a person, in each language of the letter; addresses are whole and defanged."""
    letters = [_paragraphs(letter, language) for language in letter.languages]
    headings = [_say(language)(_ADDRESSES) for language in letter.languages]
    shown_on = " / ".join(_say(language)(_SEEN_ON) for language in letter.languages)
    items = [_lines(item, shown_on) for item in letter.items]
    return "\n\n".join([_BETWEEN.join(letters), "\n".join(headings), *items]) + "\n"


def _paragraphs(letter: NoticeLetter, language: str) -> str:
    facts = {
        "reference": letter.reference,
        "hoster": " ".join(letter.hoster.split()) or letter.recipient,
        "legal_basis": letter.legal_basis,
        "deadline": _deadline(letter, language),
        "version": XARF_VERSION,
    }
    say = _say(language)
    return "\n\n".join(say(text) % facts for text in _LETTER)


@cache
def _say(language: str) -> Callable[[str], str]:
    return load_translations(language, [_HOTLINE_FOLDER]).gettext


def defanged(address: str) -> str:
    """Readable, but nothing that a mail program turns into a link."""
    scheme, separator, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return scheme.replace("tt", "xx", 1) + separator + host.replace(".", "[.]") + slash + path


def _subject(letter: NoticeLetter) -> str:
    """In the first language of the letter: reference and date are the same in all."""
    language = letter.languages[0]
    facts = {"reference": letter.reference, "deadline": _deadline(letter, language)}
    return _say(language)(SUBJECT) % facts


def _deadline(letter: NoticeLetter, language: str) -> str:
    return Formats(language).moment(letter.deadline_at)


def _lines(item: NoticeItem, seen_on: str) -> str:
    lines = [f"{item.reference}  {defanged(item.address)}"]
    if item.seen_on:
        pages = ", ".join(defanged(page) for page in item.seen_on)
        lines.append(f"    {seen_on}: {pages}")
    return "\n".join(lines)
