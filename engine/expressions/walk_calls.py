"""What JMESPath's functions give, and the ones that must not touch money."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.expressions.calls import SIGNATURES, say_types
from engine.expressions.findings import MONEY_ARITHMETIC, Finding
from engine.expressions.selected import (
    ANYTHING,
    Schema,
    Selected,
    as_schema,
    read_schema,
    select_type,
    unite,
)
from engine.expressions.tree import ARGUMENTS_CODE, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_FOR_MONEY = frozenset(
    {
        "abs",
        "avg",
        "ceil",
        "floor",
        "max",
        "max_by",
        "min",
        "min_by",
        "sort",
        "sort_by",
        "sum",
        "to_number",
    }
)
_RESULT_TYPES = {
    "abs": "number",
    "ceil": "number",
    "contains": "boolean",
    "ends_with": "boolean",
    "floor": "number",
    "join": "string",
    "length": "number",
    "starts_with": "boolean",
    "sum": "number",
    "to_string": "string",
    "type": "string",
}
_NULLABLE_TYPES = {"avg": "number", "to_number": "number"}
_SAME = frozenset({"reverse", "sort", "sort_by"})
_ONE_OF = frozenset({"max", "max_by", "min", "min_by"})
_SAYS_LITTLE = frozenset({"boolean", "number"})


def list_elements(schema: Schema | None, root: Schema) -> Selected:
    """Give what the elements of a list node can be, anything when it is no list."""
    return read_schema(schema.get("items") if schema is not None else None, root)


def check_call(node: Node, arguments: list[Selected], root: Schema) -> Iterator[Finding]:
    """Check the arguments of a call; expression arguments are given as what they select."""
    for operand, argument in zip(node.children, arguments, strict=True):
        if node.name in _NOT_FOR_MONEY and _is_money(argument, root):
            yield Finding(
                MONEY_ARITHMETIC,
                f"{node.name}() over money, expected a path that only selects",
                node.start,
                node.end,
                help="add up, compare and convert money in the money section",
                effect="money would be taken as binary fractions, and the sum of nothing as 0",
            )
            return
        found = _find_misfit(node, operand, argument, root)
        if found:
            yield found
            return


def _is_money(argument: Selected, root: Schema) -> bool:
    for node in argument.nodes or ():
        elements = list_elements(node, root).nodes or ()
        if any(each.get("x-type") == "money" for each in (node, *elements)):
            return True
    return False


def _find_misfit(node: Node, operand: Node, argument: Selected, root: Schema) -> Finding | None:
    """Find an argument, or a list of elements, of a type that the function refuses."""
    taken = SIGNATURES[node.name].types_at(node.children.index(operand))
    allowed = {kind.partition("-")[0] for kind in taken}
    if not allowed or "expref" in allowed or not argument.types:
        return None
    found = say_types(tuple(sorted(argument.types)))
    if argument.types & allowed:
        elements = list_elements(argument.node, root).types
        wanted = {kind.partition("-")[2] for kind in taken}
        if argument.types != {"array"} or "" in wanted or not elements or elements & wanted:
            return None
        found = f"a list in which an element is {say_types(tuple(sorted(elements)))}"
    message = f"{node.name}() got {found}, expected {say_types(taken)}"
    effect = "every record would be held back: the function refuses its argument"
    return Finding(ARGUMENTS_CODE, message, operand.start, operand.end, effect=effect)


def select_call(node: Node, arguments: list[Selected], root: Schema) -> Selected:
    """Give what a call can give."""
    name, personal = node.name, any(argument.personal for argument in arguments)
    if name in _RESULT_TYPES or name in _NULLABLE_TYPES:
        kind = _RESULT_TYPES.get(name) or _NULLABLE_TYPES[name]
        telling = personal and kind not in _SAYS_LITTLE and name != "type"
        return select_type(kind, may_be_null=name in _NULLABLE_TYPES, personal=telling)
    if name == "map":
        node_of_list = {"type": "array", "items": as_schema(arguments[0])}
        return Selected((node_of_list,), personal=arguments[0].personal, label=arguments[1].label)
    if name in _SAME:
        return arguments[0]
    if name in _ONE_OF and arguments[0].node is not None:
        element = list_elements(arguments[0].node, root)
        return replace(element, may_be_absent=True, personal=personal)
    if name == "not_null":
        return _select_first(arguments)
    return replace(ANYTHING, personal=personal)


def _select_first(arguments: list[Selected]) -> Selected:
    missing = all(each.may_be_missing for each in arguments)
    found = unite(arguments)
    return replace(found, may_be_absent=missing, may_be_null=missing, is_projection=False)
