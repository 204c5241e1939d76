"""Running a test file: each case mapped, delivered in memory, and held to its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.contacts import UNASKED, Contacts
from engine.mapping import ProbedMapping, contact_form
from engine.nearest import suggest
from engine.problem import Failure, Problem
from engine.problems import ProblemList
from engine.rules.subject import listed
from engine.spec.trial import Case, Changed, Expectation
from engine.text import Pointer
from engine.trials.files import Ground
from engine.trials.matching import Difference, match_plan
from engine.trials.memory import NONE, NOT_ASKED, contacts_saying, deliver
from engine.trials.payloads import PlaceError, change_payload

_GIVEN_OPTIONALLY = (NONE, NOT_ASKED)


@dataclass(slots=True)
class Result:
    """What became of one case; `pointer` is where the test file states it."""

    name: str
    pointer: Pointer
    differences: list[Difference] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.differences


def run_trials(ground: Ground) -> Iterator[Result]:
    """Run every case in order; Failure when a case cannot be run at all."""
    for name, case in ground.trials.spec.cases.items():
        yield _run_case(ground, name, case)


def check_trials(ground: Ground) -> list[Problem]:
    """Tell names in expectations that the mapping does not have, which could never differ."""
    problems = ProblemList(ground.trials.document)
    for name, case in ground.trials.spec.cases.items():
        checked = ground.mapping(case).checked
        known = [*_GIVEN_OPTIONALLY, *(one.code for one in checked.target.email_statuses)]
        at: Pointer = ("cases", name)
        if case.contact is not None and case.contact not in known:
            problems.report(
                "MD602",
                (*at, "contact"),
                f'"{case.contact}" is no status{suggest(case.contact, known)}',
                help=f"it is {listed(_GIVEN_OPTIONALLY)}, or a status of {checked.target.title}",
            )
        for expected, pointer in _expectations(case, at):
            _check_names(problems, ground.mapping(case), expected, pointer)
    return problems.found


def _expectations(case: Case, at: Pointer) -> Iterator[tuple[Expectation, Pointer]]:
    yield case.expect, (*at, "expect")
    if case.again is not None:
        yield case.again, (*at, "again")
    for index, step in enumerate(case.then):
        yield step.expect, (*at, "then", index, "expect")


def _check_names(
    problems: ProblemList, mapping: ProbedMapping, expected: Expectation, at: Pointer
) -> None:
    spec = mapping.checked.spec
    names = [name for name, one in mapping.checked.names.items() if not one.level]
    report = ["currency", *(spec.money.report if spec.money is not None else [])]
    asked: list[tuple[str, list[str], object, str]] = [
        ("money", list(expected.money), report, "reported amount"),
        ("values", list(expected.values), names, "name of one value per record"),
        ("calls", list(expected.calls), spec.send, "send"),
        ("only_calls", expected.only_calls or [], spec.send, "send"),
        ("must_not_send", expected.must_not_send, spec.send, "send"),
        ("exceptions", expected.exceptions or [], spec.exceptions, "exception"),
    ]
    for part, given, known, what in asked:
        choices = [str(one) for one in known] if isinstance(known, list | dict) else []
        for index, name in enumerate(given):
            if name not in choices:
                is_list = part in ("only_calls", "must_not_send", "exceptions")
                problems.report(
                    "MD602",
                    (*at, part, index if is_list else name),
                    f'the mapping has no {what} "{name}"{suggest(name, choices)}',
                    at_key=not is_list,
                )


def _run_case(ground: Ground, name: str, case: Case) -> Result:
    mapping = ground.mapping(case)
    at: Pointer = ("cases", name)
    payload = _change(ground, name, ground.payload(case, _key_member(mapping)), case)
    buyer = _Buyer(mapping, _known_before(ground, case, mapping, payload), Result(name, at))
    now = _clock(case.now or ground.trials.spec.now)
    buyer.take(payload, now, case.expect, (*at, "expect"))
    if case.again is not None:
        buyer.take(payload, now, case.again, (*at, "again"))
    for index, step in enumerate(case.then):
        payload = _change(ground, name, payload, step)
        now = _clock(step.now) if step.now is not None else now
        buyer.take(payload, now, step.expect, (*at, "then", index, "expect"))
    return buyer.result


def _known_before(
    ground: Ground, case: Case, mapping: ProbedMapping, payload: Mapping[str, object]
) -> Contacts:
    """Give what is known of the buyer before the case: what it says, else what the file says."""
    told = ground.contacts(mapping)
    if case.contact is None:
        return told
    now = _clock(case.now or ground.trials.spec.now)
    values = mapping.apply(payload, UNASKED, now).values
    return contacts_saying(case.contact, case.contact_of, values)


@dataclass(slots=True)
class _Buyer:
    """One buyer through a case: each record is mapped, held to its words, then delivered."""

    mapping: ProbedMapping
    contacts: Contacts
    result: Result

    def take(
        self, payload: Mapping[str, object], now: datetime, expected: Expectation, at: Pointer
    ) -> None:
        """Map one record by what is known, and remember what it sends."""
        probed = self.mapping.apply(payload, self.contacts, now)
        self.result.differences += match_plan(expected, probed.plan, probed.values, at)
        members = contact_form(self.mapping.checked).members
        self.contacts = deliver(self.contacts, probed.plan, probed.values, members)


def _change(
    ground: Ground, name: str, payload: Mapping[str, object], changed: Changed
) -> dict[str, object]:
    try:
        return change_payload(payload, changed)
    except PlaceError as error:
        raise Failure(f'{ground.trials.path}, "{name}": {error}') from None


def _key_member(mapping: ProbedMapping) -> str:
    """Give the member of a payload that holds its key."""
    one = mapping.checked.inputs.reads[mapping.checked.spec.record.key]
    return one.path.text if one.path is not None else ""


def _clock(text: str) -> datetime:
    return datetime.fromisoformat(text)
