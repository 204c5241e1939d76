"""The ping: somebody outside is told that a cycle went well, and misses it when none does."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from engine.connections.home import AddressError
from engine.connections.http import HttpWire, Limits
from engine.connections.wire import NoAnswer, Sent

_LIMITS = Limits(connect=5.0, read=10.0, whole=15.0, answer=1 << 16)


def ping(address: str) -> str:
    """Ask an address once; give '' where it answered well, else what came back, in our words.

    Redirects are not followed; nothing is sent but the request for the address itself.
    """
    parts = urlsplit(address)
    try:
        with HttpWire(f"{parts.scheme}://{parts.netloc}", None, (parts.netloc,), _LIMITS) as wire:
            status = wire.exchange(Sent("GET", parts.path or "/")).status
    except AddressError:
        return "an address that cannot be called"
    except NoAnswer:
        return "no answer"
    good = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    return "" if good else f"answered {status}"
