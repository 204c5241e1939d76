"""Goals: everything that a mapping can mean, each to be brought about by one test at least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.checked import CheckedSpec
from engine.compiler.watching import FAILS, HOLDS, OLDER
from engine.inputs import CASES, Input, ListInput
from engine.mapping import OTHER_VALUE
from engine.proof.influence import names_in
from engine.proof.matrix import label_of, payload_place
from engine.proof.reach import (
    can_figure_miss,
    can_lack_address,
    can_lack_person,
    can_send_nothing,
    can_text_miss,
)
from engine.runtime.values import Taken
from engine.spec.condition import When, alternatives_of
from engine.text import Pointer

Kind = Literal[
    "consent rows",
    "missing values",
    "repeated elements",
    "codes in money",
    "exceptions",
    "conditions",
    "parameters",
    "composed values",
]


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to bring about; `told` says it in words, `pointer` is the part it belongs to.

    It is reached when the probed mapping notes `way` at `pointer`.
    """

    kind: Kind
    pointer: Pointer
    way: str
    told: str

    @property
    def mark(self) -> Taken:
        """What a probed mapping notes when it is brought about."""
        return (self.pointer, self.way)


def list_goals(checked: CheckedSpec) -> list[Goal]:
    """Give every goal of a mapping, in the order of its parts."""
    return [
        *_parameter_goals(checked),
        *_input_goals(checked),
        *_code_goals(checked),
        *_raise_goals(checked),
        *_row_goals(checked),
        *_composed_goals(checked),
        *_condition_goals(checked),
        *_exception_goals(checked),
    ]


def _parameter_goals(checked: CheckedSpec) -> Iterator[Goal]:
    for name, param in checked.spec.params.items():
        at: Pointer = ("params", name)
        for choice in param.choices or []:
            yield Goal("parameters", at, choice, f"${name} is {choice}")
        if param.type != "choice":
            usual = "default" if param.default is not None else "example"
            yield Goal("parameters", at, OTHER_VALUE, f"${name} has another value than its {usual}")


def _input_goals(checked: CheckedSpec) -> Iterator[Goal]:
    """Each case that the source lock does not rule out, of each read and list."""
    inputs: list[Input | ListInput] = [
        *checked.inputs.reads.values(),
        *checked.inputs.lists.values(),
    ]
    for one in inputs:
        place = payload_place(checked, one)
        for case in CASES:
            if case not in one.possible or case not in one.answers:
                continue
            answer = one.answers[case]
            told = f"{place} is {_with_article(label_of(case, one))}"
            said = f"{answer.kind} {answer.word}".rstrip()
            yield Goal("missing values", one.pointer, case, f"{told}: {said}")
        if isinstance(one, ListInput):
            yield from _repeat_goals(one, place)


def _repeat_goals(one: ListInput, place: str) -> Iterator[Goal]:
    if one.repeated is None:
        return
    says = "counts once" if one.repeated.kind == "once" else f"fail {one.repeated.word}"
    told = f"an element of {place} comes twice: {says}"
    yield Goal("repeated elements", one.pointer, "repeated", told)
    if one.conflicting is not None:
        told = f"two elements of {place} under one key differ: fail {one.conflicting.word}"
        yield Goal("repeated elements", one.pointer, "conflicting", told)


def _code_goals(checked: CheckedSpec) -> Iterator[Goal]:
    """Each code of the reads that decide what counts as money, such as the states of refunds."""
    money = checked.spec.money
    asked = (
        {name for total in money.totals.values() for name in names_in(total.where)}
        if money
        else set()
    )
    for name, one in checked.inputs.reads.items():
        if name in asked and one.read.type == "code":
            for code in one.codes:
                told = f"{payload_place(checked, one)} is {code}"
                yield Goal("codes in money", one.pointer, f"is {code}", told)


def _raise_goals(checked: CheckedSpec) -> Iterator[Goal]:
    """Each place that raises an exception, beside the answers to missing values."""
    spec = checked.spec
    for index, rule in enumerate(spec.money.must_hold if spec.money is not None else ()):
        at: Pointer = ("money", "must_hold", index)
        told = f"{rule.rule} does not hold: {rule.otherwise}"
        yield Goal("exceptions", at, "broken", told)
    identity = spec.identity
    if identity is not None:
        raised = [("keys_disagree", "the person and the address lead to different contacts")]
        if can_lack_person(checked):
            raised.append(("no_person", "the person is not known"))
        if can_lack_address(checked):
            raised.append(("no_address", "there is no address"))
        for part, why in sorted(raised):
            told = f"{why}: {getattr(identity, part)}"
            yield Goal("exceptions", ("identity", part), "raised", told)
    if spec.consent is not None:
        code = spec.consent.unknown_status
        told = f"the contact has a status that the target lock does not have: {code}"
        yield Goal("exceptions", ("consent", "unknown_status"), "raised", told)
    if spec.lifetime is not None:
        told = f"earlier records are in another currency: {spec.lifetime.mixed_currency}"
        yield Goal("exceptions", ("lifetime", "mixed_currency"), "raised", told)
    if can_send_nothing(checked):
        told = f"nothing is to be sent: {spec.nothing_to_send}"
        yield Goal("exceptions", ("nothing_to_send",), "raised", told)


def _row_goals(checked: CheckedSpec) -> Iterator[Goal]:
    consent = checked.spec.consent
    deciding = set(checked.consent_table.values())
    for index, row in enumerate(consent.rows if consent is not None else ()):
        if index in deciding:
            told = f"row {index + 1} decides {row.do}: {row.because}"
            yield Goal("consent rows", ("consent", "rows", index), "hit", told)


def _composed_goals(checked: CheckedSpec) -> Iterator[Goal]:
    for name, text in checked.spec.text.items():
        if can_text_miss(checked, name):
            told = f"the text {name} has nothing to say: {text.missing}"
            yield Goal("composed values", ("text", name), "missing", told)
    lifetime = checked.spec.lifetime
    for name, figure in lifetime.figures.items() if lifetime is not None else ():
        if not can_figure_miss(figure):
            continue
        told = f"no record counts for lifetime.{name}: {figure.missing}"
        yield Goal("composed values", ("lifetime", "figures", name), "missing", told)


def _condition_goals(checked: CheckedSpec) -> Iterator[Goal]:
    for name, send in checked.spec.send.items():
        at: Pointer = ("send", name)
        if send.when is not None:
            yield from _goals_of_condition((*at, "when"), send.when, name)
        if send.age is not None:
            told = f"{name} would be sent, but {send.age.of} is older than {send.age.at_most}"
            yield Goal("conditions", (*at, "age"), OLDER, told)
        for index, item in enumerate(send.lists):
            if item.when is not None:
                pointer: Pointer = (*at, "lists", index, "when")
                yield from _goals_of_condition(pointer, item.when, f"{name} to list {item.add}")


def _goals_of_condition(pointer: Pointer, when: When, what: str) -> Iterator[Goal]:
    for index, condition in enumerate(alternatives_of(when)):
        at: Pointer = (*pointer, index) if isinstance(when, list) else pointer
        which = f"alternative {index + 1} of " if isinstance(when, list) else ""
        yield Goal("conditions", at, HOLDS, f"{which}the condition of {what} holds")
        for name in condition:
            told = f"{name} fails {which}the condition of {what}"
            yield Goal("conditions", (*at, name), FAILS, told)


def _exception_goals(checked: CheckedSpec) -> Iterator[Goal]:
    for code in checked.spec.exceptions:
        yield Goal("exceptions", ("exceptions", code), "raised", f"{code} is raised")


def _with_article(label: str) -> str:
    articles = {"wrong type": "of the ", "unknown code": "an ", "empty list": "an "}
    return articles.get(label, "") + label
