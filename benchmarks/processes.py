"""Commands of miradot as processes that deliver to a sandbox on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

_MIRADOT = (sys.executable, "cli.py")
BEARER = "a-benchmark-that-cannot-sign-knows-this"


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of miradot as long as the block lasts."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*_MIRADOT, *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def settings_for(base: str, database: str) -> dict[str, str]:
    """Give the environment of commands that deliver to the sandbox; everything is made up."""
    return {
        **{name: value for name, value in os.environ.items() if "MIRADOT" not in name},
        "MIRADOT_MIRAKL_URL": f"{base}/mirakl",
        "MIRADOT_MIRAKL_KEY": "sandbox-mirakl-key",
        "MIRADOT_MIRAKL_PROFILE": "rehearsal",
        "MIRADOT_DOTDIGITAL_URL": f"{base}/dotdigital",
        "MIRADOT_DOTDIGITAL_USER": "apiuser-sandbox@apiconnector.example.com",
        "MIRADOT_DOTDIGITAL_PASSWORD": "sandbox-dotdigital-password",
        "MIRADOT_DOTDIGITAL_TIERS": "low=35,medium=600,high=600,enrolment=1000",
        "MIRADOT_TOMBSTONE_KEY": "a-benchmark-needs-no-better-key-than-this",
        "MIRADOT_DATABASE_URL": database,
        "MIRADOT_DOORBELLBEARER": BEARER,
    }
