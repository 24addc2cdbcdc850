"""Which language a request is answered in: never from a cookie, never from a query."""

from fastapi import Request

from shared.ui.translations import FIRST_LANGUAGE, LANGUAGES

ENGLISH_PREFIX = "/en"


def language_of_path(request: Request) -> str:
    """Public pages: English under /en, Dutch everywhere else."""
    path = request.url.path
    return "en" if path == ENGLISH_PREFIX or path.startswith(f"{ENGLISH_PREFIX}/") else "nl"


def language_of_staff(request: Request) -> str:
    """Staff pages: the language of the account, else the first one the browser asks for."""
    chosen: str = getattr(request.state, "language", "")
    return chosen if chosen in LANGUAGES else preferred_language(request)


def preferred_language(request: Request) -> str:
    """The first language of Accept-Language that we have; weights are in order in practice."""
    for entry in request.headers.get("accept-language", "").split(","):
        language = entry.split(";")[0].strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return FIRST_LANGUAGE


def with_language(path: str, request: Request, language: str) -> str:
    """`path` within the language that the address of the request itself names, if it does."""
    if language == "en" and language_of_path(request) == "en":
        return ENGLISH_PREFIX + path
    return path


def other_language_path(request: Request) -> str:
    """The address of the same public page in the other language."""
    path = request.url.path
    if language_of_path(request) == "en":
        return path.removeprefix(ENGLISH_PREFIX) or "/"
    return ENGLISH_PREFIX + path


def other_language_home(request: Request) -> str:
    """Where the public pages of the other language begin."""
    return "/" if language_of_path(request) == "en" else f"{ENGLISH_PREFIX}/"
