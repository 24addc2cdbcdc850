"""The words of conversations on staff pages."""

from collections.abc import Mapping

from shared.ui.translations import phrase

WEEKDAYS = (
    phrase("Monday"),
    phrase("Tuesday"),
    phrase("Wednesday"),
    phrase("Thursday"),
    phrase("Friday"),
    phrase("Saturday"),
    phrase("Sunday"),
)

CONTACT_WORDS: Mapping[str, str] = {
    "waiting": phrase("waits"),
    "offered": phrase("offered"),
    "active": phrase("in conversation"),
    "closed": phrase("ended"),
    "missed": phrase("not helped"),
    "visitor": phrase("visitor"),
    "worker": phrase("you"),
    "system": phrase("automatic"),
    "exit_button": phrase("left by the exit button"),
    "timeout": phrase("away for too long"),
    "none": phrase("nothing"),
    "summary": phrase("a summary"),
    "transcript": phrase("the conversation"),
    "hotline": phrase("Hotline"),
    "helpline": phrase("Helpline"),
    "prevention": phrase("Prevention line"),
    "left_queue": phrase("left the queue"),
    "left_before_answer": phrase("left before an answer"),
    "too_busy": phrase("too busy"),
    "queue_full": phrase("queue was full"),
    "closed_regular": phrase("outside opening hours"),
    "closed_short_staffed": phrase("closed, too few staff"),
    "call_not_answered": phrase("call not answered"),
    "caller_hung_up_waiting": phrase("hung up while waiting"),
    "offer_expired": phrase("offer ran out"),
    "technical_failure": phrase("technical failure"),
    "out_of_scope": phrase("not for this line"),
    "language": phrase("language"),
    "holiday": phrase("holiday"),
    "short_staffed": phrase("too few staff"),
    "training": phrase("training"),
    "failure": phrase("failure"),
    "extra": phrase("extra hours"),
    "chat": phrase("chat"),
    "phone": phrase("telephone"),
    "email": phrase("e-mail"),
    "nl": phrase("Dutch"),
    "en": phrase("English"),
}

CONTACT_SENTENCES: Mapping[str, str] = {
    "present": phrase("You take conversations now."),
    "away": phrase("You are away. Nobody new is given to you."),
    "nobody_waits": phrase("Nobody is waiting now."),
    "conversation_closed": phrase("The conversation has ended. Write up what it was about."),
    "handover_proposed": phrase("The visitor is asked. You see here what they answer."),
    "opening_saved": phrase("Saved. The website shows it at once."),
    "not_yours": phrase("This conversation is not yours (any more). Nothing was sent."),
    "conversation_ended": phrase("The conversation has ended already. Nothing was sent."),
    "offered_to_other": phrase("A colleague is being asked already. Take another one."),
    "message_empty": phrase("Write something first. Nothing was sent."),
    "message_too_long": phrase("This is longer than 4,000 characters. Nothing was sent."),
    "bad_characters": phrase("There is a character in it that cannot be sent."),
    "unknown_line": phrase("This line cannot be handed over to."),
    "summary_missing": phrase("Write the summary that the visitor gets to read."),
    "handover_open": phrase("The visitor has been asked already."),
    "bad_interval": phrase("The end has to be after the beginning. Nothing was saved."),
    "bad_period": phrase("The last day has to be after the first. Nothing was saved."),
}


def contact_word(code: str) -> str:
    return CONTACT_WORDS.get(code, code)


# For the `context` of a face.
CONTACT_CONTEXT: Mapping[str, object] = {"contact_word": contact_word, "weekdays": WEEKDAYS}
