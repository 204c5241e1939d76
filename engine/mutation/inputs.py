"""Mutants of what comes in: parameters, the record's key, reads, lists."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checked import CheckedSpec
from engine.inputs import Input, ListInput
from engine.mutation.answers import mutate_outcomes
from engine.mutation.mutant import DROP, Mutant, dropping, replacing
from engine.proof.matrix import payload_place
from engine.spec.params import Param
from engine.text import Pointer

# Types that one and the same member of a payload can be read as.
_ALIKE = (frozenset({"text", "id"}), frozenset({"instant", "day"}))
_FAR_ZONE = "Pacific/Auckland"


def mutate_inputs(checked: CheckedSpec) -> Iterator[Mutant]:
    """Give every mutant of the inputs, in the order of the mapping."""
    yield from _mutate_params(checked)
    yield from _mutate_record(checked)
    for one in checked.inputs.reads.values():
        yield from _mutate_read(checked, one)
    for walked in checked.inputs.lists.values():
        yield from _mutate_list(checked, walked)


def _mutate_params(checked: CheckedSpec) -> Iterator[Mutant]:
    """Change each default. An example only stands in until a brand gives its own value."""
    for name, param in checked.spec.params.items():
        if param.default is None:
            continue
        at: Pointer = ("params", name, "default")
        for other in _other_defaults(param):
            yield replacing(
                at,
                other,
                f"the default of ${name} is {_show(other)} instead of {_show(param.default)}",
                f"a case that sets no ${name} and shows what it does",
            )


def _other_defaults(param: Param) -> list[object]:
    default = param.default
    if param.choices is not None:
        return [choice for choice in param.choices if choice != default]
    if isinstance(default, list):
        fewer = [default[:index] + default[index + 1 :] for index in range(len(default))]
        return [one or ["something"] for one in fewer]
    if param.type == "timezone":
        return [_FAR_ZONE]
    if isinstance(default, bool):
        return [not default]
    return [default + 1 if isinstance(default, int) else f"{default}-other"]


def _mutate_record(checked: CheckedSpec) -> Iterator[Mutant]:
    record = checked.spec.record
    test = "a record sent twice, and a later version of it, with the calls of each"
    for part, kind, used in (("key", "id", record.key), ("version", "instant", record.version)):
        other = next(
            (
                one.name
                for one in checked.inputs.reads_at(())
                if one.read.type == kind and one.name != used
            ),
            None,
        )
        if used is not None and other is not None:
            change = f"the record's {part} is {other} instead of {used}"
            yield replacing(("record", part), other, change, test)
    if record.version is not None:
        yield dropping(("record", "version"), "the record has no version", test)


def _mutate_read(checked: CheckedSpec, one: Input) -> Iterator[Mutant]:
    yield from _swap_source(checked, one)
    test = f"a record that tells the texts of {one.name} apart"
    words = list(one.read.choices or {})
    if len(words) > 1:
        first, second = words[:2]
        at: Pointer = (*one.pointer, "choices")
        texts = checked.document.value_at(at)
        if isinstance(texts, dict):
            swapped = {**texts, first: texts[second], second: texts[first]}
            change = f"{one.name} takes {first} for {second} and the other way round"
            yield replacing(at, swapped, change, test)
    for index, code in enumerate(one.read.codes or []):
        at = (*one.pointer, "codes", index)
        told = f"a record in which {payload_place(checked, one)} is {code}"
        yield dropping(at, f"{one.name} no longer knows the code {code}", told)
    if one.read.zone is not None:
        told = f"a record whose {one.name} is another day in another zone"
        yield replacing((*one.pointer, "zone"), _FAR_ZONE, f"{one.name} is a day elsewhere", told)
    yield from mutate_outcomes(checked, one, one.read)


def _swap_source(checked: CheckedSpec, one: Input) -> Iterator[Mutant]:
    """Read it from where a like value stands, the next one in the mapping's order."""
    key = "path" if one.read.path is not None else "custom_field"
    own = getattr(one.read, key)
    near = [
        other
        for other in checked.inputs.reads_at(one.level)
        if getattr(other.read, key) not in (None, own) and _is_alike(one, other)
    ]
    after = [other for other in near if _order(checked, other) > _order(checked, one)]
    for other in (after or near)[:1]:
        theirs = getattr(other.read, key)
        change = f"{one.name} reads {theirs} instead of {own}"
        edits = [((*one.pointer, key), theirs)]
        if key == "custom_field":
            # Both are swapped, lest a parameter that nothing uses gives the edit away.
            edits.append(((*other.pointer, key), own))
            change += f", and {other.name} the other way round"
        test = f"a record in which {own} and {theirs} differ, expecting what is made of {one.name}"
        yield Mutant((*one.pointer, key), change, test, tuple(edits))


def _is_alike(one: Input, other: Input) -> bool:
    kinds = {one.read.type, other.read.type}
    # An example of a custom field's code is its own parameter: one text is as good as another.
    custom = one.read.custom_field is not None
    return custom or len(kinds) == 1 or any(kinds <= alike for alike in _ALIKE)


def _order(checked: CheckedSpec, one: Input) -> int:
    return list(checked.inputs.reads).index(one.name)


def _mutate_list(checked: CheckedSpec, one: ListInput) -> Iterator[Mutant]:
    place = payload_place(checked, one)
    lists = list(checked.inputs.lists_in(one.level[:-1]))
    other = lists[(lists.index(one) + 1) % len(lists)]
    if other is not one:
        yield replacing(
            (*one.pointer, "path"),
            other.each.path,
            f"{one.name} walks {other.each.path} instead of {one.each.path}",
            f"a record in which {one.each.path} and {other.each.path} differ",
        )
    if one.repeated is not None:
        edits = [((*one.pointer, key), DROP) for key in ("key", "repeated", "conflicting")]
        edits.append(((*one.pointer, "read", str(one.each.key)), DROP))
        held = [edit for edit in edits if edit[0] in checked.document.values]
        change = f"an element of {place} that comes twice counts twice"
        test = f"a record in which an element of {place} comes twice"
        yield Mutant((*one.pointer, "repeated"), change, test, tuple(held))
    if one.repeated is not None and one.conflicting is not None:
        change = f"equal elements of {place} raise {one.conflicting.word} instead of counting once"
        test = f"a record in which an element of {place} comes twice, equal"
        failing = f"fail {one.conflicting.word}"
        edited = (
            ((*one.pointer, "repeated"), failing),
            ((*one.pointer, "conflicting"), DROP),
        )
        yield Mutant((*one.pointer, "repeated"), change, test, edited)
    yield from mutate_outcomes(checked, one, one.each)


def _show(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else f'"{value}"'
