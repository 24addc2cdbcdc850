"""A small HTTP server on a thread, for peers that answer from memory."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    body: bytes
    media_type: str
    status: int = 200


NOT_FOUND = Answer(b"not found", "text/plain", 404)
Respond = Callable[[str, str], Answer]  # method and path to answer


class LoopbackServer:
    """Answers on 127.0.0.1 from construction until `close`; port 0 takes a free one."""

    def __init__(self, respond: Respond, port: int = 0) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = respond(self.command, self.path)
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.media_type)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            do_HEAD = do_POST = do_GET  # noqa: N815  the parent asks for these names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Nothing: an address in a log is what the platform promises not to keep."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.daemon = True
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
