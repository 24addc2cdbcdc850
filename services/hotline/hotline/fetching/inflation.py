"""Reading a body within bounds, whatever its compression promises."""

import zlib
from collections.abc import AsyncIterator

from hotline.domain.fetch import FetchCode
from hotline.fetching.refusal import NotRead

MOST_BYTES = 10 * 1024 * 1024
MOST_RATIO = 100
# Small texts may well repeat themselves a hundred times; the ratio counts above this size.
RATIO_FREE_BYTES = 64 * 1024

# Gzip or zlib, recognised by its header. source: zlib manual, inflateInit2
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


class Inflation:
    """Inflates piece by piece and stops before a bomb takes memory."""

    def __init__(self, most_bytes: int) -> None:
        self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._most_bytes = most_bytes
        self._read = 0
        self._made = 0

    def feed(self, piece: bytes) -> bytes:
        self._read += len(piece)
        allowed = self._most_bytes - self._made + 1
        try:
            made = self._inflater.decompress(piece, allowed)
        except zlib.error:
            raise NotRead(FetchCode.BROKEN_ANSWER) from None
        self._made += len(made)
        if self._made > RATIO_FREE_BYTES and self._made > MOST_RATIO * self._read:
            raise NotRead(FetchCode.INFLATES_TOO_MUCH)
        if self._made > self._most_bytes:
            raise NotRead(FetchCode.TOO_LARGE)
        return made

    def finish(self) -> None:
        if self._read and not self._inflater.eof:
            raise NotRead(FetchCode.BROKEN_ANSWER)


def inflation_for(encodings: list[str], most_bytes: int) -> Inflation | None:
    """The decoder of a Content-Encoding; None for identity. More than one is refused."""
    names = [name.strip().lower() for value in encodings for name in value.split(",")]
    named = [name for name in names if name not in {"", "identity"}]
    if not named:
        return None
    if len(named) > 1 or named[0] not in {"gzip", "x-gzip", "deflate"}:
        raise NotRead(FetchCode.ENCODING_NOT_SUPPORTED)
    return Inflation(most_bytes)


async def read_bounded(
    pieces: AsyncIterator[bytes], inflation: Inflation | None, most_bytes: int
) -> bytes:
    content = bytearray()
    async for piece in pieces:
        content += inflation.feed(piece) if inflation else piece
        if len(content) > most_bytes:
            raise NotRead(FetchCode.TOO_LARGE)
    if inflation:
        inflation.finish()
    return bytes(content)
