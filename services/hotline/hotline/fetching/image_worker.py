"""What the fetcher asks of the isolated process that decodes pictures."""

import asyncio
from typing import Protocol

from imaging import ImageHashes, ImageRefused, Profile, WorkerUnavailable
from shared.domain.errors import Unavailable


class ImageWorker(Protocol):
    def hash_image(self, data: bytes) -> ImageHashes: ...

    def render(self, data: bytes, profile: Profile) -> bytes: ...


async def hash_or_none(worker: ImageWorker, content: bytes) -> ImageHashes | None:
    """None for bytes that begin like a picture and are not one that can be decoded.

    Raises Unavailable when there is no worker to ask.
    """
    try:
        return await asyncio.to_thread(worker.hash_image, content)
    except ImageRefused:
        return None
    except WorkerUnavailable:
        raise Unavailable("image_worker_unavailable") from None
