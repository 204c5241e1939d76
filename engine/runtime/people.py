"""People: relay addresses, the persistent person key, and how personal values are masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from urllib.parse import quote

from engine.runtime.values import EmailAddress

_MASKED = re.compile(r".*\*.*|.*x{4,}.*|anon\+[0-9a-f]+@.*", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.~-]*@[A-Za-z0-9.-]+")
_DOMAIN = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+"
)
_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.~-]*")


def make_relay_test(
    domains: Iterable[str], *, masked_shapes: bool
) -> Callable[[EmailAddress], bool]:
    """Give the test for relay addresses.

    An address is a relay when its domain equals, or lies under, one of `domains` (case, blanks and
    one trailing dot aside), or, with `masked_shapes`, when it is written as `*`, `xxxx` or
    `anon+hex`.
    """
    listed = frozenset(map(_as_domain, domains))

    def is_relay(address: EmailAddress) -> bool:
        text = address.strip().removesuffix(".").lower()
        domain = text.rpartition("@")[2]
        while domain:
            if domain in listed:
                return True
            domain = domain.partition(".")[2]
        return masked_shapes and _MASKED.fullmatch(text) is not None

    return is_relay


def is_domain(text: str) -> bool:
    """Whether a text, written as relay domains may be, is a domain that an address can have."""
    return _DOMAIN.fullmatch(_as_domain(text)) is not None


def _as_domain(text: str) -> str:
    return text.strip().removeprefix("@").removesuffix(".").lower()


def person_key(scope: str, customer_id: str) -> str:
    """Give the persistent key of a person: 32 hexadecimal digits of a hash of scope and id."""
    return sha256(f"{scope}\n{customer_id}".encode()).hexdigest()[:32]


def segment(text: str) -> str:
    """Give one percent-encoded path segment; dots alone cannot climb."""
    if _PLAIN_SEGMENT.fullmatch(text):
        return text
    return (
        quote(text, safe="").replace(".", "%2E") if text.startswith(".") else quote(text, safe="")
    )


def mask(value: object) -> object:
    """Give the masked form of a personal value: its first letter, and an address's domain."""
    if not isinstance(value, str) or not value:
        return None if value is None else "***"
    name, at, domain = value.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    if value.startswith(("http://", "https://")):
        return "https://***"
    return f"{value[:1]}***"


def mask_segment(address: EmailAddress) -> str:
    """Give the masked form of an address as one path segment."""
    return quote(str(mask(address)), safe="*")
