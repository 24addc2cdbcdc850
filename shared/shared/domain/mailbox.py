"""What can be the address of one mailbox, for what is sent to people outside."""

import re

# source: RFC 5321, 4.5.3.1.3 without its brackets, and 4.1.2: a Dot-string at a Domain.
LONGEST_MAILBOX = 254
MAILBOX = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9-]+\.)+[a-z0-9-]+",
    re.I | re.ASCII,
)


def is_mailbox(text: str) -> bool:
    """Whether a text is the address of one mailbox and nothing else."""
    return len(text) <= LONGEST_MAILBOX and MAILBOX.fullmatch(text) is not None
