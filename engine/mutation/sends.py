"""Mutants of what goes out: conditions, keys, repeats, ages, fields, lists; and exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.checked import CheckedSpec
from engine.mutation.conditions import mutate_when
from engine.mutation.mutant import Mutant, dropping, replacing
from engine.mutation.words import are_like, find_like, swap_code
from engine.proof.reach import can_send_nothing
from engine.spec.send import LiteralValue, Objects, Scalar, Send, Value
from engine.text import Pointer

_TURNED = {
    "order": ("newest_version_wins", "any"),
    "repeat": ("each_version", "once"),
}


def mutate_sends(checked: CheckedSpec) -> Iterator[Mutant]:
    """Give every mutant of the sends, then of what stands below them."""
    for name, send in checked.spec.send.items():
        at: Pointer = ("send", name)
        if len(checked.spec.send) > 1:
            yield dropping(at, f"{name} is never sent", f"a record that expects the call {name}")
        yield from mutate_when((*at, "when"), send.when, name)
        yield from _mutate_delivery(checked, at, name, send)
        yield from _mutate_values(checked, at, name, send)
        yield from _mutate_lists(checked, at, name, send)
    if can_send_nothing(checked):
        test = "a record for which no send applies"
        code = checked.spec.nothing_to_send
        yield from swap_code(checked, ("nothing_to_send",), code, test)
    yield from _mutate_levels(checked)


def _mutate_levels(checked: CheckedSpec) -> Iterator[Mutant]:
    """Turn what holds a record into a remark, and back.

    Owner, sentence and retry are facts about people: a test of them would only say them again.
    """
    for code, rule in checked.spec.exceptions.items():
        other = "hold" if rule.level == "note" else "note"
        change = f"{code} is a {other} instead of a {rule.level}"
        test = f"a record that raises {code}, expecting its outcome"
        yield replacing(("exceptions", code, "level"), other, change, test)


def _mutate_delivery(checked: CheckedSpec, at: Pointer, name: str, send: Send) -> Iterator[Mutant]:
    for index, part in enumerate(send.key):
        test = f"two records that differ in {part} alone, each with its call {name}"
        if len(send.key) > 1:
            yield dropping((*at, "key", index), f"{part} is no part of the key of {name}", test)
        other = find_like(checked, part)
        if other is not None:
            change = f"{name} is keyed by {other} instead of {part}"
            yield replacing((*at, "key", index), other, change, test)
    for part, words in _TURNED.items():
        other = next(word for word in words if word != getattr(send, part))
        change = f"{name} has {part} {other} instead of {getattr(send, part)}"
        test = f"a later version of the same record, expecting whether {name} is sent again"
        yield replacing((*at, part), other, change, test)
    if send.age is not None:
        test = f"a record whose {send.age.of} is just beyond {send.age.at_most}"
        yield dropping((*at, "age"), f"{name} is sent however old the record is", test)
        change = f"{name} is sent up to a day later"
        longer = _a_day_longer(send)
        yield replacing((*at, "age", "at_most"), longer, change, test)
        like = find_like(checked, send.age.of)
        if like is not None:
            change = f"the age of {name} is that of {like} instead of {send.age.of}"
            yield replacing((*at, "age", "of"), like, change, test)


def _a_day_longer(send: Send) -> str:
    if send.age is None:
        raise AssertionError(send)
    minutes = int(send.age.as_timedelta().total_seconds()) // 60
    return f"PT{minutes + 24 * 60}M"


def _mutate_values(checked: CheckedSpec, at: Pointer, name: str, send: Send) -> Iterator[Mutant]:
    for key, scalar in send.to.items():
        test = f"a record that expects the path and body of {name} in full"
        yield from _swap_value(checked, (*at, "to", key), f"{key} of {name}", scalar, test)
    yield from _mutate_fields(checked, (*at, "fields"), f"{name}.", send.fields)
    if send.evidence:
        test = f"a buyer who is subscribed, expecting the consent record in {name}"
        yield replacing((*at, "evidence"), not send.evidence, f"{name} takes no proof along", test)


def _mutate_fields(
    checked: CheckedSpec, at: Pointer, prefix: str, fields: Mapping[str, Value]
) -> Iterator[Mutant]:
    """Drop each field, and swap it with the next one that takes a like value.

    Both change places, lest a name that nothing uses any more gives the edit away.
    """
    for key, value in fields.items():
        told = f"{prefix}{key}"
        test = f"a record that expects {told}"
        yield dropping((*at, key), f"{told} is not sent", test)
        if isinstance(value, Objects):
            below: Pointer = (*at, key, "fields")
            yield from _mutate_fields(checked, below, f"{told}[].", value.fields)
            continue
        like = _fields_like(checked, fields, key)
        later = [one for one in like if [*fields].index(one) > [*fields].index(key)]
        if later:
            other = later[0]
            edits = (((*at, key), fields[other]), ((*at, other), value))
            change = f"{told} and {prefix}{other} change places"
            yield Mutant((*at, key), change, test, edits)
        elif not like:
            yield from _swap_value(checked, (*at, key), told, value, test)


def _fields_like(checked: CheckedSpec, fields: Mapping[str, Value], key: str) -> list[str]:
    """Give the other fields whose values could stand at this one."""
    own = fields[key]
    named = {one: value for one, value in fields.items() if isinstance(value, str)}
    if not isinstance(own, str) or own.startswith("$"):
        return []
    return [
        one
        for one, value in named.items()
        if value != own and value[0] != "$" and are_like(checked, own, value)
    ]


def _swap_value(
    checked: CheckedSpec, at: Pointer, told: str, value: Scalar, test: str
) -> Iterator[Mutant]:
    if isinstance(value, LiteralValue):
        other = _other_literal(value)
        yield replacing((*at, "literal"), other, f'{told} is "{other}"', test)
        return
    like = _other_param(checked, value) if value[0] == "$" else find_like(checked, value)
    if like is not None:
        yield replacing(at, like, f"{told} is {like} instead of {value}", test)


def _other_literal(value: LiteralValue) -> str | int | bool:
    if isinstance(value.literal, bool):
        return not value.literal
    return value.literal + 1 if isinstance(value.literal, int) else f"{value.literal}Other"


def _other_param(checked: CheckedSpec, value: str) -> str | None:
    params = checked.spec.params
    kind = params[value[1:]].type
    others = [f"${name}" for name, param in params.items() if param.type == kind]
    index = others.index(value)
    other = others[(index + 1) % len(others)]
    return other if other != value else None


def _mutate_lists(checked: CheckedSpec, at: Pointer, name: str, send: Send) -> Iterator[Mutant]:
    for index, item in enumerate(send.lists):
        place: Pointer = (*at, "lists", index)
        test = f"a record that expects the lists of {name} in full"
        yield dropping(place, f"{name} adds nobody to {item.add}", test)
        other = _other_param(checked, item.add)
        if other is not None:
            yield replacing(
                (*place, "add"), other, f"{name} adds to {other} instead of {item.add}", test
            )
        yield from mutate_when((*place, "when"), item.when, f"adding to {item.add}")
