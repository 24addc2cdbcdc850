"""The addresses in what somebody typed: made harmless, put in a sentence, several at once.

People write `hxxp://site[.]test` so that nobody clicks it by accident, and mail programs add
punctuation. What comes out is text for `web_address.parse_address`, which decides what is valid.
"""

import re

import tldextract

# The list shipped with the package: no live fetch, no cache on disk.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

# Invisible in every font, put in by copying from chats and documents.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

# Signs that make an address harmless, and what they stand for.
DEFANGED = (
    (re.compile(r"\bh\s?(?:xx|\*\*|tt|__)\s?p(s?)\s*(?=\[?:|:|\[)", re.I), r"http\1"),
    (re.compile(r"\s*[\[({]\s*(?:\.|dot|punt)\s*[\])}]\s*", re.I), "."),
    (re.compile(r"\s*[\[({]\s*:\s*//\s*[\])}]\s*"), "://"),
    (re.compile(r"\s*[\[({]\s*:\s*[\])}]\s*"), ":"),
    (re.compile(r"[\[({]\s*/\s*[\])}]"), "/"),
    (re.compile(r"(?<=\w)\s+(?:dot|punt)\s+(?=\w)", re.I), "."),
    (re.compile(r"\\\."), "."),
    (re.compile(r"\b(https?)\s*:\s*(?:[/\\]\s*){2}", re.I), r"\1://"),
    (re.compile(r"(?<=\w)\s+\.\s*(?=\w)"), "."),
)

_BREAKS = re.compile(r"[\s<>\"`|]+|,(?=\s*(?:hxxp|http))")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_HOST_AND_PORT = re.compile(r"(?:[^\s/:]+\.[^\s/:]+|localhost):\d{1,5}(?:[/?#]|$)", re.I)
_BARE_HOST = re.compile(r"[^\s/:?#@]+\.[^\s/:?#@]+")

OPENING = "([{<'\"«“‘"
CLOSING = {")": "(", "]": "[", "}": "{"}
TRAILING = ".,;:!?'\"»”’>*…"


def addresses_in(text: str) -> list[str]:
    """The addresses somebody typed, in order, repeats included, each with a scheme.

    A text that is one word is always one address, whatever it is; in a sentence only words count
    that have a scheme or a public domain name.
    """
    words = [_trimmed(word) for word in _BREAKS.split(_refanged(text))]
    words = [word for word in words if word]
    if len(words) == 1:
        return [_with_scheme(words[0])]
    return [_with_scheme(word) for word in words if _reads_as_address(word)]


def _refanged(text: str) -> str:
    # One space for each gap: the patterns would try every part of a long one.
    plain = " ".join(text.translate(INVISIBLE).split())
    for sign, meaning in DEFANGED:
        plain = sign.sub(meaning, plain)
    return plain


def _trimmed(word: str) -> str:
    """Without the punctuation of the sentence; a bracket that was opened in the word stays."""
    bare = word.lstrip(OPENING)
    surplus = {last: bare.count(last) - bare.count(opening) for last, opening in CLOSING.items()}
    end = len(bare)
    while end and (bare[end - 1] in TRAILING or surplus.get(bare[end - 1], 0) > 0):
        end -= 1
        if bare[end] in surplus:
            surplus[bare[end]] -= 1
    return bare[:end]


def _has_scheme(word: str) -> bool:
    return bool(_SCHEME.match(word)) and not _HOST_AND_PORT.match(word)


def _with_scheme(word: str) -> str:
    """A bare host is taken as https, as a browser would."""
    return word if _has_scheme(word) else f"https://{word.removeprefix('//')}"


def _reads_as_address(word: str) -> bool:
    if _has_scheme(word):
        return not word.endswith(":")
    host = _BARE_HOST.match(word)
    return host is not None and "@" not in word and bool(_suffixes(host.group()).suffix)
