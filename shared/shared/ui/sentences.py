"""What each stable error code says to a person: what happened, what is kept, what to do."""

from collections.abc import Mapping

from shared.ui.translations import phrase

SENTENCES: Mapping[str, str] = {
    "malformed": phrase("We could not read what was sent. Go back and try again."),
    "not_authenticated": phrase("You are not signed in, or your session has ended. Sign in again."),
    "not_permitted": phrase("Your role does not allow this. Nothing was changed."),
    "not_found": phrase("This page does not exist, or not for your role."),
    "method_not_allowed": phrase("This address cannot be used in that way."),
    "conflict": phrase("That is not possible any more. Nothing was changed."),
    "stale": phrase(
        "Somebody else changed this while you were busy. Nothing of yours was saved. "
        "Open it again and look at what is new."
    ),
    "too_large": phrase("That is too much at once. Nothing was saved. Make it smaller."),
    "unsupported": phrase("We cannot read this kind of file or text."),
    "invalid": phrase("Something was not filled in correctly. Nothing was saved."),
    "too_many": phrase("That was very often in a short time. Wait a minute and try again."),
    "unavailable": phrase("Something we need does not answer now. Try again in a few minutes."),
    "form_expired": phrase(
        "This form was open for too long. Nothing was saved. Go back and try again."
    ),
    "foreign_form": phrase("This form came from another website. Nothing was saved."),
    "request_timeout": phrase("Sending took too long. Nothing was saved. Try again."),
    "wrong_credentials": phrase(
        "The name or the password is not right. Which of the two, we do not say."
    ),
    "wrong_code": phrase("The code is not right, or was used already. Wait for the next one."),
    "too_many_attempts": phrase("Too many attempts. Wait five minutes and try again."),
    "wrong_password": phrase("Your password now is not right. Nothing was changed."),
    "password_length": phrase("A password has 15 to 128 characters."),
    "password_too_guessable": phrase("This password is too easy to guess. Choose another one."),
    "password_the_same": phrase("This is the password you have now. Choose another one."),
    "name_taken": phrase("This name is in use already. Choose another one."),
    "own_account": phrase("You cannot stop your own access. A colleague can."),
    "error": phrase("Something went wrong on our side. Nothing was saved. Try again."),
}
# What is told once after an act on a page that every service has.
TOLD: Mapping[str, str] = {
    "signed_out": phrase("You are signed out."),
    "session_ended": phrase("That session has ended."),
    "password_changed": phrase("Your password is changed. Sign in with the new one."),
    "account_disabled": phrase("The account has no access any more."),
}
TITLES: Mapping[int, str] = {
    401: phrase("Sign in again"),
    403: phrase("Not allowed"),
    404: phrase("Not found"),
    409: phrase("Not possible any more"),
    412: phrase("Changed in the meantime"),
    429: phrase("Just a moment"),
    503: phrase("Try again in a moment"),
}
UNKNOWN_TITLE = phrase("That did not work")

# What is said of a code that has no sentence of its own.
GENERAL_CODES: Mapping[int, str] = {
    400: "malformed",
    401: "not_authenticated",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    409: "conflict",
    412: "stale",
    413: "too_large",
    415: "unsupported",
    422: "invalid",
    429: "too_many",
    431: "malformed",
    503: "unavailable",
}


def sentence_of(code: str, own: Mapping[str, str], status: int = 500) -> str:
    """The English sentence of a code; the face's own come first, the general one last."""
    general = SENTENCES[GENERAL_CODES.get(status, "error")]
    return own.get(code) or SENTENCES.get(code) or general
