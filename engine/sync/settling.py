"""The event lane: what waits for one subject, planned on live answers and delivered call by call.

Begin (clear away what was left open) → ask Dotdigital → plan a version → make its calls → end it.
Whatever interrupts that, the version waits on and is planned again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.connections.allowed import EgressError
from engine.connections.answers import StopError
from engine.connections.outcomes import Done, Failed, Outcome, Refused, Throttled, Unknown
from engine.plan import Call
from engine.state.claims import (
    Claim,
    ClaimLost,
    hold_claim,
    release_claim,
    revoke_claims,
)
from engine.state.database import Connection, DatabaseUnavailable
from engine.state.doubts import doubt_calls
from engine.state.exceptions import Raised, add_exception
from engine.state.orders import Waiting, list_waiting, move_subject
from engine.state.outbox import (
    DONE,
    NOTHING_SAID,
    REFUSED,
    SUPERSEDED,
    UNKNOWN,
    Said,
    begin_call,
    end_calls,
)
from engine.state.people import (
    ConsentEvent,
    Mirrored,
    drop_mirrored,
    mirror_contacts,
    note_consent,
    set_anchor,
)
from engine.sync.answers import Unanswered, fill_answers
from engine.sync.bulk_items import contact_of
from engine.sync.causes import raise_cause
from engine.sync.erased import was_erased
from engine.sync.flow import PayloadError, Question, read_payload
from engine.sync.knowledge import (
    ContactGone,
    ContactRefused,
    NotNow,
    mirrored,
    read_live,
    status_of,
    tell_wait,
)
from engine.sync.planning import (
    Planned,
    Turn,
    about,
    begin_turn,
    finish_version,
    hold_version,
    plan_version,
    send_again,
)
from engine.sync.releasing import give_back
from engine.sync.worker import Worker

_MOST_ROUNDS = 4
"""How often a version is planned in one turn: the contact appeared, figures of earlier orders."""


class Replan(Exception):  # noqa: N818 - a turn taken, no fault
    """What a plan was made from is no longer so."""


def settle_subject(worker: Worker, claim: Claim) -> None:
    """Plan and deliver what waits for a subject, and give the claim back."""
    try:
        _settle_subject(worker, claim)
    except DatabaseUnavailable:
        worker.owed.append(claim)
        raise


def _settle_subject(worker: Worker, claim: Claim) -> None:
    not_before, turn = None, None
    try:
        with worker.transaction() as connection:
            turn = begin_turn(worker, connection, claim)
        settle_turn(worker, turn)
    except ClaimLost:
        worker.talk.warning("claim lost", epoch=claim.epoch)
        return
    except NotNow as wait:
        not_before = worker.wait_for(claim.attempts, at_least=wait.seconds)
        tell_wait(worker, claim.attempts + 1, wait)
    except StopError:
        give_back(worker, [claim])
        raise
    with worker.transaction() as connection:
        if not_before is not None and turn is not None:
            _tell_undelivered(worker, connection, turn)
        release_claim(connection, claim, not_before=not_before)


def _tell_undelivered(worker: Worker, connection: Connection, turn: Turn) -> None:
    """Let people look at what was tried too often; it is tried again all the same."""
    attempts = turn.claim.attempts + 1
    if attempts != worker.rules.attempts_before_telling:
        return
    waiting = {one.id for one in list_waiting(connection, worker.flow.name, turn.claim.subject)}
    for version in turn.waiting:
        if version.id in waiting:
            told = raise_cause("NOT_DELIVERED", version.order_key, attempts=attempts)
            add_exception(connection, about(worker.flow, version, turn), told, worker.now)


def settle_turn(worker: Worker, turn: Turn) -> None:
    """Deliver what waits, version by version; raises NotNow and ClaimLost."""
    for version in turn.waiting:
        question = ask_about(worker, version)
        if question is not None and question.person != turn.claim.subject:
            # It is somebody else's by now, whose writer takes it from here.
            with worker.transaction() as connection:
                hold_claim(connection, turn.claim)
                move_subject(connection, version.id, question.person)
            continue
        settle_version_live(worker, turn, version, question)


def ask_about(worker: Worker, version: Waiting) -> Question | None:
    """Give whose contact a version asks for; None where it is held whatever is answered."""
    try:
        payload = read_payload(version.payload)
    except PayloadError:
        return None
    return worker.flow.ask(payload, worker.now).question


def settle_version_live(
    worker: Worker, turn: Turn, version: Waiting, question: Question | None
) -> None:
    """Deliver one version on what Dotdigital says now."""
    for _ in range(_MOST_ROUNDS):
        if question is not None and not _know(worker, turn, version, question):
            return
        planned = plan_version(worker, turn, version)
        if not planned.calls:
            return
        try:
            Delivery(worker, turn, planned).run()
        except Replan:
            continue
        except EgressError as refused:
            hold_version(worker, turn, version, "REFUSED_AT_EGRESS", said=str(refused))
        return
    raise NotNow("the contact changed with every attempt")


def _know(worker: Worker, turn: Turn, version: Waiting, question: Question) -> bool:
    """Ask about a person; False where the version is held by what was said."""
    known = turn.known
    if known.read_at is not None and worker.now - known.read_at > worker.rules.fresh:
        known.answers.clear()
        known.addresses.clear()
        known.read_at = None
    before = set(known.answers)
    try:
        read_live(worker, known, question)
    except ContactGone as gone:
        with worker.transaction() as connection:
            drop_mirrored(connection, gone.contact_id)
        hold_version(worker, turn, version, "CONTACT_GONE")
        return False
    except ContactRefused as refused:
        hold_version(worker, turn, version, "CONTACT_REFUSED", said=str(refused))
        return False
    _note_read(worker, turn, known.answers.keys() - before)
    return True


def _note_read(worker: Worker, turn: Turn, numbers: set[int]) -> None:
    rows, events, form = list[Mirrored](), list[ConsentEvent](), worker.flow.form
    for number in sorted(numbers):
        answer = turn.known.answers[number]
        row = mirrored(answer, form, worker.now)
        if row is not None:
            rows.append(row)
        if row is not None and worker.rules.trail:
            status = status_of(answer, form)
            events.append(ConsentEvent(turn.claim.subject, number, "read", status))
    with worker.transaction() as connection:
        hold_claim(connection, turn.claim)
        mirror_contacts(connection, rows)
        note_consent(connection, events, worker.now)


@dataclass(slots=True)
class Delivery:
    """The calls of one plan, made in order."""

    worker: Worker
    turn: Turn
    planned: Planned
    refusals: list[Raised] = field(default_factory=list)
    answers: dict[str, object] = field(default_factory=dict)

    def run(self) -> None:
        """Make every call and end the version; raises Replan, NotNow and ClaimLost."""
        created = False
        for position, (row, call) in enumerate(self.planned.calls):
            if self.refusals and not call["idempotent"]:
                # A journey does not begin on an order that Dotdigital refused a part of.
                self._end(row, SUPERSEDED)
                continue
            if self._must_wait(call):
                self._drop(position)
                raise Replan
            try:
                body = fill_answers(call["body"], self.answers)
            except Unanswered:
                self._end(row, SUPERSEDED)
                continue
            try:
                outcome = self._make(row, call, body)
            except (EgressError, StopError):
                self._drop(position)
                raise
            created |= self._take(position, row, call, outcome)
            if self.refusals and self._creates(call) and not created:
                # Nothing else of the order has anybody to belong to.
                self._drop(position + 1)
                break
        others = self.turn.known.shares.keys() - {self.planned.version.order_key}
        if created and others and not self.refusals:
            # The contact was made with the figures of this order alone.
            raise Replan
        finish_version(self.worker, self.turn, self.planned, self.refusals)

    def make_first(self) -> bool:
        """Make the first call and nothing else; whether it created the contact.

        Raises NotNow and ClaimLost.
        """
        row, call = self.planned.calls[0]
        try:
            return self._take(0, row, call, self._make(row, call, call["body"]))
        except Replan:
            return False
        except (EgressError, StopError):
            self._drop(0)
            raise

    def _creates(self, call: Call) -> bool:
        return self.worker.flow.target.operations[call["operation"]].creates_contact

    def _must_wait(self, call: Call) -> bool:
        """Whether a call must not be made on an answer as old, or after a refusal, as this."""
        if call["idempotent"]:
            return False
        read_at = self.turn.known.read_at
        return read_at is None or self.worker.now - read_at > self.worker.rules.fresh

    def _make(self, row: int, call: Call, body: object) -> Outcome:
        with self.worker.transaction() as connection:
            hold_claim(connection, self.turn.claim)
            begin_call(connection, row, self.worker.now)
        return self.worker.client.send(
            call["operation"], call["method"], call["path"], call["query"], body
        )

    def _take(self, position: int, row: int, call: Call, outcome: Outcome) -> bool:
        """Take in what became of a call; whether it created the contact."""
        if isinstance(outcome, Done):
            return self._take_done(row, call, outcome)
        if isinstance(outcome, Refused):
            self._take_refusal(position, row, call, outcome)
        elif isinstance(outcome, Unknown) and not call["idempotent"]:
            self._take_unknown(row, call)
        else:
            self._drop(position, doubtful=isinstance(outcome, Failed) and outcome.doubtful)
            seconds = wait_after(self.worker, outcome)
            why = outcome.why if isinstance(outcome, Failed | Unknown) else "asked for a pause"
            raise NotNow(
                f"{call['operation']}: {why}",
                seconds,
                cause=type(outcome).__name__,
                operation=call["operation"],
                status=getattr(outcome, "status", 0),
            )
        return False

    def _take_done(self, row: int, call: Call, outcome: Done) -> bool:
        worker, known, now = self.worker, self.turn.known, self.worker.now
        self.answers[call["send"]] = outcome.body
        number = known.learn(outcome.body, now) if self._creates(call) else None
        anchor = number if number is not None else contact_of(worker.flow.target, call)
        with worker.transaction() as connection:
            end_calls(connection, [row], DONE, now, Said(outcome.status))
            erased = self._check_claim(connection, number)
            if anchor is not None:
                set_anchor(connection, self.turn.claim.subject, anchor)
            if number is not None and not erased:
                told = mirrored(known.answers[number], worker.flow.form, now)
                mirror_contacts(connection, [told] if told is not None else [])
                status = status_of(known.answers[number], worker.flow.form)
                event = ConsentEvent(self.turn.claim.subject, number, "created", status)
                note_consent(connection, [event], now)
        if erased:
            raise ClaimLost(self.turn.claim.subject)
        if anchor is not None:
            known.anchor = anchor
        known.sent.add(call["id"])
        return number is not None

    def _check_claim(self, connection: Connection, made: int | None) -> bool:
        """Where another worker took over while a call was out, let the order be sent once more.

        What landed last may be this call's older figures. True where the person was erased
        meanwhile: `made` is then a contact to be deleted.
        """
        claim, flow, order = self.turn.claim, self.worker.flow, self.planned.version.order_key
        try:
            hold_claim(connection, claim)
        except ClaimLost:
            if was_erased(self.worker, connection, claim, made):
                return True
            revoke_claims(connection, claim.subject)
            send_again(connection, flow.name, order)
        return False

    def _take_refusal(self, position: int, row: int, call: Call, outcome: Refused) -> None:
        """Take in a definite no: a contact that appeared, one that went, or a real refusal."""
        operation = self.worker.flow.target.operations[call["operation"]]
        known = self.turn.known
        appeared = operation.creates_contact and outcome.status == _CONFLICT
        went = operation.needs == "contact_id" and outcome.status == _NOT_FOUND
        if appeared or went:
            self._drop(position)
            known.answers.clear()
            known.addresses.clear()
            raise Replan
        said = f"{outcome.code} {outcome.said}".strip()
        self._end(row, REFUSED, Said(outcome.status, said))
        told = raise_cause(
            "REFUSED_BY_DOTDIGITAL", self.planned.version.order_key, send=call["send"], said=said
        )
        self.refusals.append(told)

    def _take_unknown(self, row: int, call: Call) -> None:
        order, now = self.planned.version.order_key, self.worker.now
        with self.worker.transaction() as connection:
            # Whoever took over finds the call begun, and says the same.
            hold_claim(connection, self.turn.claim)
            end_calls(connection, [row], UNKNOWN, now)
            add_exception(
                connection,
                about(self.worker.flow, self.planned.version, self.turn),
                raise_cause("OUTCOME_UNKNOWN", order, send=call["send"]),
                now,
            )
        self.turn.known.sent.add(call["id"])

    def _drop(self, position: int, *, doubtful: bool = False) -> None:
        """Give up the calls from one on: they are planned again. The first may land `doubtful`."""
        worker, rows = self.worker, [row for row, _ in self.planned.calls[position:]]
        with worker.transaction() as connection:
            end_calls(connection, rows, SUPERSEDED, worker.now)
            if doubtful:
                due = worker.now + worker.rules.late_wait
                doubt_calls(connection, worker.flow.name, rows[:1], due)

    def _end(self, row: int, state: str, said: Said = NOTHING_SAID) -> None:
        with self.worker.transaction() as connection:
            end_calls(connection, [row], state, self.worker.now, said)


def wait_after(worker: Worker, outcome: Outcome) -> float:
    """Give the seconds that pass at least before what became of a call is tried again."""
    if isinstance(outcome, Throttled):
        return outcome.seconds
    doubtful = isinstance(outcome, Failed) and outcome.doubtful
    return worker.rules.doubt_wait.total_seconds() if doubtful else 0.0


_CONFLICT, _NOT_FOUND = 409, 404
