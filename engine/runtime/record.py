"""Records that do not simply go through, and the sentences said about them."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import orjson

from engine.plan import ConsentView, IdentityView, RaisedException, Record
from engine.runtime.amounts import decimal_text
from engine.runtime.values import Raised

# Sentences are for people: a value beyond this would hide the rest.
_LONGEST_VALUE = 200


def tell(raised: list[Raised], values: Mapping[str, object]) -> list[RaisedException]:
    """Give the exceptions raised as plans show them, once each, in the order they came up."""
    known = {
        name: str(value)[:_LONGEST_VALUE] if isinstance(value, str | int) else "(not known)"
        for name, value in values.items()
    }
    told: list[RaisedException] = []
    for fault, at, shown in dict.fromkeys(raised):
        told.append(
            {
                "code": fault.code,
                "level": fault.level,
                "owner": fault.owner,
                "message": fault.say({**known, "value": shown}),
                "at": at,
                "rule": fault.rule,
                "retry": fault.retry,
            }
        )
    return told


Known = tuple[
    str | None, str | None, dict[str, str] | None, IdentityView | None, ConsentView | None
]
"""What is known of a record when it is held: key, version, money, identity, consent."""


def held(known: Known, values: Mapping[str, object], raised: list[Raised]) -> Record:
    """Give the record of an order that is held: its exceptions, and no call at all."""
    key, version, money, identity, consent = known
    return {
        "key": key,
        "order_version": version,
        "outcome": "held",
        "money": money,
        "identity": identity,
        "consent": consent,
        "calls": [],
        "left_out": [],
        "exceptions": tell(raised, values),
    }


def amount_or_none(minor: int | None, scale: int) -> str | None:
    """Give an amount as decimal text, or None when it is not known."""
    return None if minor is None else decimal_text(minor, scale)


def digest(body: object) -> str:
    """Give twelve hexadecimal digits that stand for a body's content."""
    return sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]
