"""Why a picture is not taken; each with a stable code, none with anything of the picture."""

from typing import ClassVar


class ImageRefused(Exception):
    """A picture that is not hashed or shown; `code` is stable."""

    code: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.code)


class ImageUnreadable(ImageRefused):
    """Truncated, damaged, or not a picture at all."""

    code = "image_unreadable"


class ImageTooLarge(ImageRefused):
    """Over a limit of bytes, pixels, sides or frames, or of memory or time to decode."""

    code = "image_too_large"


class UnsupportedImage(ImageRefused):
    """A picture or document of a format that is not decoded."""

    code = "unsupported_media_type"


class WorkerUnavailable(Exception):
    """The isolated worker cannot be started or has no room; the picture was not looked at."""
