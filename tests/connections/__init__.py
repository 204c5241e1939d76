"""The connections held to the real sandbox, and to answers that no sandbox gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from engine.connections.dotdigital import DotdigitalClient
from engine.connections.home import find_home
from engine.connections.mirakl import MiraklSource
from engine.connections.pace import Unpaced
from engine.connections.wire import Got, NoAnswer, Sent
from engine.lock import load_target
from engine.sandbox.wire import SandboxWire
from tests.sandbox import Rehearsal

TARGET = load_target("dotdigital@2026-08")
HOME = find_home("https://shop.mirakl.example.com", ["shop.mirakl.example.com"])
DATE = "Thu, 05 Mar 2026 09:00:00 GMT"
Answers = Callable[[Sent], Got | NoAnswer]


class Scripted:
    """A wire whose answers are written down, and which keeps what it was asked."""

    def __init__(self, *answers: Got | NoAnswer) -> None:
        self.answers = list(answers)
        self.asked: list[Sent] = []

    def exchange(self, sent: Sent) -> Got:
        self.asked.append(sent)
        answer = self.answers.pop(0)
        if isinstance(answer, NoAnswer):
            raise answer
        return answer


def got(status: int, body: object = None, **headers: str) -> Got:
    """Give an answer; bytes stand as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
    told: Mapping[str, str] = {"date": DATE, **headers}
    return Got(status, {name.replace("_", "-"): value for name, value in told.items()}, raw)


def lost(*, taken: bool) -> NoAnswer:
    return NoAnswer("nothing came back", taken=taken)


def client_of(wire: Any) -> DotdigitalClient:
    return DotdigitalClient(wire, TARGET, Unpaced())


def rehearsed(there: Rehearsal) -> DotdigitalClient:
    return client_of(SandboxWire(there.sandbox, "dotdigital"))


def orders_of(there: Rehearsal) -> MiraklSource:
    wire = SandboxWire(there.sandbox, "mirakl")
    return MiraklSource(wire, "TAX_INCLUDED", wire.home)


def switch(there: Rehearsal, kind: str, service: str, **more: object) -> None:
    answer = there.call("POST", "/sandbox/faults", {"kind": kind, "service": service, **more})
    assert answer.status == 201, answer
