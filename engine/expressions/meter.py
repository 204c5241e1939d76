"""What a path may cost: a bound on its tree, and a count of steps while it runs.

A step is about a third of a microsecond, and leaves at most 32 bytes behind. Everything that goes
through a list, an object or a long text pays before it does so, so no path takes longer than
`MOST_STEPS`, whatever the record.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.expressions.tree import BOUNDS_CODE, Node, PathError

if TYPE_CHECKING:
    from engine.expressions.calls import Select

MAX_COPIES = 16
MOST_STEPS = 1_000_000

# Eight letters of four bytes each make the 32 bytes of a step.
_LETTERS = 3
_PRODUCTS = frozenset({"index_expression", "pipe", "subexpression"})
_PROJECTIONS = frozenset({"filter_projection", "projection", "value_projection"})
_BY_ELEMENT = frozenset({"map", "max_by", "min_by", "sort_by"})
_ONE_OF = frozenset({"and_expression", "or_expression"})
_SUMS = frozenset({"join", "merge", "multi_select_dict", "multi_select_list"})
# What a node costs each time it runs, and what a function costs for each element it is given.
_WEIGHTS = {"comparator": 2, "multi_select_dict": 6, "multi_select_list": 3, "slice": 3}
_CALL_WEIGHT = 8
_CALL_WEIGHTS = {"to_string": 24}
_PER_ELEMENT = 3
_PER_ELEMENT_OF = {"max_by": 6, "min_by": 6, "sort": 6, "sort_by": 9}


class _Meter(threading.local):
    """The steps left to the path that runs in this thread."""

    left = MOST_STEPS


_METER = _Meter()


def check_copies(tree: Node, end: int) -> None:
    """Refuse a path whose result may hold a part of the record more than `MAX_COPIES` times."""
    if _count_copies(tree, 1) > MAX_COPIES:
        message = (
            f"the path multiplies what it selects, expected {MAX_COPIES} copies of a value at most"
        )
        raise PathError(message, 0, end, code=BOUNDS_CODE)


def _count_copies(node: Node, given: int) -> int:
    """Give how often a part of the record may be in the result, at most `MAX_COPIES` + 1.

    `given` is how often it may be in what the node is given.
    """
    kind = node.name if node.kind == "function_expression" else node.kind
    if given > MAX_COPIES:
        return given
    if kind in _PRODUCTS:
        for child in node.children:
            given = _count_copies(child, given)
        return given
    if kind in _PROJECTIONS:
        base = _count_copies(node.children[0], given)
        return max(_count_copies(child, base) for child in node.children[1:])
    return _count_apart(kind, node, given)


def _count_apart(kind: str, node: Node, given: int) -> int:
    """Count where every child is given the same value."""
    if kind in _BY_ELEMENT:
        lists = [_count_copies(child, given) for child in node.children if child.kind != "expref"]
        return max(_count_copies(child, max(lists)) for child in node.children)
    counts = [_count_copies(child, given) for child in node.children] or [given]
    if kind == "to_string":
        # Quotes inside a text are written as two letters.
        return 2 * sum(counts)
    return sum(counts) if kind in _SUMS else max(counts)


def weigh(node: Node) -> int:
    """Give the steps of running a node once, lists inside it aside."""
    if node.kind == "function_expression":
        own = _CALL_WEIGHTS.get(node.name, _CALL_WEIGHT)
    else:
        own = _WEIGHTS.get(node.kind, 1) + (node.kind == "multi_select_dict") * len(node.children)
    return own + sum(weigh(child) for child in node.children)


def weigh_element(call: Node) -> int:
    """Give the steps a function takes for each element of a list it is given."""
    inner = sum(weigh(child) for child in call.children if child.kind == "expref")
    return _PER_ELEMENT_OF.get(call.name, _PER_ELEMENT) + inner


def limit(select: Select) -> Select:
    """Let a compiled path run for `MOST_STEPS` at most, each time anew."""

    def select_limited(value: object) -> object:
        _METER.left = MOST_STEPS
        return select(value)

    return select_limited


def spend(steps: int, node: Node) -> None:
    """Pay for steps; raises PathError when there are none left."""
    _METER.left -= steps
    if _METER.left < 0:
        message = "the path takes more steps than are allowed on one record"
        raise PathError(message, node.start, node.end, code=BOUNDS_CODE)


def pay_elements(base: Select, steps: int, node: Node) -> Select:
    """Compile: pay `steps` for each element, or value, of what `base` gives."""

    def select(value: object) -> object:
        found = base(value)
        if isinstance(found, list | dict):
            spend(len(found) * steps, node)
        return found

    return select


def pay_merged(base: Select, node: Node) -> Select:
    """Compile: pay for each element of the lists inside the list that `base` gives."""

    def select(value: object) -> object:
        found = base(value)
        if isinstance(found, list):
            spend(len(found), node)
            spend(sum(len(each) for each in found if isinstance(each, list)), node)
        return found

    return select


def pay_whole(value: object, node: Node) -> None:
    """Pay for every value inside a value, each time it stands there, and for its letters."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            spend(1 + len(one), node)
            waiting.extend(one)
        elif isinstance(one, dict):
            spend(1 + 2 * len(one) + sum(len(key) >> _LETTERS for key in one), node)
            waiting.extend(one.values())
        elif isinstance(one, str):
            spend(len(one) >> _LETTERS, node)


def pay_call(node: Node) -> Callable[[list[object]], None]:
    """Give what a function pays for its arguments."""
    name, steps = node.name, weigh_element(node)

    def pay(arguments: list[object]) -> None:
        for one in arguments:
            if isinstance(one, list | dict):
                spend(len(one) * steps, node)
            elif isinstance(one, str):
                spend(len(one) >> _LETTERS, node)
        if name in ("contains", "to_string"):
            pay_whole(arguments, node)
        elif name == "join":
            _pay_join(arguments, node)

    return pay


def _pay_join(arguments: list[object], node: Node) -> None:
    """Pay for the text made: the separator comes once for every element."""
    separator, texts = arguments
    if isinstance(separator, str) and isinstance(texts, list):
        letters = sum(len(text) for text in texts if isinstance(text, str))
        spend((letters + len(separator) * len(texts)) >> _LETTERS, node)


def needs_limit(tree: Node) -> bool:
    """Tell whether the work of a path grows with the record at all."""
    growing = {*_PROJECTIONS, "comparator", "flatten", "function_expression"}
    return any(node.kind in growing for node in tree.walk())
