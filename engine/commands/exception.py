"""`miradot exceptions show`: one exception in full, with the ways to end it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.clock import write_time
from engine.commands.deeds import name_doer, recorder_of
from engine.commands.delivery import SENDING, choose_flow, open_delivery
from engine.commands.exceptions import (
    advice_of,
    advise,
    as_row,
    require_exception,
    require_flow,
)
from engine.log import get_log
from engine.mapping import compile_mapping
from engine.report.exception import (
    EXCEPTION_SCHEMA,
    CallView,
    CandidateView,
    ExceptionDocument,
    OrderView,
    TrailView,
    Way,
)
from engine.runtime.people import mask
from engine.samples.masking import Masker, leave_out_empty
from engine.settings import read_settings
from engine.state.audit import Deed
from engine.state.exceptions import UNKNOWN_OUTCOME
from engine.state.reviews import (
    CallMade,
    Entry,
    OrderVersion,
    TrailEntry,
    list_calls,
    list_trail,
    newest_version,
)
from engine.sync.candidates import Candidate, find_candidates, make_seeker
from engine.sync.deciding import GONE, is_identity_review
from engine.sync.flow import Flow, PayloadError, read_payload
from engine.sync.reopening import is_closed_as_it_was
from engine.sync.replaying import Ahead, Lookout
from engine.sync.worker import Worker


@dataclass(frozen=True, slots=True)
class ShowRequest:
    """One call of `miradot exceptions show`."""

    number: int
    mapping: Path | None
    brand: Path | None
    show_personal_data: bool


def show_one(request: ShowRequest) -> tuple[ExceptionDocument, str]:
    """Give an exception in full, and what the target is called; Failure where there is none."""
    settings = read_settings()
    flow = choose_flow(settings, request.mapping, request.brand, *SENDING)
    with open_delivery(settings, flow, with_mirakl=False) as delivery:
        worker = delivery.worker
        if not request.show_personal_data:
            return tell_exception(worker, request.number, masked=True), flow.target.title
        with worker.transaction() as connection:
            entry = require_exception(connection, request.number)
        get_log("none").warning("personal data shown", exceptions=request.number)
        with recorder_of(worker).record(Deed(name_doer(), "revealed", entry.id, entry.subject)):
            return tell_exception(worker, request.number, masked=False), flow.target.title


def tell_exception(worker: Worker, number: int, *, masked: bool) -> ExceptionDocument:
    """Give an exception in full, from our tables alone: nobody is asked."""
    flow, now = worker.flow, worker.now
    with worker.transaction() as connection:
        entry = require_exception(connection, number)
        require_flow(entry, flow)
        version = newest_version(connection, entry.flow, entry.order_key)
        calls = list_calls(connection, entry.flow, entry.order_key)
        trail = list_trail(connection, entry.subject)
        seeker = make_seeker(connection, flow, entry, now)
        candidates = (
            find_candidates(connection, seeker) if is_identity_review(flow, entry.code) else []
        )
    lookout = Lookout(worker, compile_mapping(flow.mapping.checked, masked=masked), live=False)
    ahead = lookout.look(version) if version is not None else None
    advice = advice_of(flow).get((flow.name, entry.code)) or advise(entry.code, "")
    document: ExceptionDocument = {
        "schema": EXCEPTION_SCHEMA,
        "at": write_time(now),
        "exception": as_row(entry),
        "person": entry.subject,
        "place": entry.place,
        "rule": entry.rule,
        "retry": entry.retry,
        "do": advice.do,
        "candidates": [_candidate(one, masked=masked) for one in candidates],
        "not_sent": _tell_stopped(ahead),
        "calls": [_call(one) for one in calls],
        "trail": [tell_trail(one) for one in trail],
        "ways": list(_list_ways(entry, candidates, flow)),
    }
    if version is not None:
        document["order"] = _order(version, flow, masked=masked)
    if ahead is not None and ahead.plan is not None:
        document["plan"] = ahead.plan
    return document


def _tell_stopped(ahead: Ahead | None) -> str:
    return ahead.stopped if ahead is not None else "the order is not there any more"


def _order(version: OrderVersion, flow: Flow, *, masked: bool) -> OrderView:
    try:
        read: object = read_payload(version.payload) if version.payload else {}
    except PayloadError:
        read = {}
    if masked and isinstance(read, dict):
        read = Masker(flow.mapping.checked.source).mask(read)
    return {
        "version": version.version,
        "landed_at": version.landed_at,
        "outcome": version.outcome or "waiting",
        "because": version.because or "",
        "read": leave_out_empty(read),
    }


def _candidate(one: Candidate, *, masked: bool) -> CandidateView:
    address = str(mask(one.address)) if masked and one.address else one.address
    return {
        "contact_id": one.contact_id,
        "address": address,
        "status": one.status,
        "read_at": one.read_at,
        "evidence": list(one.evidence),
        "others": list(one.others),
    }


def _call(one: CallMade) -> CallView:
    call: CallView = {
        "send": one.send,
        "operation": one.operation,
        "state": one.state,
        "attempts": one.attempts,
        "said": one.said,
        "sent_at": one.sent_at or "",
    }
    if one.status is not None:
        call["status"] = one.status
    if one.answered_at is not None:
        call["answered_at"] = one.answered_at
    return call


def tell_trail(one: TrailEntry) -> TrailView:
    """Give a line of a consent trail as it is shown."""
    line: TrailView = {
        "at": one.at,
        "kind": one.kind,
        "status": one.status,
        "decision": one.decision,
        "because": one.because,
        "order": one.order_key,
    }
    if one.contact_id is not None:
        line["contact_id"] = one.contact_id
    return line


def _list_ways(entry: Entry, candidates: Sequence[Candidate], flow: Flow) -> Iterator[Way]:
    """Give the commands that end an exception, or take a decision back."""
    if entry.closed_at is not None:
        command = f'miradot exceptions undo {entry.id} --note "…"'
        decided = {"decision", "recreated_from"} & entry.evidence.keys()
        if decided and "undone_by" not in entry.evidence:
            means = "the decision counts no more; what was delivered on it is planned again"
            yield {"command": command, "means": means}
        if is_closed_as_it_was(entry):
            yield {"command": command, "means": "it waits for people again"}
        return
    if entry.code == UNKNOWN_OUTCOME:
        yield _resolve(entry, "--happened", "it happened; it is never sent again")
        yield _resolve(entry, "--did-not-happen", "it did not; it may be sent once more")
        return
    if is_identity_review(flow, entry.code):
        for one in candidates:
            if one.evidence and not one.decided_for:
                number = one.contact_id
                told = f"it is contact {number}'s, and so are later orders of this person"
                yield _resolve(entry, f"--contact {number}", told)
    if entry.code == GONE:
        yield _resolve(entry, "--recreate", "the person may be created again")
    command = f"miradot exceptions replay {entry.id}"
    yield {"command": command, "means": "see what sending it again would do"}
    yield _resolve(entry, "", "nothing more is to be done; the order stays as it is")


def _resolve(entry: Entry, option: str, means: str) -> Way:
    words = ["miradot exceptions resolve", str(entry.id), option, '--note "…"']
    return {"command": " ".join(word for word in words if word), "means": means}
