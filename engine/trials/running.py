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
from engine.runtime.values import Taken
from engine.spec.params import ParamValue
from engine.spec.trial import Case, Changed, Expectation
from engine.text import Pointer
from engine.trials.files import Ground, expectations
from engine.trials.matching import Difference, match_plan
from engine.trials.memory import NONE, NOT_ASKED, contacts_saying, deliver
from engine.trials.payloads import PlaceError, change_payload

_GIVEN_OPTIONALLY = (NONE, NOT_ASKED)


@dataclass(slots=True)
class Result:
    """What became of one case; `pointer` is where the test file states it.

    `taken` are the ways that its records took through the mapping, `raised` the codes they raised.
    """

    name: str
    pointer: Pointer
    differences: list[Difference] = field(default_factory=list)
    taken: set[Taken] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.differences


def run_trials(ground: Ground) -> Iterator[Result]:
    """Run every case in order; Failure when a case cannot be run at all."""
    for name, case in ground.trials.spec.cases.items():
        yield run_case(prepare_case(ground, name, case), ground.mapping(case))


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
        for expected, pointer in expectations(case, at):
            _check_names(problems, ground.mapping(case), expected, pointer)
    return problems.found


def _codes(expected: Expectation) -> list[str]:
    return [one if isinstance(one, str) else one.code for one in expected.exceptions or []]


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
        ("exceptions", _codes(expected), spec.exceptions, "exception"),
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


@dataclass(frozen=True, slots=True)
class Stage:
    """One record that a case sends through, and what must come of it."""

    payload: Mapping[str, object]
    now: datetime
    expected: Expectation
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case with all that does not depend on how the mapping maps: its records, the buyer."""

    name: str
    pointer: Pointer
    params: Mapping[str, ParamValue]
    contacts: Contacts
    stages: tuple[Stage, ...]


def prepare_case(ground: Ground, name: str, case: Case) -> Prepared:
    """Make a case ready; Failure when its record cannot be had or changed as it says."""
    mapping = ground.mapping(case)
    at: Pointer = ("cases", name)
    now = _clock(case.now or ground.trials.spec.now)
    payload = _change(ground, name, ground.payload(case, _key_member(mapping)), case)
    stages = [Stage(payload, now, case.expect, (*at, "expect"))]
    if case.again is not None:
        stages.append(Stage(payload, now, case.again, (*at, "again")))
    for index, step in enumerate(case.then):
        payload = _change(ground, name, payload, step)
        now = _clock(step.now) if step.now is not None else now
        stages.append(Stage(payload, now, step.expect, (*at, "then", index, "expect")))
    contacts = _known_before(ground, case, mapping, stages[0])
    return Prepared(name, at, ground.params(case), contacts, tuple(stages))


def run_case(prepared: Prepared, mapping: ProbedMapping) -> Result:
    """Send the records of a case through a mapping, each one delivered before the next."""
    result = Result(prepared.name, prepared.pointer)
    contacts, members = prepared.contacts, contact_form(mapping.checked).members
    for stage in prepared.stages:
        probed = mapping.apply(stage.payload, contacts, stage.now)
        found = match_plan(stage.expected, probed.plan, probed.values, stage.pointer)
        result.differences += found
        result.taken |= probed.taken
        result.raised |= {one["code"] for one in probed.plan["exceptions"]}
        contacts = deliver(contacts, probed, members)
    return result


def _known_before(ground: Ground, case: Case, mapping: ProbedMapping, first: Stage) -> Contacts:
    """Give what is known of the buyer before the case: what it says, else what the file says."""
    said = case.contact if case.unlisted_status is None else case.unlisted_status
    if said is None:
        return ground.contacts(mapping)
    values = mapping.apply(first.payload, UNASKED, first.now).values
    return contacts_saying(said, case.contact_of, values)


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
