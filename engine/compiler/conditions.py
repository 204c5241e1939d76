"""Conditions as Python expressions, and the sentence for a condition that does not hold."""

from __future__ import annotations

from collections.abc import Mapping

from engine.compiler.context import Context, variable
from engine.spec.condition import Bound, Cell, NoneOf

_SIGNS = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<="}
_WORDS = {"above": "above", "at_least": "at least", "below": "below", "at_most": "at most"}


def condition_test(context: Context, condition: Mapping[str, Cell]) -> str:
    """Give the expression that is true when every part of the condition holds."""
    return " and ".join(cell_test(context, name, cell) for name, cell in condition.items())


def cell_test(context: Context, name: str, cell: Cell) -> str:
    """Give the expression for one name of a condition."""
    v = variable(name)
    if cell == "given":
        return context.is_there(name)
    if cell == "missing":
        return f"not ({context.is_there(name)})"
    if isinstance(cell, Bound):
        return " and ".join([context.is_there(name), *_bounds(context, name, cell)])
    values = _values(context, cell.none_of if isinstance(cell, NoneOf) else cell)
    if context.checked.names[name].type == "boolean":
        v = f"('true' if {v} else 'false' if {v} is False else None)"
    if isinstance(cell, NoneOf):
        return f"{context.is_there(name)} and {_member(context, v, values, negate=True)}"
    return _member(context, v, values, negate=False)


def _member(context: Context, v: str, values: list[str], *, negate: bool) -> str:
    if len(values) == 1:
        return f"{v} {'!=' if negate else '=='} {values[0]!r}"
    return f"{v} {'not in' if negate else 'in'} {context.source.bind(frozenset(values), 'set')}"


def _values(context: Context, cell: object) -> list[str]:
    if isinstance(cell, str):
        cell = context.checked.params.values[cell[1:]]
    return [str(value) for value in cell] if isinstance(cell, list) else [str(cell)]


def _bounds(context: Context, name: str, bound: Bound) -> list[str]:
    tests = []
    for word, sign in _SIGNS.items():
        limit = getattr(bound, word)
        if limit is not None:
            tests.append(f"{variable(name)} {sign} {number(context, name, limit)}")
    return tests


def number(context: Context, name: str, text: str) -> str:
    """Give the expression of a number compared with `name`: minor units for money."""
    if context.checked.names[name].type != "money":
        return repr(float(text)) if "." in text else str(int(text))
    return "0" if float(text) == 0 else f"scaled({text!r}, scale)"


def unmet(context: Context, name: str, cell: Cell) -> str:
    """Say in words that one part of a condition does not hold."""
    if isinstance(cell, str) and not cell.startswith("$"):
        return f"{name} is not {cell}"
    if isinstance(cell, Bound):
        wanted = [
            f"{_WORDS[word]} {limit}"
            for word in _SIGNS
            if (limit := getattr(cell, word)) is not None
        ]
        return f"{name} is not {' and '.join(wanted)}"
    if isinstance(cell, NoneOf):
        return f"{name} is one of {', '.join(_values(context, cell.none_of))}"
    values = _values(context, cell)
    return (
        f"{name} is not {values[0]}"
        if len(values) == 1
        else f"{name} is none of {', '.join(values)}"
    )
