"""Truth, equality and order as JMESPath has them."""

from __future__ import annotations

import operator
from numbers import Number
from typing import TYPE_CHECKING, Any

from engine.expressions.meter import pay_whole
from engine.expressions.tree import Node, PathError

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.expressions.calls import Select

TYPES_CODE = "MD308"

_ORDERS: dict[str, Callable[[Any, Any], object]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}

# Asking for the exact type first is five times as fast as asking for an abstract number.
_PLAIN_ORDERED = frozenset({int, float, str})


def is_true(value: object) -> bool:
    """Tell whether a value counts as true: all but null, false, '', [] and {}; 0 is true."""
    if value:
        return True
    return value is not None and value is not False and value not in ("", [], {})


def are_equal(left: object, right: object) -> bool:
    """Compare as JMESPath does: 1 is 1.0, but neither 1 nor 0 is true or false."""
    return isinstance(left, bool) is isinstance(right, bool) and left == right


def is_ordered(value: object) -> bool:
    """Tell whether `<` and its like compare a value: numbers and texts only."""
    if type(value) in _PLAIN_ORDERED:
        return True
    return isinstance(value, (str, Number)) and not isinstance(value, bool)


def compare_equal(node: Node, left: Select, right: Select) -> Select:
    """Compile `==` or `!=`; comparing lists or objects is paid for, as it goes to their depth."""
    negated = node.value == "ne"

    def select(value: object) -> object:
        first, second = left(value), right(value)
        if isinstance(first, list | dict) and first.__class__ is second.__class__:
            return _are_alike(first, second, node) is not negated
        return are_equal(first, second) is not negated

    return select


def _are_alike(first: list[object] | dict[str, object], second: object, node: Node) -> bool:
    pay_whole(first, node)
    try:
        return first == second
    except RecursionError:
        message = "values nested too deeply cannot be compared"
        raise PathError(message, node.start, node.end, code=TYPES_CODE) from None


def compare_literal(select: Select, literal: object, *, negated: bool) -> Select:
    """Compile `==` or `!=` against a literal: the type test is done once, here."""
    if literal is None or isinstance(literal, bool):
        if negated:
            return lambda value: select(value) is not literal
        return lambda value: select(value) is literal
    if isinstance(literal, str):
        if negated:
            return lambda value: select(value) != literal
        return lambda value: select(value) == literal
    if negated:
        return lambda value: not are_equal(select(value), literal)
    return lambda value: are_equal(select(value), literal)


def compare_order(node: Node, left: Select, right: Select) -> Select:
    """Compile `<`, `<=`, `>` or `>=`: null unless both sides are numbers or texts.

    A number against a text raises `PathError`, as `jmespath` raises `TypeError`.
    """
    compare = _ORDERS[node.name]

    def select(value: object) -> object:
        first, second = left(value), right(value)
        if not (is_ordered(first) and is_ordered(second)):
            return None
        try:
            return compare(first, second)
        except TypeError:
            message = "a number cannot be ordered against a text"
            raise PathError(message, node.start, node.end, code=TYPES_CODE) from None

    return select


def take_truth(select: Select) -> Select:
    """Compile the condition of a filter, where only its truth matters."""
    return lambda value: is_true(select(value))


def choose_first(left: Select, right: Select) -> Select:
    """Compile `||`: the left value when it counts as true, else the right one."""

    def select(value: object) -> object:
        found = left(value)
        return found if is_true(found) else right(value)

    return select


def require_both(left: Select, right: Select) -> Select:
    """Compile `&&`: the left value when it counts as false, else the right one."""

    def select(value: object) -> object:
        found = left(value)
        return right(value) if is_true(found) else found

    return select


def negate(select: Select) -> Select:
    """Compile `!`."""
    return lambda value: not is_true(select(value))
