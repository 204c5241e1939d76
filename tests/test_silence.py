"""Nothing is silent: every part of every shipped sample is taken away, emptied or retyped in turn.

Each change either raises the exception that the matrix declares at that place, or changes exactly
what the matrix says depends on it; what no input reads changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
import pytest

from engine.checked import CheckedSpec
from engine.contacts import UNASKED
from engine.inputs import Answer, Input
from engine.mapping import Mapping, compile_mapping
from engine.proof.matrix import MatrixDocument, build_matrix
from tests.shipped import NOW, ROOT, checked
from tests.spots import REMOVED, Placed, case_at, changed, find, list_spots, place_inputs

FOLDER = ROOT / "mappings/debenhams"
PAIRS = [
    ("orders", "orders", "orders"),
    ("orders", "one-order", ""),
    ("shipments", "orders", "orders"),
    ("catalogue", "offers", "offers"),
]


@cache
def mapping_of(name: str) -> tuple[CheckedSpec, Mapping]:
    spec = checked(FOLDER / f"{name}.yaml")
    return spec, compile_mapping(spec, masked=False)


def samples(name: str, envelope: str) -> list[Any]:
    read = orjson.loads((FOLDER / f"samples/{name}.json").read_bytes())
    return list(read[envelope]) if envelope else [read]


def mutants(value: Any) -> list[object]:
    """Give what takes the place of a value: nothing, null, a blank, and another type."""
    retyped: object = 7 if isinstance(value, str | bool) else "x"
    return [REMOVED, None, [] if isinstance(value, list) else "", retyped]


@cache
def build(name: str) -> MatrixDocument:
    return build_matrix(mapping_of(name)[0])


@cache
def reach(name: str) -> dict[str, set[tuple[str, str]]]:
    """Give, for each input, the fields that the matrix says depend on it."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in build(name)["rows"]:
        found.setdefault(row["name"], set()).add((row["part"], row["field"]))
    return found


def told_codes(name: str, names: set[str]) -> set[str]:
    """Give the exceptions that the matrix names for these inputs.

    An amount that is there but different can also break an equation.
    """
    spec = mapping_of(name)[0]
    codes: set[str] = set()
    for row in build(name)["rows"]:
        if row["name"] in names:
            effects = [one["effect"] for one in row["cases"]]
            codes |= {word for effect in effects for word in effect.split() if word.isupper()}
            if row["part"] == "money" and spec.spec.money is not None:
                codes |= {one.otherwise for one in spec.spec.money.must_hold}
    return codes


def run(mapping: Mapping, record: Any) -> Any:
    return mapping.apply(record, UNASKED, NOW)


def differences(before: Any, after: Any) -> Iterator[tuple[str, str]]:
    """Give the parts, with the member of a call's body, in which two plans differ."""
    for key, part in (("money", "money"), ("identity", "identity"), ("consent", "consent")):
        if before[key] != after[key]:
            yield part, ""
    old, new = ({one["send"]: one for one in plan["calls"]} for plan in (before, after))
    for send in old.keys() | new.keys():
        if send not in old or send not in new:
            yield send, "(whether it is sent)"
        else:
            yield from ((send, field) for field in _fields_of(old[send], new[send]))


def _fields_of(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    if (old["id"], old["path"]) != (new["id"], new["path"]):
        yield ""
    bodies = (old["body"], new["body"])
    fields = (old["body"].get("dataFields", {}), new["body"].get("dataFields", {}))
    for before, after in (bodies, fields):
        yield from (
            name
            for name in before.keys() | after.keys()
            if name != "dataFields" and before.get(name) != after.get(name)
        )


def is_declared(difference: tuple[str, str], allowed: set[tuple[str, str]]) -> bool:
    part, field = difference
    fields = {name.split("[]")[0] for owner, name in allowed if owner == part}
    return bool(fields) if field == "" or field not in fields else True


def raised(plan: Any) -> set[tuple[str, str]]:
    return {(one["code"], one["at"]) for one in plan["exceptions"]}


def expected(one: Placed, record: Any) -> tuple[str, str] | None:
    """Give the exception declared for an input's case in a record, if it is one."""
    answers: Any = one.one.answers
    answer: Answer | None = answers.get(case_at(one, record))
    return (answer.word, one.shown) if answer is not None and answer.kind == "fail" else None


def tell_fault(name: str, record: Any, before: Any, names: set[str]) -> str:
    """Say what is wrong with the answer to one mutant; nothing when it is as declared.

    `names` are the inputs that stood at the spot, or around it, before the change.
    """
    spec, mapping = mapping_of(name)
    after, placed = run(mapping, record), place_inputs(spec, record)
    wanted = {fault for one in placed if (fault := expected(one, record))}
    if wanted - raised(after):
        return f"{wanted - raised(after)} is not raised"
    if not names:
        return "" if after == before else "what nothing reads has an effect"
    if "held" in (before["outcome"], after["outcome"]):
        turned = {code for code, _ in raised(before) ^ raised(after)}
        turned.discard(spec.spec.nothing_to_send)
        # What holds a record early leaves no room for what would have held it later.
        turned -= {code for code, _ in raised(before)} if wanted else set()
        return f"{turned} came or went" if turned - told_codes(name, names) else ""
    allowed = {row for one in names for row in reach(name)[one]}
    strays = [one for one in differences(before, after) if not is_declared(one, allowed)]
    return f"{strays} changed, which is not declared" if strays else ""


@pytest.mark.parametrize(("name", "sample", "envelope"), PAIRS)
def test_what_is_missing_or_retyped_does_what_the_matrix_declares(
    name: str, sample: str, envelope: str
) -> None:
    spec, mapping = mapping_of(name)
    faults, count = [], 0
    for record in samples(sample, envelope):
        before, placed = run(mapping, record), place_inputs(spec, record)
        for spot in list(list_spots(record)):
            names = {one.name for one in placed if one.is_touched(spot)}
            for mutant in mutants(find(record, spot)):
                with changed(record, spot, mutant):
                    fault = tell_fault(name, record, before, names)
                count += 1
                if fault:
                    faults.append((spot, "removed" if mutant is REMOVED else mutant, fault))
    assert faults == []
    assert count > 500


def others(one: Placed, value: Any) -> list[object]:
    """Give values of the same type that could stand there as well."""
    if not isinstance(value, str):
        return [value + 1] if isinstance(value, int | float) and value else []
    if isinstance(one.one, Input) and one.one.codes:
        return [code for code in one.one.codes if code != value]
    return [value.replace("2026-", "2025-") if value[4:5] == "-" else f"{value}x"]


@pytest.mark.parametrize(("name", "sample", "envelope"), PAIRS)
def test_a_part_whose_loss_changes_nothing_decides_nothing(
    name: str, sample: str, envelope: str
) -> None:
    spec, mapping = mapping_of(name)
    strays = []
    for record in samples(sample, envelope):
        before = run(mapping, record)
        for one in place_inputs(spec, record):
            value = find(record, one.spot)
            if case_at(one, record) != "there" or isinstance(value, list | bool):
                continue
            with changed(record, one.spot, REMOVED):
                gone = run(mapping, record)
            for other in others(one, value) if gone == before else ():
                with changed(record, one.spot, other):
                    strays += [(one.shown, other)] if run(mapping, record) != before else []
    assert strays == []
