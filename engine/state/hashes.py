"""Keyed hashes: identifiers that can be recognised, never read."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from engine.problem import Failure

Kind = Literal["person", "address", "order", "contact", "key"]
_SHORTEST_KEY = 16


def hash_identifier(key: bytes, kind: Kind, identifier: str) -> str:
    """Give the keyed hash of an identifier in 64 hex digits; letter case of addresses is all one.

    Raises Failure when the key is so short that identifiers could be found by trying.
    """
    if len(key) < _SHORTEST_KEY:
        raise Failure(
            f"the key for hashes has {len(key)} bytes; at least {_SHORTEST_KEY} are needed"
        )
    known = identifier.strip().lower() if kind == "address" else identifier
    # The kind is part of it: an order and a contact of the same number are two.
    return hmac.new(key, f"{kind}\0{known}".encode(), hashlib.sha256).hexdigest()
