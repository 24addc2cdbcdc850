"""Hashes of a sent picture, made in the isolated worker."""

from imaging import (
    ImageHashes,
    ImageTooLarge,
    ImageUnreadable,
    ImageWorker,
    UnsupportedImage,
    WorkerUnavailable,
)
from shared.contracts.hashcheck import CheckItem
from shared.domain.content_hash import HashType
from shared.domain.errors import Invalid, Unavailable, Unsupported


class PictureHasher:
    def __init__(self, worker: ImageWorker) -> None:
        self._worker = worker

    def items_of(self, content: bytes) -> list[CheckItem]:
        """All five hashes. Blocks for up to some seconds.

        Raises Invalid `image_unreadable` or `image_too_large`, Unsupported, Unavailable.
        """
        try:
            return check_items(self._worker.hash_image(content))
        except UnsupportedImage as refusal:
            raise Unsupported(refusal.code) from None
        except (ImageUnreadable, ImageTooLarge) as refusal:
            raise Invalid(refusal.code) from None
        except WorkerUnavailable:
            raise Unavailable("image_worker_unavailable") from None


class NullPictureHasher:
    """Takes no pictures."""

    def items_of(self, content: bytes) -> list[CheckItem]:
        raise Unavailable("image_worker_unavailable")


def check_items(hashes: ImageHashes) -> list[CheckItem]:
    """Each hash as it is asked for or proposed."""
    values = {
        HashType.MD5: hashes.md5,
        HashType.SHA1: hashes.sha1,
        HashType.SHA256: hashes.sha256,
        HashType.PHASH: hashes.phash,
        HashType.PDQ: hashes.pdq,
    }
    return [
        CheckItem(
            type=kind,
            value=value,
            quality=hashes.quality if kind is HashType.PDQ else None,
        )
        for kind, value in values.items()
    ]
