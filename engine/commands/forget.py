"""`miradot forget`: who would be erased, and with `--send` the erasure itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.commands.deeds import name_doer, recorder_of
from engine.commands.delivery import SENDING, choose_flow, open_delivery
from engine.connections.answers import StopError
from engine.log import get_log
from engine.problem import Failure
from engine.report.forget import FORGET_SCHEMA, ForgetDocument
from engine.settings import read_settings
from engine.state.audit import Deed
from engine.state.erasure import count_deletions
from engine.state.runs import Ending, end_run, start_run
from engine.sync.account import recognise_account
from engine.sync.forgetting import By, Erased, Identifier, Person, erase, find
from engine.sync.retention import rebuild
from engine.sync.worker import Worker

_WORDS = {
    "order": "order",
    "email": "address",
    "person": "person key",
    "customer": "customer id",
    "contact": "contact",
}


@dataclass(frozen=True, slots=True)
class ForgetRequest:
    """One call of `miradot forget`; mapping and brand are those of the settings if not given."""

    by: By
    value: str
    mapping: Path | None
    brand: Path | None
    send: bool
    note: str


def forget(request: ForgetRequest) -> ForgetDocument:
    """Find a person and say what there is of them; erase them where that is asked for."""
    settings = read_settings()
    flow = choose_flow(settings, request.mapping, request.brand, *SENDING)
    with open_delivery(settings, flow, urgent=False, with_mirakl=False) as delivery:
        worker = delivery.worker
        identifier = Identifier(request.by, request.value)
        try:
            recognise_account(worker)
            person = find(worker, identifier)
            _refuse_telling(request, person)
            if not request.send or not (person.is_known or person.buried):
                return _tell(request, person)
            return _erase(worker, request, identifier, person)
        except StopError as error:
            raise Failure(str(error)) from None


def _erase(
    worker: Worker, request: ForgetRequest, identifier: Identifier, person: Person
) -> ForgetDocument:
    with worker.transaction() as connection:
        run = start_run(connection, worker.flow.name, "forget", worker.now)
    worker.talk = get_log(run)
    people = sorted(person.found.subjects) or [""]
    deeds = [Deed(name_doer(), "erased", person=one) for one in people]
    with recorder_of(worker).record(*deeds):
        done = erase(worker, person, identifier)
    with worker.transaction() as connection:
        owed = count_deletions(connection)
        figures = {**done.rows, "deleted": done.deletions["deleted"], "owed": owed}
        end_run(connection, run, Ending("done", figures, request.note), worker.now)
    compacted = rebuild(worker)
    return _tell(request, person, done, run=run, compacted=compacted)


def _tell(
    request: ForgetRequest,
    person: Person,
    done: Erased | None = None,
    *,
    run: str = "",
    compacted: bool = False,
) -> ForgetDocument:
    after = done or Erased(person.rows)
    return {
        "schema": FORGET_SCHEMA,
        "by": _WORDS[request.by],
        "sent": done is not None,
        "run": run,
        "known": person.is_known,
        "erased_before": person.buried,
        "people": len(person.found.subjects),
        "orders": len(person.found.orders),
        "addresses": person.masked() if person.is_known else [],
        "rows": after.rows,
        "under_way": person.under_way,
        "contacts": len(person.found.contacts),
        "deleted": after.deletions["deleted"],
        "owed": after.deletions["owed"],
        "traces": after.traces,
        "compacted": compacted,
    }


def _refuse_telling(request: ForgetRequest, person: Person) -> None:
    """Refuse a note that would keep what is to be forgotten."""
    note = request.note.casefold()
    words = {request.value.strip(), *person.addresses, *person.found.subjects}
    words |= {order for _, order in person.found.orders}
    if any(word and word.casefold() in note for word in words):
        raise Failure("the note names who is to be forgotten; say a ticket instead")
