"""What bytes are, by their first bytes; the Content-Type of a site is not believed."""

PAGE = "text/html"

# source: WHATWG MIME Sniffing §6.1, for the kinds the image worker decodes
_PICTURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)

# source: WHATWG MIME Sniffing §3, the length of a resource header and "binary data byte"
_HEADER_BYTES = 1445
_BINARY = frozenset({*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})


def media_type(content: bytes) -> str:
    """A picture's media type, PAGE for anything that reads as text, otherwise empty."""
    for magic, name in _PICTURES:
        if content.startswith(magic):
            return name
    if content[:4] == b"RIFF" and content[8:14] == b"WEBPVP":
        return "image/webp"
    if not content.strip() or not _BINARY.isdisjoint(content[:_HEADER_BYTES]):
        return ""
    return "" if content.startswith((b"%PDF-", b"%!PS")) else PAGE


def is_picture(name: str) -> bool:
    return name.startswith("image/")
