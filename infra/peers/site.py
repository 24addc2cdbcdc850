"""The reported website: a page with generated pictures, which its owner can take down."""

from infra.peers.pictures import GALLERY, picture
from infra.peers.server import NOT_FOUND, Answer, LoopbackServer

HOST = "pictures.test"
PAGE_PATH = "/gallery"
PICTURES_PATH = "/pictures/"

GONE_BUT_POLITE = "<!doctype html><title>Sorry</title><h1>Sorry, nothing here any more</h1>"


class PicturesSite:
    """One page, its pictures, and what its owner does to them."""

    def __init__(self, port: int = 0) -> None:
        self.removed: set[str] = set()
        self.soft_404 = False
        self._server = LoopbackServer(self.respond, port)
        self.port = self._server.port

    def close(self) -> None:
        self._server.close()

    def address(self, path: str = PAGE_PATH) -> str:
        return f"http://{HOST}:{self.port}{path}"

    def picture_address(self, name: str) -> str:
        return self.address(PICTURES_PATH + name)

    def remove(self, name: str) -> None:
        """Take a picture down; the page no longer shows it. KeyError for an unknown name."""
        picture(name)
        self.removed.add(name)

    def respond(self, method: str, path: str) -> Answer:
        if method not in {"GET", "HEAD"}:
            return Answer(b"not allowed", "text/plain", 405)
        path = path.partition("?")[0]
        if path == PAGE_PATH:
            return Answer(self._page().encode(), "text/html; charset=utf-8")
        name = path.removeprefix(PICTURES_PATH)
        if path.startswith(PICTURES_PATH) and name in set(GALLERY) - self.removed:
            return Answer(picture(name), f"image/{'jpeg' if name.endswith('.jpg') else 'png'}")
        if self.soft_404:
            return Answer(GONE_BUT_POLITE.encode(), "text/html; charset=utf-8")
        return NOT_FOUND

    def _page(self) -> str:
        first, *rest = [PICTURES_PATH + name for name in GALLERY if name not in self.removed] or [
            ""
        ]
        images = [f'<img srcset="{first} 2x" alt="">'] if first else []
        images += [f'<img src="{path}" alt="">' for path in rest]
        return f"<!doctype html><title>Gallery</title><h1>Gallery</h1>{''.join(images)}"
