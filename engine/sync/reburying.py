"""Burying again: whoever was erased after a backup was made goes from what was put back.

Tombstones come from where they were kept; all that they recognise is erased as it was then, and
Dotdigital is asked to delete once more, which costs nothing where it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.state.buried import Tombstone, find_buried, set_tombstones
from engine.state.database import Connection
from engine.state.erasure import erase_person
from engine.state.finding import ORDER_SUBJECT, find_person, mails_of, payloads_of
from engine.sync.forgetting import addresses_of
from engine.sync.worker import Worker


@dataclass(frozen=True, slots=True)
class Reburied:
    """What is buried again: tombstones that were not here, people, orders, and rows by table."""

    tombstones: int = 0
    people: int = 0
    orders: int = 0
    rows: dict[str, int] = field(default_factory=dict)


def bury_again(worker: Worker, connection: Connection, stones: Sequence[Tombstone]) -> Reburied:
    """Set tombstones and erase whoever they recognise, in the transaction that is given."""
    new = set_tombstones(connection, stones)
    key = worker.tombstone_key
    found = find_person(connection, find_buried(connection, key, stones))
    addresses = mails_of(connection, found.contacts)
    addresses |= addresses_of(worker, payloads_of(connection, found))
    rows = erase_person(connection, key, found, addresses, worker.now)
    people = [one for one in found.subjects if not one.startswith(ORDER_SUBJECT)]
    return Reburied(new, len(people), len(found.orders), rows)
