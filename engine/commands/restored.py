"""`miradot restored`: a backup was put back; what follows from that, and with `--send` it is so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.commands.delivery import open_delivery, read_flow
from engine.commands.tombstones import read_erased
from engine.connections.answers import StopError
from engine.problem import Failure
from engine.report.restored import RESTORED_SCHEMA, RestoredDocument
from engine.settings import read_settings
from engine.state.buried import Tombstone
from engine.state.erasure import count_deletions
from engine.state.restores import find_last_moment, list_flows, note_restore
from engine.sync.account import recognise_account
from engine.sync.forgetting import deliver_deletions
from engine.sync.reburying import bury_again
from engine.sync.retention import rebuild
from engine.sync.worker import Worker


@dataclass(frozen=True, slots=True)
class RestoredRequest:
    """One call of `miradot restored`; `erased` is the list of who was erased, None for nobody."""

    mapping: Path | None
    brand: Path | None
    erased: Path | None
    send: bool


def restored(request: RestoredRequest) -> RestoredDocument:
    """Say what follows from a restore, and put it on record where that is asked for."""
    settings = read_settings()
    mapping = request.mapping or settings.require_mapping()
    flow = read_flow(mapping, request.brand or settings.brand)
    with open_delivery(settings, flow, urgent=False, with_mirakl=False) as delivery:
        worker = delivery.worker
        stones = read_erased(request.erased, worker.tombstone_key) if request.erased else []
        try:
            recognise_account(worker)
            document = _take(worker, stones, send=request.send)
            if request.send:
                deliver_deletions(worker)
                document["compacted"] = rebuild(worker)
                with worker.transaction() as connection:
                    document["owed"] = count_deletions(connection)
        except StopError as error:
            raise Failure(str(error)) from None
    return document


def _take(worker: Worker, stones: list[Tombstone], *, send: bool) -> RestoredDocument:
    """Take in the restore in one transaction; without `send` nothing of it stands."""
    with worker.transaction() as connection:
        as_of = find_last_moment(connection)
        if as_of is None:
            raise Failure("this database never ran: there is no backup in it")
        flows = sorted({worker.flow.name, *list_flows(connection)})
        with connection.begin_nested() as trial:
            note_restore(connection, flows, worker.now)
            done = bury_again(worker, connection, stones)
            if not send:
                trial.rollback()
    return {
        "schema": RESTORED_SCHEMA,
        "as_of": as_of,
        "flows": flows,
        "sent": send,
        "tombstones": len(stones),
        "unknown": done.tombstones,
        "people": done.people,
        "orders": done.orders,
        "rows": sum(done.rows.values()),
        "owed": 0,
        "compacted": False,
    }
