"""All peers together, with a port through which another process plays their owners.

`POST /__remove/<picture>` (or `<folder>/<picture>`) takes a picture down, `POST /__soft-404` makes
the site polite about what is gone, `POST /__forget-name/<host>` ends a name, and
`POST /__fail/<kind>` makes the next mail fail (a field of `Failures`).
"""

from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Self

from infra.peers.mail_server import Failures, MailServer
from infra.peers.names import NameServer
from infra.peers.registry import Registry
from infra.peers.server import NOT_FOUND, Answer, LoopbackServer
from infra.peers.site import HOST, PicturesSite

DONE = Answer(b"done", "text/plain")


@dataclass(frozen=True)
class PeerPorts:
    """Where each peer listens; 0 takes a free port."""

    site: int = 0
    control: int = 0
    names: int = 0
    registry: int = 0
    mail: int = 0


class Peers:
    def __init__(self, mail_folder: Path, ports: PeerPorts | None = None) -> None:
        ports = ports or PeerPorts()
        self.site = PicturesSite(ports.site)
        self.names = NameServer({HOST: "127.0.0.1"}, ports.names)
        self.registry = Registry(ports.registry)
        self.mail = MailServer(mail_folder, ports.mail)
        self._control = LoopbackServer(self.respond, ports.control)
        self.control_url = f"http://127.0.0.1:{self._control.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for peer in (self._control, self.mail, self.registry, self.names, self.site):
            peer.close()

    def respond(self, method: str, path: str) -> Answer:
        act, _, what = path.removeprefix("/__").partition("/")
        if method != "POST":
            return NOT_FOUND
        try:
            self._act(act, what)
        except KeyError:
            return NOT_FOUND
        return DONE

    def _act(self, act: str, what: str) -> None:
        """Raises KeyError for an act, picture, name or failure that there is not."""
        match act:
            case "remove":
                self.site.remove(what)
            case "soft-404":
                self.site.soft_404 = True
            case "forget-name":
                del self.names.addresses[what]
            case "fail" if what in {field.name for field in fields(Failures)}:
                failures = self.mail.failures
                setattr(failures, what, getattr(failures, what) + 1)
            case _:
                raise KeyError(act)
