"""What the helpline needs from outside its own database; adapters implement it.

Every method may raise Unavailable, and is called outside any transaction.
"""

from typing import Protocol

from helpline.domain.removal_notice import MailOutcome, NoticeLetter


class NoticeMailer(Protocol):
    def send(self, letter: NoticeLetter) -> MailOutcome:
        """Mail a letter once. Unavailable says the same as LATER: it surely was not taken."""
        ...
