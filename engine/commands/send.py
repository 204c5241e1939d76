"""`miradot run --send`: the records that are given, delivered by the usual way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO

import orjson

from engine.clock import write_time
from engine.commands.delivery import open_delivery, refuse_examples
from engine.commands.run import RunRequest, prepare_spec
from engine.connections.answers import StopError
from engine.log import get_log
from engine.problem import Failure
from engine.report.send import SEND_SCHEMA, SendDocument, SentRecord
from engine.run import UNREADABLE
from engine.settings import read_settings
from engine.sources.records import Unreadable, read_records
from engine.state.exceptions import list_open_of_version
from engine.state.outbox import list_made
from engine.state.runs import Ending, end_run, start_run
from engine.sync.account import prepare_account
from engine.sync.flow import make_flow
from engine.sync.sending import Sent, send_record
from engine.sync.worker import Worker


def send(request: RunRequest, stream: BinaryIO, tell: Callable[[int], None]) -> SendDocument:
    """Deliver every record in `stream`, one after the other, and give how each ended.

    `tell` is told how many have been dealt with. Raises Refused for a mapping with errors,
    Failure where nothing can be delivered.
    """
    settings = read_settings()
    checked, _ = prepare_spec(request)
    flow = make_flow(checked)
    refuse_examples(flow)
    with open_delivery(settings, flow, with_mirakl=False) as delivery:
        worker = delivery.worker
        started = worker.now
        with worker.transaction() as connection:
            run = start_run(connection, flow.name, "send", started)
        worker.talk = get_log(run)
        records: list[SentRecord] = []
        outcomes: Counter[str] = Counter()
        try:
            prepare_account(worker)
            items = read_records(stream, checked.source.envelope)
            for record in _send_all(worker, run, items):
                records.append(record)
                outcomes[record["outcome"]] += 1
                tell(len(records))
        except StopError as error:
            _end(worker, run, Ending("failed", outcomes, str(error)))
            raise Failure(str(error)) from None
        _end(worker, run, Ending("done", outcomes))
    return {
        "schema": SEND_SCHEMA,
        "mapping": checked.spec.mapping,
        "version": checked.spec.version,
        "spec_sha256": checked.sha256,
        "run": run,
        "records": records,
        "outcomes": dict(outcomes),
    }


def _send_all(
    worker: Worker, run: str, items: Iterator[tuple[str, dict[str, object]] | Unreadable]
) -> Iterator[SentRecord]:
    for item in items:
        if isinstance(item, Unreadable):
            yield _hold(item)
            continue
        started = write_time(worker.now)
        sent = send_record(worker, run, orjson.dumps(item[1]).decode())
        yield _tell(worker, sent, started)


def _end(worker: Worker, run: str, ending: Ending) -> None:
    with worker.transaction() as connection:
        end_run(connection, run, ending, worker.now)


def _hold(item: Unreadable) -> SentRecord:
    """Give the held record that stands for one that cannot be read; nothing of it is kept."""
    said = f"{item.where} cannot be read: {item.message}"
    return {
        "key": f"({item.where})",
        "order_version": "",
        "outcome": "held",
        "because": "nothing of it was sent or kept",
        "calls": [],
        "exceptions": [
            {"code": UNREADABLE, "level": "hold", "owner": "engineering", "message": said}
        ],
    }


def _tell(worker: Worker, sent: Sent, since: str) -> SentRecord:
    calls, raised = [], []
    if sent.version_id is not None:
        with worker.transaction() as connection:
            calls = list_made(connection, sent.version_id, since)
            raised = list_open_of_version(connection, sent.version_id)
    return {
        "key": sent.key,
        "order_version": sent.version,
        "outcome": sent.outcome,  # type: ignore[typeddict-item]
        "because": sent.because,
        "calls": [
            {
                "send": one.send,
                "operation": one.operation,
                "state": one.state,
                "status": one.status,
                "said": one.said,
            }
            for one in calls
        ],
        "exceptions": [
            {"code": one.code, "level": one.level, "owner": one.owner, "message": one.message}
            for one in raised
        ],
    }
