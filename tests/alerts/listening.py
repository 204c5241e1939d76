"""A service on this machine that hears notices and pings, and answers as a test says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass
class Listener:
    """What was heard: the path and the JSON body of each request, in order.

    `answers` gives the status for a path; `meanwhile` is called before it is given.
    """

    port: int = 0
    heard: list[tuple[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: Callable[[str], int] = lambda _path: 200
    meanwhile: Callable[[], None] = lambda: None

    def route(self, name: str = "") -> str:
        """Give an address for apprise."""
        return f"json://127.0.0.1:{self.port}/{name}"

    def titles(self) -> list[str]:
        return [body["title"] for _, body in self.heard]

    def paths(self) -> list[str]:
        return [path for path, _ in self.heard]


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on a free port of this machine."""
    listener = Listener()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            body = orjson.loads(self.rfile.read(size)) if size else None
            listener.heard.append((self.path, body))
            listener.headers.append({name.lower(): value for name, value in self.headers.items()})
            listener.meanwhile()
            status = listener.answers(self.path)
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the library's name

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    listener.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
