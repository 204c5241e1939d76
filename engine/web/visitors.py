"""Visitors: who asks, known by a token, and what they may do.

A browser shows the token once and then a cookie: the visitor's name, an end and a serial, sealed
with a key of this process and the token itself. So a cookie ends with its token, with signing out,
with the process, or after its hours, whichever comes first, and whoever steals one cannot try
tokens against it. Nothing is taken from a cookie that somebody brings along to sign in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

LASTS = timedelta(hours=12)
Way = Literal["token", "proxy"]
_BEARER = "bearer "
_PARTS = 4


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody by name, and the way they came in; roles are view, act and reveal."""

    name: str
    roles: frozenset[str]
    way: Way = "token"


@dataclass(frozen=True, slots=True)
class Pass:
    """What somebody was given to come in with."""

    visitor: Visitor
    token: str


class Gate:
    """Knows visitors by what they show; every pass is compared, in the same time for each."""

    def __init__(self, passes: Sequence[Pass], key: bytes | None = None) -> None:
        self._passes = tuple(passes)
        self._key = key or secrets.token_bytes(32)
        self._left: dict[str, int] = {}

    @property
    def is_open(self) -> bool:
        """Whether there is any token to come in with."""
        return bool(self._passes)

    def know_token(self, token: str) -> Visitor | None:
        """Give the visitor whose token it is."""
        given = hashlib.sha256(token.encode()).digest()
        found = [
            one.visitor
            for one in self._passes
            if hmac.compare_digest(given, hashlib.sha256(one.token.encode()).digest())
        ]
        return found[0] if found else None

    def know_bearer(self, header: str) -> Visitor | None:
        """Give the visitor of an Authorization header."""
        return self.know_token(header[len(_BEARER) :].strip()) if is_bearer(header) else None

    def know_cookie(self, cookie: str, now: datetime) -> Visitor | None:
        """Give the visitor whose cookie it is, until its end."""
        parts = cookie.split(".")
        if len(parts) != _PARTS or not parts[1].isdecimal() or not cookie.isascii():
            return None
        name, ends, serial, seal = parts
        for one in self._passes:
            if one.visitor.name == name and hmac.compare_digest(
                seal, self._seal(one.token, name, ends, serial)
            ):
                alive = serial not in self._left and now.timestamp() < int(ends[:12])
                return one.visitor if alive else None
        return None

    def make_cookie(self, visitor: Visitor, now: datetime) -> str:
        """Give a new cookie for a visitor of ours."""
        token = next(one.token for one in self._passes if one.visitor == visitor)
        ends, serial = str(int((now + LASTS).timestamp())), secrets.token_hex(16)
        return f"{visitor.name}.{ends}.{serial}.{self._seal(token, visitor.name, ends, serial)}"

    def end_cookie(self, cookie: str, now: datetime) -> None:
        """Let a cookie of ours count no more, wherever a copy of it may be."""
        if self.know_cookie(cookie, now) is None:
            return
        _, ends, serial, _ = cookie.split(".")
        past = now.timestamp()
        self._left = {one: end for one, end in self._left.items() if end > past}
        self._left[serial] = int(ends)

    def _seal(self, token: str, name: str, ends: str, serial: str) -> str:
        sealed = f"miradot page\0{name}\0{ends}\0{serial}\0{token}"
        return hmac.new(self._key, sealed.encode(), "sha256").hexdigest()


def is_bearer(header: str) -> bool:
    """Whether an Authorization header brings a token; browsers send none by themselves."""
    return header.lower().startswith(_BEARER)
