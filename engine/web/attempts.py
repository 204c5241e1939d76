"""Attempts: who showed wrong tokens, and when they are listened to again."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil

MOST = 20
PER = timedelta(minutes=1)
_MOST_CLIENTS = 10_000
_IPV6_NETWORK = 64


class Attempts:
    """Wrong tokens by client; after too many no token of theirs is looked at until a minute ends.

    Whoever is signed in is not held up: a cookie is no attempt.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._wrong: dict[str, tuple[int, datetime]] = {}

    def seconds_to_wait(self, client: str, now: datetime) -> int:
        """Give for how long nothing is looked at, in whole seconds; 0 for whoever may try."""
        number, ends = self._wrong.get(_network(client), (0, now))
        # A clock that was set back must not lock anybody out.
        ends = min(ends, now + PER)
        return ceil((ends - now).total_seconds()) if number >= self._most and ends > now else 0

    def note(self, client: str, now: datetime) -> bool:
        """Note a wrong token; say whether it was the one too many."""
        name = _network(client)
        number, ends = self._wrong.pop(name, (0, now))
        if ends <= now:
            number, ends = 0, now + PER
        if len(self._wrong) >= _MOST_CLIENTS:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong[name] = number + 1, ends
        return number + 1 == self._most


def _network(client: str) -> str:
    """Give what one client has for itself: an address, of IPv6 its network."""
    try:
        address = ip_address(client)
    except ValueError:
        return client[:45]
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(int(address) >> _IPV6_NETWORK)
    return str(address)
