"""Who buys: fictional people at example.com, from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

_FIRST = ("Ada", "Grace", "Zoë", "Imran", "Mabel", "Rhys", "Chidi", "Freya", "Nia", "Tomasz")
_LAST = (
    "Thornbury",
    "O'Malley",
    "Harker",
    "Siddiqui-Vale",
    "Ashdown",
    "Penhallow",
    "Okonkwo-Marsh",
    "Lindqvist",
)
# Shares of 1.
_NUMBERED, _HANDED_OVER, _PROVED = 0.8, 0.6, 0.7
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Shopper:
    """One person.

    `hands_over`: the marketplace passes the real address on. `answer`: what the person does with
    the opt-in box, None where it is not shown; `proved`: where and by whom is passed on with it.
    """

    customer_id: str
    first_name: str
    last_name: str
    email: str
    hands_over: bool
    answer: bool | None
    proved: bool


def make_shopper(chance: random.Random, number: int) -> Shopper:
    """Give the `number`th shopper."""
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    plain = f"{first}.{last}".encode("ascii", "ignore").decode().replace("'", "").lower()
    email = f"{plain}.{number}@example.com"
    numbered = chance.random() < _NUMBERED
    return Shopper(
        # Some operators number their customers, some take the address itself.
        customer_id=str(7_000_000 + number) if numbered else email,
        first_name=first,
        last_name=last,
        email=email,
        hands_over=chance.random() < _HANDED_OVER,
        answer=chance.choice([True, True, False, None]),
        proved=chance.random() < _PROVED,
    )


def relay_address(chance: random.Random) -> str:
    """Give a relay address as Mirakl makes them: another one for each order."""
    letters = "".join(chance.choices(_LETTERS, k=19))
    return f"r{letters[:10]}.{letters[10:]}@notification.mirakl.net"
