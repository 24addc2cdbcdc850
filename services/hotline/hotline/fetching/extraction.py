"""What a page shows: the addresses of its pictures, in the order in which they stand there.

Depth one: the page itself, its frames and its style sheets, and nothing a visitor would have to
click for, except links that plainly lead to a picture (a gallery of small ones does that).
Pictures written into the page as data: are not fetched, so they are not listed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from hotline.fetching import srcset
from hotline.fetching.refusal import NotRead
from hotline.fetching.target import parse_target

# Possessive, so that a hostile sheet costs time in proportion to its length and no more.
_CSS_URL = re.compile(r"""url\(\s*+(?:"([^"]*+)"|'([^']*+)'|([^'"()\s]*+))\s*+\)""", re.IGNORECASE)
_PICTURE_PATH = re.compile(r"\.(?:jpe?g|png|gif|webp)(?:$|\?)", re.IGNORECASE)

# A page is read no further than this: what a parser builds is many times as large.
MOST_PAGE_BYTES = 2 * 1024 * 1024
_MOST_NODES = 20_000


@dataclass(frozen=True, slots=True)
class PageContent:
    """Absolute http(s) addresses without fragments, each once, in document order."""

    title: str
    text: str
    pictures: tuple[str, ...]
    frames: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()


def read_page(content: bytes, address: str) -> PageContent:
    document = LexborHTMLParser(content[:MOST_PAGE_BYTES])
    base = _base(document, address)
    found: dict[str, list[str]] = {"picture": [], "frame": [], "sheet": [], "video": []}
    for node in islice(document.css(_SELECTOR), _MOST_NODES):
        for kind, raw in _seen_at(node):
            found[kind].append(raw)
    for gone in document.css("script, style, noscript, template"):
        gone.decompose()
    title = document.css_first("title")
    return PageContent(
        title=title.text(strip=True) if title else "",
        text=document.body.text(separator=" ", strip=True) if document.body else "",
        pictures=_absolute(found["picture"], base),
        frames=_absolute(found["frame"], base),
        sheets=_absolute(found["sheet"], base),
        videos=_absolute(found["video"], base),
    )


def read_sheet(content: bytes, address: str) -> tuple[str, ...]:
    """The addresses a style sheet paints with."""
    return _absolute(_css_addresses(content.decode("utf-8", "replace")), address)


def _base(document: LexborHTMLParser, address: str) -> str:
    element = document.css_first("base[href]")
    if element is None:
        return address
    try:
        return parse_target(element.attributes.get("href") or "", base=address).address
    except NotRead:
        return address


def _seen_at(node: LexborNode) -> Iterator[tuple[str, str]]:
    attributes = node.attributes
    if style := attributes.get("style"):
        yield from (("picture", raw) for raw in _css_addresses(style))
    if reader := _READERS.get(node.tag or ""):
        yield from reader(node, attributes)


def _image(_: LexborNode, attributes: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    # The data-* pair is how pictures are kept back until a visitor scrolls to them.
    for name in ("src", "data-src"):
        yield "picture", attributes.get(name) or ""
    for name in ("srcset", "data-srcset"):
        yield from (("picture", raw) for raw in srcset.addresses(attributes.get(name) or ""))


def _source(node: LexborNode, attributes: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    parent = node.parent.tag if node.parent else ""
    yield "video" if parent == "video" else "picture", attributes.get("src") or ""
    yield from (("picture", raw) for raw in srcset.addresses(attributes.get("srcset") or ""))


def _video(_: LexborNode, attributes: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    yield "picture", attributes.get("poster") or ""
    yield "video", attributes.get("src") or ""


def _frame(_: LexborNode, attributes: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    yield "frame", attributes.get("src") or ""


def _link(_: LexborNode, attributes: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    relations = (attributes.get("rel") or "").lower().split()
    if "stylesheet" in relations:
        yield "sheet", attributes.get("href") or ""
    elif "image_src" in relations:
        yield "picture", attributes.get("href") or ""


def _anchor(_: LexborNode, attributes: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    target = attributes.get("href") or ""
    if _PICTURE_PATH.search(target.partition("#")[0]):
        yield "picture", target


def _style(node: LexborNode, _: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    yield from (("picture", raw) for raw in _css_addresses(node.text()))


_READERS: dict[str, Callable[[LexborNode, dict[str, str | None]], Iterator[tuple[str, str]]]] = {
    "img": _image,
    "source": _source,
    "video": _video,
    "iframe": _frame,
    "frame": _frame,
    "link": _link,
    "a": _anchor,
    "style": _style,
}

_SELECTOR = ", ".join((*_READERS, "[style]"))


def _css_addresses(css: str) -> list[str]:
    return ["".join(match.groups("")) for match in _CSS_URL.finditer(css)]


def _absolute(raws: list[str], base: str) -> tuple[str, ...]:
    """What cannot be parsed or is no web address is left out; the door judges the rest."""
    absolute: dict[str, None] = {}
    for raw in raws:
        if not raw.strip():
            continue
        try:
            absolute[parse_target(raw, base=base).address] = None
        except NotRead:
            continue
    return tuple(absolute)
