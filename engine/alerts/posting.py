"""Posting: a notice goes to one service; the one file that knows apprise.

apprise tells whether a service took a notice, and its log says what came back. Only figures and
words of ours are taken from that log: its lines may hold addresses.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping

import apprise
from apprise.result import AppriseResultStatus

from engine.alerts.routes import Answer, Mood

# What it says to a log goes nowhere: what came back is told by us.
logging.getLogger("apprise").propagate = False
logging.getLogger("apprise").addHandler(logging.NullHandler())
_SECONDS = 20.0
_MOODS: Mapping[Mood, apprise.NotifyType] = {
    "raised": apprise.NotifyType.WARNING,
    "over": apprise.NotifyType.SUCCESS,
    "test": apprise.NotifyType.INFO,
}
_STATUS = re.compile(r"error=([1-5][0-9]{2})\b")
_CONNECTION = re.compile(r"[Cc]onnection error|Socket Exception")


class AppriseService:
    """One service that takes notices; neither repr nor any message shows its address."""

    __slots__ = ("_apprise", "scheme")

    def __init__(self, scheme: str, known: apprise.Apprise) -> None:
        self.scheme = scheme
        self._apprise = known

    def __repr__(self) -> str:
        return f"AppriseService({self.scheme}://…)"

    def post(self, title: str, body: str, mood: Mood) -> Answer:
        """Send a notice and give what came back; it takes 20 seconds at most."""
        result = self._apprise.notify(
            title=title, body=body, notify_type=_MOODS[mood], body_format=apprise.NotifyFormat.TEXT
        )
        if result:
            return Answer("taken", "taken")
        if result.status == AppriseResultStatus.TIMEOUT:
            return Answer("unknown", f"no answer in {_SECONDS:.0f} s")
        return Answer("refused", _tell(entry.message for entry in result.logs()))


def open_service(address: str) -> AppriseService | None:
    """Give the service at an address; None for one that apprise does not know."""
    # Pictures and names of apprise have no place in our notices, and nothing is kept on disk.
    asset = apprise.AppriseAsset(
        app_id="miradot",
        app_desc="miradot",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
        service_timeout=_SECONDS,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
    known = apprise.Apprise(asset=asset)
    return AppriseService(address.partition(":")[0], known) if known.add(address) else None


def _tell(lines: Iterable[str]) -> str:
    """Say why a notice was not taken."""
    for line in lines:
        status = _STATUS.search(line)
        if status is not None:
            return f"answered {status[1]}"
        if _CONNECTION.search(line):
            return "no connection, or it broke off"
    return "not taken"
