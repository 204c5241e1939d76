"""A parse tree to one closure, node by node: nothing is left to decide at run time."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, cast

from engine.expressions import comparisons, projections
from engine.expressions.calls import Select, compile_call, refer_to
from engine.expressions.meter import pay_elements, pay_merged, weigh
from engine.expressions.projections import chain, give_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.expressions.tree import Node


def compile_node(node: Node) -> Select:
    """Compile a tree of `read_tree` to a closure with the results of `jmespath.search`."""
    return _COMPILERS[node.kind](node)


def _compile_all(nodes: Sequence[Node]) -> list[Select]:
    return [compile_node(node) for node in nodes]


def _compile_chain(node: Node) -> Select:
    selects: list[Select] = []
    for are_members, run in groupby(node.children, key=lambda child: child.kind == "field"):
        children = list(run)
        if are_members:
            selects.append(projections.select_members([child.name for child in children]))
        else:
            selects.extend(_compile_all(children))
    return chain(selects)


def _compile_pipe(node: Node) -> Select:
    left, right = node.children
    test = _find_equal_test(left) if left.kind == "filter_projection" else None
    if test and left.children[1].kind == "field" and _takes_first(right):
        base, member = _compile_base(left), left.children[1].name
        return projections.find_equal(base, *test, member)
    return chain(_compile_all(node.children))


def _takes_first(node: Node) -> bool:
    """Tell whether a node is exactly `[0]`."""
    kinds = [child.kind for child in node.children]
    return (
        node.kind == "index_expression"
        and kinds == ["identity", "index"]
        and node.children[1].value == 0
    )


def _find_equal_test(node: Node) -> tuple[str, str] | None:
    """Give the member and the text of a filter `[?member == 'text']`."""
    condition = node.children[2]
    if condition.kind != "comparator" or condition.value != "eq":
        return None
    member, literal = condition.children
    if member.kind == "literal":
        member, literal = literal, member
    if member.kind != "field" or not isinstance(literal.value, str) or literal.kind != "literal":
        return None
    return member.name, literal.value


def _compile_filter(node: Node) -> Select:
    base, right = _compile_base(node), compile_node(node.children[1])
    test = _find_equal_test(node)
    if test:
        return projections.filter_equal(base, *test, right)
    condition = compile_node(node.children[2])
    if node.children[2].kind not in {"comparator", "not_expression"}:
        condition = comparisons.take_truth(condition)
    return projections.filter_elements(base, condition, right)


def _compile_projection(node: Node) -> Select:
    base, right = _compile_base(node), node.children[1]
    if right.kind == "field":
        return projections.project_member(base, right.name)
    return projections.project(base, compile_node(right))


def _compile_values(node: Node) -> Select:
    return projections.project_values(_compile_base(node), compile_node(node.children[1]))


def _compile_base(node: Node) -> Select:
    """Compile what a projection goes through, which pays for each of its elements."""
    steps = 1 + sum(weigh(child) for child in node.children[1:])
    return pay_elements(compile_node(node.children[0]), steps, node)


def _compile_flatten(node: Node) -> Select:
    return projections.flatten(pay_merged(compile_node(node.children[0]), node))


def _compile_comparator(node: Node) -> Select:
    left, right = node.children
    if node.value not in {"eq", "ne"}:
        return comparisons.compare_order(node, compile_node(left), compile_node(right))
    negated = node.value == "ne"
    if left.kind == "literal":
        left, right = right, left
    if right.kind == "literal":
        return comparisons.compare_literal(compile_node(left), right.value, negated=negated)
    return comparisons.compare_equal(node, compile_node(left), compile_node(right))


def _compile_list(node: Node) -> Select:
    selects = _compile_all(node.children)

    def select(value: object) -> object:
        return None if value is None else [each(value) for each in selects]

    return select


def _compile_object(node: Node) -> Select:
    selects = [(pair.name, compile_node(pair.children[0])) for pair in node.children]

    def select(value: object) -> object:
        return None if value is None else {name: each(value) for name, each in selects}

    return select


def _compile_literal(node: Node) -> Select:
    literal = node.value
    return lambda _value: literal


def _from_children(build: Callable[..., Select]) -> Callable[[Node], Select]:
    return lambda node: build(*_compile_all(node.children))


_COMPILERS: dict[str, Callable[[Node], Select]] = {
    "and_expression": _from_children(comparisons.require_both),
    "comparator": _compile_comparator,
    "current": lambda _node: give_all,
    "expref": _from_children(refer_to),
    "field": lambda node: projections.select_members([node.name]),
    "filter_projection": _compile_filter,
    "flatten": _compile_flatten,
    "function_expression": lambda node: compile_call(node, _compile_all(node.children)),
    "identity": lambda _node: give_all,
    "index": lambda node: projections.select_element(cast("int", node.value)),
    "index_expression": _compile_chain,
    "literal": _compile_literal,
    "multi_select_dict": _compile_object,
    "multi_select_list": _compile_list,
    "not_expression": _from_children(comparisons.negate),
    "or_expression": _from_children(comparisons.choose_first),
    "pipe": _compile_pipe,
    "projection": _compile_projection,
    "slice": lambda node: projections.select_slice(cast("slice", node.value)),
    "subexpression": _compile_chain,
    "value_projection": _compile_values,
}
