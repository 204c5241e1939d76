"""A rehearsal: sandbox, sync, a refund, an unsubscribe, sync again, and both sides compared.

`make rehearsal` runs it. Every command is the one that people type, over real HTTP on this machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent
MIRADOT = (sys.executable, "cli.py")
MAPPING = "mappings/debenhams/orders.yaml"
BRAND = "mappings/debenhams/brands/example.yaml"
# Made up, like everybody in the sandbox.
SETTINGS = {
    "MIRADOT_MIRAKL_KEY": "sandbox-mirakl-key",
    "MIRADOT_MIRAKL_PROFILE": "rehearsal",
    "MIRADOT_DOTDIGITAL_USER": "apiuser-sandbox@apiconnector.example.com",
    "MIRADOT_DOTDIGITAL_PASSWORD": "sandbox-dotdigital-password",
    "MIRADOT_DOTDIGITAL_TIERS": "low=35,medium=600,high=600,enrolment=1000",
    "MIRADOT_TOMBSTONE_KEY": "a-rehearsal-needs-no-better-key-than-this",
}


class Sides:
    """Both sides of a running sandbox: its own pages, and Dotdigital's."""

    def __init__(self, base: str) -> None:
        login = (SETTINGS["MIRADOT_DOTDIGITAL_USER"], SETTINGS["MIRADOT_DOTDIGITAL_PASSWORD"])
        self._client = httpx.Client(base_url=base, auth=login, trust_env=False)

    def get(self, path: str) -> Any:
        return self._client.get(path).raise_for_status().json()

    def post(self, path: str, body: object) -> Any:
        answer = self._client.post(path, json=body).raise_for_status()
        return answer.json() if answer.content else None

    def put(self, path: str, body: object) -> None:
        self._client.put(path, json=body).raise_for_status()

    def close(self) -> None:
        self._client.close()

    def is_up(self) -> bool:
        try:
            self.get("/sandbox/")
        except httpx.TransportError:
            return False
        return True

    def refund(self) -> tuple[str, str, str]:
        """Refund a part of an order that was sold; give its id, and its worth before and after."""
        for order, truth in self.get("/sandbox/truth").items():
            if truth["state"] in ("SHIPPED", "RECEIVED") and float(truth["net"]) > 50:
                change = {"line": 1, "goods": 500}
                after = self.post(f"/sandbox/orders/{order}/refund", change)
                return order, truth["net"], after["net"]
        raise AssertionError("no order was sold")

    def unsubscribe(self) -> int:
        """Let somebody who is subscribed unsubscribe; give the contact's number."""
        for contact in self.get("/dotdigital/contacts/v3?limit=1000")["_items"]:
            if contact["channelProperties"]["email"]["status"] == "subscribed":
                known = {"email": contact["identifiers"]["email"], "status": "unsubscribed"}
                self.post("/sandbox/contacts", known)
                return int(contact["contactId"])
        raise AssertionError("nobody is subscribed")

    def order_total(self, order: str) -> str:
        """Give the net of an order as Dotdigital holds it."""
        records = self.get("/dotdigital/insightData/v3/contacts/Orders?limit=1000")["_items"]
        held = next(one["json"]["order_total"] for one in records if one["key"] == order)
        return f"{held:.2f}"

    def status(self, contact: int) -> str:
        told = self.get(f"/dotdigital/contacts/v3/contactId/{contact}")
        return str(told["channelProperties"]["email"]["status"])


def rehearse() -> bool:
    """Go through the story, telling it; whether both sides agree at its end."""
    with TemporaryDirectory() as folder, sandbox() as base, closing(Sides(base)) as sides:
        environment = settings_for(base, Path(folder))
        sync(environment)
        order, before, after = sides.refund()
        tell(f"# Mirakl refunds 5.00 of order {order}, which was worth {before}")
        contact = sides.unsubscribe()
        tell(f"# contact {contact} unsubscribes in Dotdigital; an hour passes, with more orders")
        sides.post("/sandbox/clock", {"seconds": 3600})
        sync(environment)
        held, status = sides.order_total(order), sides.status(contact)
        differences = sides.get("/sandbox/differences")["differences"]
    tell(f"order {order}: worth {after} in Mirakl, {held} in Dotdigital")
    tell(f"contact {contact}: {status}")
    tell(f"orders that differ between both sides: {len(differences)}")
    agreed = not differences and held == after and status == "unsubscribed"
    tell("both sides agree" if agreed else "the two sides DISAGREE")
    return agreed


def settings_for(base: str, folder: Path) -> dict[str, str]:
    """Give the environment of commands that deliver to a sandbox."""
    return {
        **{name: value for name, value in os.environ.items() if "MIRADOT" not in name},
        **SETTINGS,
        "MIRADOT_MIRAKL_URL": f"{base}/mirakl",
        "MIRADOT_DOTDIGITAL_URL": f"{base}/dotdigital",
        "MIRADOT_DATABASE_URL": f"sqlite:///{folder}/rehearsal.db",
    }


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sync(environment: dict[str, str]) -> None:
    """Run `miradot sync` and show what it prints."""
    words = ["sync", MAPPING, "--brand", BRAND, "--until-idle"]
    tell(f"$ miradot {' '.join(words)}")
    done = subprocess.run([*MIRADOT, *words], env=environment, cwd=ROOT, timeout=120, check=False)
    if done.returncode > 1:
        raise SystemExit(done.returncode)
    tell("")


@contextmanager
def sandbox(speed: int = 0, history: int = 1, now: str = "") -> Iterator[str]:
    """Give the address of a sandbox that runs as long as the block; 0 stands still until told."""
    port = str(free_port())
    words = ["sandbox", "--port", port, "--speed", str(speed), "--history", str(history)]
    words += ["--now", now] if now else []
    tell(f"$ miradot {' '.join(words)}")
    process = subprocess.Popen([*MIRADOT, *words], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        with closing(Sides(f"http://127.0.0.1:{port}")) as sides:
            for _ in range(1200):
                if sides.is_up():
                    break
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is what people look at


if __name__ == "__main__":
    sys.exit(0 if rehearse() else 1)
