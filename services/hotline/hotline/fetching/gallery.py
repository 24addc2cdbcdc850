"""Showing a sealed picture, always through the image worker and never as it came."""

import asyncio
from uuid import UUID

from imaging import RENDERED_MEDIA_TYPE, ImageRefused, Profile, WorkerUnavailable
from shared.domain.errors import Invalid, Unavailable

from hotline.domain.fetch import Picture
from hotline.fetching.image_worker import ImageWorker
from hotline.fetching.sealed_imagery import SealedImagery


class Gallery:
    def __init__(self, imagery: SealedImagery, worker: ImageWorker) -> None:
        self._imagery = imagery
        self._worker = worker

    async def show(self, imagery_id: UUID, profile: Profile) -> Picture:
        """Raises NotFound `imagery_gone`: it can be fetched again and compared by its hashes."""
        content = await self._imagery.open(imagery_id)
        try:
            shown = await asyncio.to_thread(self._worker.render, content, profile)
        except ImageRefused as refused:
            raise Invalid(refused.code) from None
        except WorkerUnavailable:
            raise Unavailable("image_worker_unavailable") from None
        return Picture(shown, RENDERED_MEDIA_TYPE)

    async def forget(self, imagery_id: UUID) -> None:
        await self._imagery.forget(imagery_id)
