"""Comparisons that can never be true, or that name a code the schema does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from engine.expressions.calls import say_types
from engine.expressions.findings import (
    FIELD_FOR_TEXT,
    MISSPELT_CODE,
    NEVER_TRUE,
    NEW_CODE,
    TYPES_DIFFER,
    Finding,
)
from engine.nearest import suggest

if TYPE_CHECKING:
    from engine.expressions.selected import Schema, Selected
    from engine.expressions.tree import Node

MISSPELT = 0.85
"""Likeness (0 to 1) from which an unknown code counts as a misspelling of a known one."""

_ORDERED = frozenset({"number", "string"})
_JSON_WORDS = frozenset({"true", "false", "null"})


def find_meant_text(operand: Node, other: Node, *, quoted: bool, is_near: bool) -> Finding | None:
    """Find a text written as a name; `operand` is no known field of what is compared.

    `is_near`: a field of nearly that name is known, so that it may rather be misspelt.
    """
    name = operand.name
    if other.kind == "literal":
        return None
    if not quoted and name in _JSON_WORDS:
        message, way_out = f'"{name}" without backticks is the name of a field', f"write `{name}`"
    elif quoted:
        message, way_out = f'"{name}" in double quotes is the name of a field', f"write '{name}'"
    elif name.isupper() or not is_near:
        message, way_out = f'"{name}" without quotes is the name of a field', f"write '{name}'"
    else:
        return None
    return Finding(
        FIELD_FOR_TEXT,
        f"{message}, expected a value to compare with",
        operand.start,
        operand.end,
        help=way_out,
        effect="it would be compared with nothing, and no element would ever match",
    )


def check_comparison(node: Node, left: Selected, right: Selected) -> Iterator[Finding]:
    """Check the two sides of a comparator against each other; one finding at most."""
    ordered = node.value not in {"eq", "ne"}
    for operand, side in zip(node.children, (left, right), strict=True):
        if ordered and side.types and not side.types & _ORDERED:
            yield _refuse_types(operand, side, "expected a number or a text to order by")
            return
    if left.types and right.types and not left.types & right.types:
        yield _refuse_types(node.children[1], right, f"expected {_say(left)} to compare with")
        return
    if not ordered:
        yield from check_codes(node.children[1], left, right)
        yield from check_codes(node.children[0], right, left)


def check_codes(operand: Node, coded: Selected, literal: Selected) -> Iterator[Finding]:
    """Check a literal text, or a literal list of them, against the codes of the other side."""
    known = {str(code) for node in coded.nodes or () for code in _codes_of(node)}
    for code in _texts_of(literal):
        if known and code not in known:
            yield _report_code(code, known, coded.label or "this field", operand)


def _codes_of(node: Schema) -> Iterable[object]:
    codes = node.get("x-codes")
    return codes if isinstance(codes, (Mapping, list)) else ()


def _texts_of(literal: Selected) -> list[str]:
    value = literal.node.get("const") if literal.node is not None else None
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


def _report_code(code: str, known: set[str], label: str, operand: Node) -> Finding:
    folded = {each.casefold(): each for each in known}
    near = get_close_matches(code.casefold(), sorted(folded), n=1, cutoff=MISSPELT)
    if near:
        meant = folded[near[0]]
        message = f'"{code}" is no code of {label}; did you mean "{meant}"?'
        return Finding(MISSPELT_CODE, message, operand.start, operand.end, effect=NEVER_TRUE)
    suggestion = suggest(code, known) or f", expected {', '.join(sorted(known))}"
    return Finding(
        NEW_CODE,
        f'"{code}" is not among the known codes of {label}{suggestion}',
        operand.start,
        operand.end,
        help="the list is open: leave it if the code is new, and add it to the lock",
        severity="warning",
    )


def _refuse_types(operand: Node, side: Selected, expected: str) -> Finding:
    way_out = ""
    if side.node is not None and "const" in side.node and operand.kind == "literal":
        way_out = "a text stands in single quotes, a number in backticks: 'text', `5`"
    message = f"found {_say(side)}, {expected}"
    return Finding(
        TYPES_DIFFER, message, operand.start, operand.end, help=way_out, effect=NEVER_TRUE
    )


def _say(side: Selected) -> str:
    kinds = say_types(tuple(sorted(side.types)))
    return f'"{side.label}" ({kinds})' if side.label else kinds
