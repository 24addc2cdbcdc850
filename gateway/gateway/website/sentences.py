"""What the website says: to a visitor about what was typed, and about how far a report is."""

from collections.abc import Mapping

from shared.contracts.hotline import ReportProgress
from shared.ui.translations import phrase

_NOT_AN_ADDRESS = phrase(
    "This is not a complete web address. For example: https://example.com/page."
)

SENTENCES: Mapping[str, str] = {
    "not_found": phrase("This page does not exist (any more). You have done nothing wrong."),
    "answer_missing": phrase("Choose an answer."),
    "addresses_missing": phrase("Fill in at least one web address."),
    "too_many_addresses": phrase(
        "At most 50 addresses fit in one report. Send the others in a second report."
    ),
    "address_too_long": phrase("One of the addresses is longer than 8,192 characters."),
    "note_too_long": phrase("Your explanation is too long. At most 4,000 characters fit."),
    "contradiction": phrase(
        "You chose to stay anonymous, but there is also an e-mail address. "
        "Remove the address, or choose that we may e-mail you."
    ),
    "contact_missing": phrase("Fill in your e-mail address, or choose to stay anonymous."),
    "bad_email": phrase("This is not a complete e-mail address. For example: name@example.com."),
    "bad_characters": phrase("There are characters in it that we cannot read."),
    "no_address": phrase("We see no web address in this line."),
    "scheme_not_supported": phrase(
        "We can only look at addresses that begin with http:// or https://."
    ),
    "onion_address": phrase(
        "This is an address on the dark web. We cannot look there; report it to the police."
    ),
    "userinfo_not_allowed": phrase(
        "There is a user name or password in this address. Leave that out."
    ),
    "body_too_large": phrase("That is too much for one report. Divide it over two reports."),
    "no_host": _NOT_AN_ADDRESS,
    "single_label": _NOT_AN_ADDRESS,
    "trailing_dot": _NOT_AN_ADDRESS,
    "empty_label": _NOT_AN_ADDRESS,
    "label_too_long": _NOT_AN_ADDRESS,
    "bad_host": _NOT_AN_ADDRESS,
    "not_sent": phrase("The hotline does not answer at the moment. Try again in a few minutes."),
    "in_flight": phrase("Your report is being sent right now. Try again in a moment."),
    "unsupported_media_type": phrase(
        "Pictures and other files must not be sent, not to us either. The web address is enough."
    ),
    "other_site": phrase("This form was sent from another website. Nothing was sent to us."),
    "bad_receipt_code": phrase("This code is not complete or has a typing error. Look once more."),
    "unknown_code": phrase("We do not know this code. Look once more at what you wrote down."),
    "status_unavailable": phrase(
        "We cannot look it up at the moment. Your report is safe. Try again in a few minutes."
    ),
    "message_empty": phrase("Write something first."),
    "message_too_long": phrase(
        "This is longer than 4,000 characters. Divide it over two messages."
    ),
    "bad_chat": phrase("Write something first, of at most 4,000 characters."),
    "conversation_ended": phrase("The conversation has ended already."),
    "chat_unknown": phrase("We do not know this conversation (any more)."),
    "slow_down": phrase("That was very often in a short time. Wait a few minutes and try again."),
}

PROGRESS: Mapping[ReportProgress, str] = {
    ReportProgress.RECEIVED: phrase("Your report is in. We have not looked at it yet."),
    ReportProgress.IN_PROGRESS: phrase("We are working on your report."),
    ReportProgress.ASSESSED: phrase("We have looked at everything you reported."),
    ReportProgress.HANDED_OVER: phrase("We have passed your report on to those who can act on it."),
}
