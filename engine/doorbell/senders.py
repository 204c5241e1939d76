"""Who rings: a sender that signs (Standard Webhooks), or one that knows the bearer secret."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest

from standardwebhooks import Webhook

TOLERANCE_SECONDS = 300
_MOST_SIGNATURES = 10
_MESSAGE = re.compile(r"[\x21-\x7e]{1,256}")
_STAMP = re.compile(r"[1-9][0-9]{0,11}")
_BEARER = re.compile(r"(?i:bearer) +([\x21-\x7e]+)")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request says it is from; without signatures it has shown the bearer secret."""

    message: str = ""
    signed_at: int = 0
    signatures: tuple[str, ...] = ()


class Senders:
    """Knows senders by their secrets: `signing` are `whsec_` ones, all of which are in force."""

    def __init__(self, signing: Sequence[str], bearer: str | None) -> None:
        if not signing and not bearer:
            raise ValueError("a doorbell without a secret is open to everybody")
        self._signing = [Webhook(secret) for secret in signing]
        self._bearer = _digest(bearer) if bearer else None

    def read_caller(self, headers: Mapping[str, str], now: datetime) -> Caller | None:
        """Give who a request says it is from, by its headers alone; None refuses it.

        A caller with signatures is known only when `has_signed` agrees. Header names are in small
        letters.
        """
        if self._signing and "webhook-signature" in headers:
            return _read_signed(headers, now)
        given = _BEARER.fullmatch(headers.get("authorization", ""))
        if given is None or self._bearer is None:
            return None
        return Caller() if compare_digest(_digest(given[1]), self._bearer) else None

    def has_signed(self, caller: Caller, body: bytes) -> bool:
        """Say whether a caller's signature is that of one of the secrets, over this body."""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return False
        moment = datetime.fromtimestamp(caller.signed_at, UTC)
        expected = [one.sign(caller.message, moment, text).encode() for one in self._signing]
        given = [signature.encode() for signature in caller.signatures]
        # Every pair is compared, so that the time taken does not tell which came close.
        return any([compare_digest(mine, theirs) for mine in expected for theirs in given])  # noqa: C419 - see above


def _read_signed(headers: Mapping[str, str], now: datetime) -> Caller | None:
    message = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    signatures = headers["webhook-signature"].split()
    if not _MESSAGE.fullmatch(message) or not _STAMP.fullmatch(stamp):
        return None
    fresh = abs(int(stamp) - now.timestamp()) <= TOLERANCE_SECONDS
    if not fresh or not 0 < len(signatures) <= _MOST_SIGNATURES:
        return None
    return Caller(message, int(stamp), tuple(signatures))


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
