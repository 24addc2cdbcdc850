"""The reported website: pages with generated pictures, which their owner can take down.

The same gallery stands under every folder, `/gallery` and `/summer/gallery`, with pictures of its
own that can be taken down: `/pictures/…` and `/summer/pictures/…`.
"""

from infra.peers.pictures import GALLERY, picture
from infra.peers.server import NOT_FOUND, Answer, LoopbackServer

HOST = "pictures.test"
PAGE_PATH = "/gallery"
PICTURES_PATH = "/pictures/"

GONE_BUT_POLITE = "<!doctype html><title>Sorry</title><h1>Sorry, nothing here any more</h1>"


class PicturesSite:
    """`removed` are paths of pictures."""

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

    def remove(self, path: str) -> None:
        """Take down `<name>` or `<folder>/<name>`; its page no longer shows it.

        KeyError for an unknown name.
        """
        folder, _, name = path.rpartition("/")
        picture(name)
        self.removed.add(_path_of(folder, name))

    def respond(self, method: str, path: str) -> Answer:
        if method not in {"GET", "HEAD"}:
            return Answer(b"not allowed", "text/plain", 405)
        path = path.partition("?")[0]
        if path.endswith(PAGE_PATH):
            page = self._page(path.removesuffix(PAGE_PATH).strip("/"))
            return Answer(page.encode(), "text/html; charset=utf-8")
        folder, _, name = path.rpartition(PICTURES_PATH)
        if name in self._shown(folder.strip("/")):
            return Answer(picture(name), f"image/{'jpeg' if name.endswith('.jpg') else 'png'}")
        if self.soft_404:
            return Answer(GONE_BUT_POLITE.encode(), "text/html; charset=utf-8")
        return NOT_FOUND

    def _shown(self, folder: str) -> list[str]:
        return [name for name in GALLERY if _path_of(folder, name) not in self.removed]

    def _page(self, folder: str) -> str:
        first, *rest = [_path_of(folder, name) for name in self._shown(folder)] or [""]
        images = [f'<img srcset="{first} 2x" alt="">'] if first else []
        images += [f'<img src="{path}" alt="">' for path in rest]
        return f"<!doctype html><title>Gallery</title><h1>Gallery</h1>{''.join(images)}"


def _path_of(folder: str, name: str) -> str:
    return f"{'/' if folder else ''}{folder}{PICTURES_PATH}{name}"
