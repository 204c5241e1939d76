"""A doorbell on loopback, and the senders who ring it."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import httpx
import orjson
from standardwebhooks import Webhook

from engine.doorbell.app import Doorbell, make_app
from engine.doorbell.senders import Senders
from engine.doorbell.server import make_server
from engine.log import get_log, set_up_log
from engine.state.database import Database
from engine.state.migrations import prepare_database
from engine.state.rings import take_rung
from engine.state.shops import Feed
from engine.state.tables import RING_SEEN

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"new-secret-new-secret-new-secret").decode()
OLD_SECRET = "whsec_" + base64.b64encode(b"old-secret-old-secret-old-secret").decode()
FORGED = "whsec_" + base64.b64encode(b"not-secret-not-secret-not-secret").decode()
BEARER = "bearer-of-a-sender-that-cannot-sign"
HOOK = "/hooks/mirakl"


@dataclass
class HeldClock:
    """Stands still until it is moved."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def signed(
    body: bytes, message: str = "msg_1", at: datetime = NOW, *secrets: str
) -> dict[str, str]:
    """Give the headers of a sender that signs."""
    made = [Webhook(one).sign(message, at, body.decode()) for one in secrets or (SECRET,)]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(made),
        "content-type": "application/json",
    }


def bearing(secret: str = BEARER, content_type: str = "application/json") -> dict[str, str]:
    """Give the headers of a sender that cannot sign."""
    return {"authorization": f"Bearer {secret}", "content-type": content_type}


@dataclass
class Porch:
    """A doorbell that is served, and what came of ringing it."""

    doorbell: Doorbell
    clock: HeldClock
    log: StringIO
    port: int = 0
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    def post(self, body: object, headers: dict[str, str] | None = None) -> httpx.Response:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        given = bearing() if headers is None else headers
        return self.client.post(HOOK, content=content, headers=given)

    def sign(self, body: object, message: str = "msg_1") -> httpx.Response:
        content = orjson.dumps(body)
        return self.post(content, signed(content, message, self.clock.now()))

    def waiting(self) -> list[str]:
        with self.doorbell.database.transaction() as connection:
            feed, now = self.doorbell.feed, self.clock.now()
            return [one.order_key for one in take_rung(connection, feed, 100_000, now)]

    def seen(self) -> list[str]:
        with self.doorbell.database.transaction() as connection:
            return sorted(connection.execute(RING_SEEN.select()).scalars())


def make_porch(folder: Path) -> Porch:
    """Give a doorbell over a database in a folder, not served yet."""
    database = Database(f"sqlite:///{folder / 'ring.db'}", busy_seconds=0.1)
    prepare_database(database, NOW)
    clock, log = HeldClock(), StringIO()
    set_up_log("json", "debug", clock=clock, stream=log)
    senders = Senders([SECRET, OLD_SECRET], BEARER)
    doorbell = Doorbell(database, Feed("orders"), senders, clock, get_log("test"))
    return Porch(doorbell, clock, log)


@contextmanager
def serving(porch: Porch, **changed: object) -> Iterator[Porch]:
    """Serve a doorbell on loopback while the block runs."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        porch.port = int(listening.getsockname()[1])
        porch.doorbell = replace(porch.doorbell, **changed)  # type: ignore[arg-type]
        server = make_server(make_app(porch.doorbell), "127.0.0.1", porch.port)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        base = f"http://127.0.0.1:{porch.port}"
        with httpx.Client(base_url=base, trust_env=False) as client:
            porch.client = client
            yield porch
        server.should_exit = True
        thread.join(timeout=10)
        assert not thread.is_alive()
