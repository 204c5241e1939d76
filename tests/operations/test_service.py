"""`miradot sync` as a service: both sides in step, the doorbell heard, an end on a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.rehearsal import BRAND, MAPPING, MIRADOT, ROOT, Sides, free_port, sandbox, settings_for

BEARER = "a-sender-that-cannot-sign-knows-this"


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1800):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came so far")


@contextmanager
def serving(environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [*MIRADOT, "sync", MAPPING, "--brand", BRAND, *words]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=60)


def all_delivered(sides: Sides) -> bool:
    return bool(sides.get("/sandbox/")["contacts"]) and not differing(sides)


def differing(sides: Sides) -> list[str]:
    """Give the orders whose record in Dotdigital is not what they are worth."""
    return [one["order"] for one in sides.get("/sandbox/differences")["differences"]]


@pytest.mark.parametrize("adapter", ["inline", "dbos"])
def test_the_service_delivers_hears_the_doorbell_and_ends_on_a_signal(
    adapter: str, tmp_path: Path
) -> None:
    port = free_port()
    with sandbox(speed=10) as base, closing(Sides(base)) as sides:
        environment = settings_for(base, tmp_path)
        environment["MIRADOT_DOORBELL_BEARER"] = BEARER
        bell = f"127.0.0.1:{port}"
        with serving(environment, "--adapter", adapter, "--doorbell", bell) as service:
            wait_until(lambda: all_delivered(sides))
            order, _, after = sides.refund()
            answer = httpx.post(
                f"http://{bell}/hooks/mirakl",
                json={"order_id": order},
                headers={"Authorization": f"Bearer {BEARER}"},
                trust_env=False,
            )
            assert answer.status_code == 202
            # Looked for on the sandbox's own page: Dotdigital's counts whoever asks it.
            wait_until(lambda: order not in differing(sides))
            assert sides.order_total(order) == after
            os.kill(service.pid, signal.SIGTERM)
            assert service.wait(timeout=60) == 0
