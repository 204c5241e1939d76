"""What was under way for somebody who was erased meanwhile: nothing of it is written down."""

from __future__ import annotations

from collections.abc import Sequence

from engine.state.claims import Claim
from engine.state.database import Connection
from engine.state.erasure import ask_deletion
from engine.state.people import Mirrored
from engine.state.tombstones import bury, is_buried
from engine.sync.worker import Worker


def was_erased(worker: Worker, connection: Connection, claim: Claim, made: int | None) -> bool:
    """Whether a person was erased while a call for them was out.

    The contact that the call `made`, if it made one, is then to be deleted.
    """
    key, subject = worker.tombstone_key, claim.subject
    if not is_buried(connection, key, "person", [subject]):
        return False
    if made is not None:
        bury(connection, key, "contact", str(made), worker.now)
        ask_deletion(connection, made, worker.now)
    return True


def leave_out_erased(
    worker: Worker, connection: Connection, contacts: Sequence[Mirrored]
) -> list[Mirrored]:
    """Give the contacts that the mirror may hold: none of anybody who was erased."""
    key = worker.tombstone_key
    numbers = is_buried(connection, key, "contact", [str(one.contact_id) for one in contacts])
    people = is_buried(connection, key, "person", [one.person for one in contacts if one.person])
    mails = is_buried(connection, key, "address", [one.email for one in contacts if one.email])
    return [
        one
        for one in contacts
        if str(one.contact_id) not in numbers
        and one.person not in people
        and one.email not in mails
    ]
