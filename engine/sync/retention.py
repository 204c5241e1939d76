"""Retention: what is old goes by the policy, and its bytes with it."""

from __future__ import annotations

from engine.state.database import DatabaseUnavailable
from engine.state.retention import Retention, compact, purge
from engine.sync.worker import Worker


def keep_house(worker: Worker, policy: Retention) -> dict[str, int]:
    """Remove what is older than the policy wants it; give the rows touched by table.

    The database is rebuilt every time, also for what was erased while another process was in the
    way; `compacted` is 0 where one is again.
    """
    with worker.transaction() as connection:
        figures = purge(connection, policy, worker.now)
    told = {str(name): number for name, number in figures.items()}
    return {**told, "compacted": int(rebuild(worker))}


def rebuild(worker: Worker) -> bool:
    """Rebuild the database without the bytes of what was removed; False where another is reading.

    What was left behind then is gone with the next rebuilding.
    """
    try:
        compact(worker.database)
    except DatabaseUnavailable:
        worker.talk.warning("database not compacted")
        return False
    return True
