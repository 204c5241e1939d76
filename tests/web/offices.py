"""An office: the page on a worker of the sandbox, with visitors of every role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import orjson
from pydantic import SecretStr
from sqlalchemy import text

from engine.commands.delivery import PROFILES, Delivery
from engine.commands.desk import ServedDesk
from engine.commands.surveys import make_surveys
from engine.jobs.port import Turn
from engine.sandbox.faults import Fault
from engine.settings import Settings
from engine.web.admission import Site
from engine.web.app import make_app
from engine.web.server import make_server
from engine.web.visitors import Gate, Pass, Visitor
from tests.operations.hands import Hands
from tests.rehearsal import free_port
from tests.shipped import ORDERS

TOKENS = {
    "vera": (("view",), "token-of-vera-who-only-looks"),
    "adam": (("view", "act"), "token-of-adam-who-also-acts"),
    "rhea": (("view", "reveal"), "token-of-rhea-who-reveals"),
    "olga": (("view", "act", "reveal"), "token-of-olga-who-may-everything"),
}
PASSES = [Pass(Visitor(who, frozenset(held)), token) for who, (held, token) in TOKENS.items()]
HOSTILE = "<script>alert(1)</script><b>&amp; {{ 7 * 7 }} =cmd|'/c' \u202e'\""

# The one script, of ours alone; the fences let none run that stands in a page.
SCRIPT = '<script src="/htmx.js" defer></script>'
# What browsers say of a form that another site sent.
FOREIGN: list[dict[str, str]] = [
    {},
    {"Origin": "https://evil.example.com"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example.com"},
]


@dataclass(frozen=True, slots=True)
class Office:
    """A worker, and the application on top of it."""

    hands: Hands
    site: Site
    address: str

    def client(self, who: str = "", **headers: str) -> httpx.Client:
        """Give a client of somebody who shows a token; of a stranger without a name."""
        given = {"Authorization": f"Bearer {TOKENS[who][1]}"} if who else {}
        return httpx.Client(base_url=self.address, headers=given | headers, trust_env=False)

    def browser(self, who: str) -> httpx.Client:
        """Give a client that signed in, as a browser does."""
        with self.client() as client:
            answer = client.post("/login", data={"token": TOKENS[who][1]}, headers=self.ours)
        assert answer.status_code == 303
        return self.client(Cookie=answer.headers["set-cookie"].partition(";")[0])

    @property
    def ours(self) -> dict[str, str]:
        """What a browser says of a form of our own page."""
        return {"Sec-Fetch-Site": "same-origin", "Origin": self.address}

    def number(self, code: str) -> int:
        """Give the number of the first exception of a cause."""
        rows = self.hands.rows(f"SELECT id FROM exception WHERE code = '{code}' ORDER BY id")  # noqa: S608 - tests' own
        return int(rows[0][0])

    def deeds(self) -> list[tuple[Any, ...]]:
        """Give who did what to which exception, and how it ended."""
        found = self.hands.rows("SELECT who, act, exception_id, ended FROM audit ORDER BY id")
        return [tuple(row) for row in found]


@contextmanager
def open_office(folder: Path, *, days: float = 0, **access: Any) -> Iterator[Office]:
    """Give an office on an empty database, over HTTP as long as the block."""
    hands = Hands(url=f"sqlite:///{folder}/office.db", days=days)
    settings = Settings(
        dotdigital_url="http://127.0.0.1:9/dotdigital",
        dotdigital_user="apiuser-sandbox@apiconnector.example.com",
        dotdigital_password=SecretStr("sandbox-dotdigital-password"),
    )
    worker = hands.worker
    delivery = Delivery(settings, worker, worker, None, PROFILES["default"])
    site = Site(ServedDesk(delivery, ORDERS), Gate(PASSES), hands.clock, **access)
    port = free_port()
    server = make_server(make_app(site), "127.0.0.1", port)
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        yield Office(hands, site, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join()
        hands.database.close()


def keep_busy(office: Office) -> None:
    """Let there be an identity to be reviewed, and a call that nobody knows about."""
    hands = office.hands
    hands.place(email="canaria.one@example.com")
    hands.sync()
    contacts = hands.there.sandbox.state.contacts
    contacts.know("canaria.two@example.com", "unsubscribed", hands.clock.now())
    hands.place(email="canaria.two@example.com")
    hands.sync()
    fault = Fault(kind="lose", service="dotdigital", path="/v2/programs/enrolments")
    hands.there.sandbox.faults.on.append(fault)
    hands.place("7700078", email="canaria.three@example.com")
    hands.sync()


def survey(office: Office) -> None:
    """Let every survey be made whose time has come."""
    hands = office.hands
    delivery = Delivery(
        Settings(), hands.worker, hands.worker, hands.landing.source, PROFILES["default"]
    )
    make_surveys(delivery)(Turn({}, lambda: True))


def spoil(office: Office) -> None:
    """Let the next surveys find something: fields that fell, a record lost, a contact changed."""
    hands = office.hands
    numbers = [row[0] for row in hands.rows("SELECT id FROM order_version ORDER BY id DESC")]
    with hands.database.transaction() as connection:
        for number in numbers[:3]:
            read = text("SELECT payload FROM order_version WHERE id = :id")
            order = orjson.loads(connection.execute(read, {"id": number}).scalar_one())
            for line in order["order_lines"]:
                line["order_line_additional_fields"] = []
            write = text("UPDATE order_version SET payload = :text WHERE id = :id")
            connection.execute(write, {"text": orjson.dumps(order).decode(), "id": number})
    records = hands.there.sandbox.state.insight.collections["Orders"].records
    del records[min(records)]
