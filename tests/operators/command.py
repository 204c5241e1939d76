"""`miradot` in the time of a sandbox: its clock is the machine's, and a wait lets it go on."""

from __future__ import annotations

import os
from datetime import datetime
from unittest.mock import patch

import httpx

from cli import main
from engine.clock import SystemClock


def run() -> None:
    """Run the command line in the time of the sandbox at the address in SANDBOX."""
    there = httpx.Client(base_url=os.environ.pop("SANDBOX"), trust_env=False)

    def now(_clock: SystemClock) -> datetime:
        told = there.get("/sandbox/").raise_for_status().json()["now"]
        return datetime.fromisoformat(told)

    def sleep(_clock: SystemClock, seconds: float) -> None:
        there.post("/sandbox/clock", json={"seconds": seconds}).raise_for_status()

    with there, patch.multiple(SystemClock, now=now, sleep=sleep):
        main()


if __name__ == "__main__":
    run()
