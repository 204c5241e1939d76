"""The sandbox held to what the vendors document, and to the truth that it tells."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from engine.sandbox.clock import SandboxClock
from engine.sandbox.dotdigital.account import Account
from engine.sandbox.faults import Delivery
from engine.sandbox.service import Answer, Request
from engine.sandbox.whole import Sandbox

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Rehearsal:
    """A sandbox that stands still, and short ways to call it."""

    def __init__(self, *, days: float = 0, seed: int = 7, **account: Any) -> None:
        self.sandbox = Sandbox(SandboxClock(START), seed, account=Account(**account))
        self.sandbox.clock.advance(timedelta(days=days))

    def deliver(self, method: str, path: str, body: object = None, **query: str) -> Delivery:
        account = self.sandbox.state.account
        login = b64encode(f"{account.user}:{account.password}".encode()).decode()
        key = self.sandbox.rules.key if path.startswith("/mirakl") else f"Basic {login}"
        request = Request(
            method,
            path,
            {name.replace("_at_", "~"): [value] for name, value in query.items()},
            {"authorization": key},
            b"" if body is None else orjson.dumps(body),
        )
        return self.sandbox.handle(request)

    def call(self, method: str, path: str, body: object = None, **query: str) -> Answer:
        return self.deliver(method, path, body, **query).answer

    def get(self, path: str, **query: str) -> Any:
        answer = self.call("GET", path, **query)
        assert answer.status == 200, answer
        return answer.body

    def wait(self, **duration: float) -> None:
        self.sandbox.clock.advance(timedelta(**duration))

    def contact(self, **more: object) -> Any:
        body = {"identifiers": {"email": "jo@example.com"}, **more}
        answer = self.call("POST", "/dotdigital/contacts/v3", body)
        assert answer.status == 201, answer
        return answer.body
