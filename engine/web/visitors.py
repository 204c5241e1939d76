"""Visitors: who asks, known by a token, and what they may do.

A browser shows the token once and then a cookie: the visitor's name and an end, sealed under the
token itself, so a token that is withdrawn takes its cookies with it and nothing is kept here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

COOKIE = "miradot"
LASTS = timedelta(hours=12)
_BEARER = "bearer "
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody by name; roles are view, act and reveal."""

    name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pass:
    """What somebody was given to come in with."""

    visitor: Visitor
    token: str


class Gate:
    """Knows visitors by what they show; every pass is compared, in the same time for each."""

    def __init__(self, passes: Sequence[Pass]) -> None:
        self._passes = tuple(passes)

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
        if not header.lower().startswith(_BEARER):
            return None
        return self.know_token(header[len(_BEARER) :].strip())

    def know_cookie(self, cookie: str, now: datetime) -> Visitor | None:
        """Give the visitor whose cookie it is, until its end."""
        parts = cookie.split(".")
        if len(parts) != _PARTS or not parts[1].isdecimal() or not cookie.isascii():
            return None
        name, ends, seal = parts
        for one in self._passes:
            if one.visitor.name == name and hmac.compare_digest(seal, _seal(one.token, name, ends)):
                return one.visitor if now.timestamp() < int(ends[:12]) else None
        return None

    def make_cookie(self, visitor: Visitor, now: datetime) -> str:
        """Give a cookie for a visitor of ours."""
        token = next(one.token for one in self._passes if one.visitor == visitor)
        ends = str(int((now + LASTS).timestamp()))
        return f"{visitor.name}.{ends}.{_seal(token, visitor.name, ends)}"


def _seal(token: str, name: str, ends: str) -> str:
    return hmac.new(token.encode(), f"miradot page\0{name}\0{ends}".encode(), "sha256").hexdigest()
