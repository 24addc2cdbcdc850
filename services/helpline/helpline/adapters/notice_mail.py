"""A removal notice as an e-mail for a person at a provider, in Dutch and English."""

from collections.abc import Callable, Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path

from shared.domain.mailbox import is_mailbox
from shared.platform.mail import Mailer
from shared.ui.translations import load_translations, phrase

from helpline.domain.provider import NoticeRoute
from helpline.domain.removal_notice import LegalGround, MailOutcome, NoticeLetter

_HELPLINE_FOLDER = Path(__file__).parents[1]
LANGUAGES = ("nl", "en")
_BETWEEN = "\n\n* * *\n\n"

# source: research "Legal basis registry"; Dutch names of the provisions, so that a lawyer finds
# them.
GROUND_NAMES: Mapping[LegalGround, str] = {
    LegalGround.AW_21: phrase("article 21 Auteurswet: right to one's image"),
    LegalGround.AW_20: phrase("article 20 Auteurswet: portrait made on commission"),
    LegalGround.SR_254BA: phrase("article 254ba Sr: misuse of sexual images"),
    LegalGround.SR_252: phrase("article 252 Sr: sexual images of a minor"),
    LegalGround.SR_251: phrase("article 251 Sr: sexual approach of a minor"),
    LegalGround.SR_318: phrase("article 318 Sr: blackmail with a secret or with slander"),
    LegalGround.SR_285D: phrase("article 285d Sr: doxing"),
    LegalGround.SR_284: phrase("article 284 Sr: coercion"),
    LegalGround.SR_285: phrase("article 285 Sr: threat"),
    LegalGround.SR_285B: phrase("article 285b Sr: stalking"),
    LegalGround.SR_261: phrase("articles 261 and 262 Sr: slander and libel"),
    LegalGround.SR_266: phrase("article 266 Sr: insult"),
    LegalGround.SR_326: phrase("article 326 Sr: fraud"),
    LegalGround.SR_138AB: phrase("article 138ab Sr: unlawful entry into a computer"),
    LegalGround.SR_231B: phrase("article 231b Sr: identity fraud"),
    LegalGround.AVG_17: phrase("articles 6 and 17 GDPR: no ground to process, right to erasure"),
}

SUBJECT = phrase("Notice %(reference)s: request to remove content")
_OPENING = phrase("To %(provider)s,")
_BASIS: Mapping[NoticeRoute, str] = {
    NoticeRoute.ARTICLE_22: phrase(
        "The helpline of Offlimits is a trusted flagger, designated by the Netherlands Authority "
        "for Consumers and Markets. This is a notice under articles 16 and 22 of the Digital "
        "Services Act: please decide with priority and without undue delay."
    ),
    NoticeRoute.ARTICLE_16: phrase(
        "The helpline of Offlimits sends you a notice of illegal content under article 16 of the "
        "Digital Services Act."
    ),
    NoticeRoute.TERMS: phrase(
        "The helpline of Offlimits asks you to look at content that goes against your own rules."
    ),
}
_REQUEST = phrase(
    "Please remove the content at the addresses below, or make it inaccessible, and keep what the "
    "police may need."
)
_GROUNDS = phrase("What it breaks, in Dutch law:")
_ADDRESSES = phrase("Where it stands, exactly:")
_REASONS = phrase("Why:")
_GOOD_FAITH = phrase(
    "We believe in good faith that what this notice says is right and complete (article 16(2)(d))."
)
_ANSWER = phrase(
    "Please confirm that you have it, and tell us what you decide about each address and where one "
    "can object. Answer this mail and keep the reference %(reference)s in the subject."
)
_DISCRETION = phrase(
    "Please do not tell whoever posted it that this notice exists, or who sent it, unless the law "
    "requires it: that can put somebody in danger."
)
_CLOSING = phrase("Helpline of Offlimits")
_AFTER = (_GOOD_FAITH, _ANSWER, _DISCRETION, _CLOSING)


class NoticeMail:
    """`sender` is the mailbox of the helpline, which reads the answers."""

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
        message["Subject"] = _say(LANGUAGES[0])(SUBJECT) % {"reference": letter.reference}
        message["Date"] = letter.written_at
        message["Message-ID"] = letter.message_id
        message.set_content(body_of(letter), cte="quoted-printable")
        return message


class NullNoticeMail:
    """Sends nothing and says that nobody took it."""

    def send(self, letter: NoticeLetter) -> MailOutcome:
        return MailOutcome.REFUSED


def body_of(letter: NoticeLetter) -> str:
    """The whole text: what is always said in each language, what was typed once."""
    said = _BETWEEN.join(_before(letter, language) for language in LANGUAGES)
    heading = " / ".join(_say(language)(_ADDRESSES) for language in LANGUAGES)
    addresses = [f"{n}. {address}" for n, address in enumerate(letter.addresses, start=1)]
    why = " / ".join(_say(language)(_REASONS) for language in LANGUAGES)
    closing = _BETWEEN.join(_after(letter, language) for language in LANGUAGES)
    middle = "\n".join([heading, *addresses]), f"{why}\n{letter.reasons}"
    return "\n\n".join([said, *middle, closing]) + "\n"


def _before(letter: NoticeLetter, language: str) -> str:
    say = _say(language)
    facts = {"provider": " ".join(letter.provider.split())}
    texts = [say(_OPENING) % facts, say(_BASIS[letter.route]), say(_REQUEST)]
    if letter.grounds:
        names = [f"- {say(GROUND_NAMES[ground])}" for ground in letter.grounds]
        texts.append("\n".join([say(_GROUNDS), *names]))
    return "\n\n".join(texts)


def _after(letter: NoticeLetter, language: str) -> str:
    say = _say(language)
    return "\n\n".join(say(text) % {"reference": letter.reference} for text in _AFTER)


@cache
def _say(language: str) -> Callable[[str], str]:
    return load_translations(language, [_HELPLINE_FOLDER]).gettext
