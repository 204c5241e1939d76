"""Reach: answers that no record can ever bring about, so that nobody is asked to test them."""

from __future__ import annotations

from engine.checked import CheckedSpec
from engine.expressions.templates import compile_template
from engine.inputs import CASES, ListInput, level_of
from engine.spec.text import Figure


def can_text_miss(checked: CheckedSpec, name: str) -> bool:
    """Say whether a composed text can come out empty, so that its `missing` answers."""
    text = checked.spec.text[name]
    if text.template is not None:
        parts = compile_template(text.template).names
        return any(_may_be_empty(checked, part) for part in parts) or not parts
    join = str(text.join)
    level = level_of(join)
    walks = [checked.inputs.lists[".".join(level[: depth + 1])] for depth in range(len(level))]
    return _may_be_empty(checked, join) or any(_can_walk_nothing(checked, one) for one in walks)


def can_figure_miss(figure: Figure) -> bool:
    """Say whether a figure can have nothing to say: a number of records is 0 without any."""
    return figure.of is not None


def can_send_nothing(checked: CheckedSpec) -> bool:
    """Say whether there is a record for which no send applies."""
    operations = checked.target.operations
    return not any(
        send.when is None and send.age is None and operations[send.operation].needs is None
        for send in checked.spec.send.values()
    )


def can_lack_person(checked: CheckedSpec) -> bool:
    """Say whether the person can be missing without another exception having held the record."""
    identity = checked.spec.identity
    return identity is not None and checked.names[identity.person.from_].optional


def can_lack_address(checked: CheckedSpec) -> bool:
    """Say whether every address can be missing without another exception."""
    identity = checked.spec.identity
    return identity is not None and all(checked.names[one].optional for one in identity.address)


def _may_be_empty(checked: CheckedSpec, name: str) -> bool:
    named = checked.names[name]
    one = checked.inputs.reads.get(name)
    used = [answer.word for answer in one.answers.values() if answer.kind == "use"] if one else []
    return named.optional or named.clearable or not all(word.strip() for word in used)


def _can_walk_nothing(checked: CheckedSpec, one: ListInput) -> bool:
    """Say whether a list may give no element and the record goes on all the same."""
    answers = [one.answers[case] for case in CASES if case in one.answers]
    holds = [
        answer.kind == "fail" and checked.spec.exceptions[answer.word].level != "note"
        for answer in answers
    ]
    return not all(holds)
