"""A path checked against the payload schema: what it can give, and what is wrong with it.

The schema is JSON Schema as the payload locks write it: `properties`, `required`, `items`,
`$ref`, `type`, `deprecated` and the marks `x-codes`, `x-instead`, `x-personal`, `x-type`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from engine.expressions.findings import OLD_LITERAL, Finding
from engine.expressions.selected import (
    ANYTHING,
    Schema,
    Selected,
    as_schema,
    holds_personal,
    make_list,
    read_schema,
    require_members,
    select_type,
    unite,
)
from engine.expressions.syntax import read_tree
from engine.expressions.tree import Node, PathError
from engine.expressions.walk_calls import check_call, list_elements, select_call
from engine.expressions.walk_comparisons import check_codes, check_comparison, find_meant_text
from engine.expressions.walk_members import Members, find_sure_members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Finding", "Selected", "walk_path"]

_MOST_FINDINGS = 5
_PROJECTIONS = frozenset({"filter_projection", "projection", "value_projection"})


def walk_path(
    path_text: str, schema: Mapping[str, object], root: Mapping[str, object]
) -> tuple[Selected, list[Finding]]:
    """Check a path that starts from the node `schema` of the lock `root`.

    Gives what it can select and the findings in the order of the text; only the first fault
    along a path is told, what follows from it is not. A path that does not parse selects
    anything and has one finding.
    """
    try:
        tree = read_tree(path_text)
    except PathError as error:
        return ANYTHING, [Finding(error.code, error.message, error.start, error.end)]
    walk = _Walk(path_text, root)
    selected = walk.visit(tree, read_schema(schema, root))
    selected = replace(selected, personal=holds_personal(selected, root))
    return selected, sorted(dict.fromkeys(walk.findings), key=lambda each: (each.start, each.code))


@dataclass
class _Walk:
    """One walk over one tree; `visit` gives what a node selects from `given`."""

    text: str
    root: Schema
    findings: list[Finding] = field(default_factory=list)
    may_shorten: set[Node] = field(default_factory=set)
    flattened: set[Node] = field(default_factory=set)

    def visit(self, node: Node, given: Selected) -> Selected:
        return _VISITS[node.kind](self, node, given)

    @cached_property
    def members(self) -> Members:
        return Members(self.root, self.findings)

    def visit_given(self, _node: Node, given: Selected) -> Selected:
        return given

    def visit_field(self, node: Node, given: Selected) -> Selected:
        return self.members.select_member(node, given)

    def visit_index(self, node: Node, given: Selected) -> Selected:
        element = self.members.select_elements(node, given, f"[{node.value}]")
        return replace(element, may_be_absent=True)

    def visit_slice(self, node: Node, given: Selected) -> Selected:
        return given if self.members.select_elements(node, given, "[:]").nodes else ANYTHING

    def visit_chain(self, node: Node, given: Selected) -> Selected:
        if node.kind == "index_expression" and node.children[1].kind == "index":
            self._allow_shortening(node.children[0])
        for child in node.children:
            given = self.visit(child, given)
        return given

    def visit_pipe(self, node: Node, given: Selected) -> Selected:
        if _takes_one(node.children[1]):
            self._allow_shortening(node.children[0])
        return self.visit_chain(node, given)

    def _allow_shortening(self, node: Node) -> None:
        """Let a filter from which one element is taken drop nulls on the way."""
        spine = [node]
        while spine[-1].children:
            spine.append(spine[-1].children[0])
        if any(each.kind == "filter_projection" for each in spine):
            self.may_shorten.update(spine)

    def visit_projection(self, node: Node, given: Selected) -> Selected:
        base = self.visit(node.children[0], given)
        wildcard = node.kind == "value_projection"
        if wildcard:
            element = self.members.select_values(node.children[0], base)
        else:
            element = self.members.select_elements(node.children[0], base, "[*]")
        return self._project(node, base, element)

    def visit_filter(self, node: Node, given: Selected) -> Selected:
        base = self.visit(node.children[0], given)
        element = self.members.select_elements(node.children[0], base, "[?]")
        condition = node.children[2]
        self.visit(condition, element)
        if element.nodes is not None:
            sure = find_sure_members(condition)
            nodes = tuple(require_members(each, sure, self.root) for each in element.nodes)
            element = replace(element, nodes=nodes)
        return self._project(node, base, element)

    def _project(self, node: Node, base: Selected, element: Selected) -> Selected:
        right = node.children[1]
        result = self.visit(right, element)
        merged = node in self.flattened and result.types == {"array"}
        allowed = merged or node in self.may_shorten
        if result.nodes is not None and result.may_be_missing and not allowed:
            at = right if right.end > right.start else node
            self.members.report_shortened(at, result, element)
        made = make_list(result, label=result.label)
        return replace(made, may_be_absent=base.may_be_absent, may_be_null=base.may_be_null)

    def visit_flatten(self, node: Node, given: Selected) -> Selected:
        inner = node.children[0]
        if inner.kind in _PROJECTIONS:
            self.flattened.add(inner)
        base = self.visit(inner, given)
        element = self.members.select_elements(inner, base, "[]")
        if element.nodes is None:
            return ANYTHING
        opened = [self._open_list(each) for each in element.nodes]
        merged = unite(opened) if opened else Selected(())
        merged = replace(merged, may_be_null=merged.may_be_null or element.may_be_null)
        items = as_schema(replace(merged, personal=merged.personal or element.personal))
        whole = {"type": "array", "items": items}
        return replace(base, nodes=(whole,), is_projection=False)

    def _open_list(self, node: Schema) -> Selected:
        if "items" in node:
            return read_schema(node["items"], self.root)
        return Selected((node,))

    def visit_list(self, node: Node, given: Selected) -> Selected:
        made = unite([self.visit(child, given) for child in node.children])
        whole = {"type": "array", "items": as_schema(made)}
        return Selected((whole,), given.may_be_absent, given.may_be_null)

    def visit_object(self, node: Node, given: Selected) -> Selected:
        pairs = {pair.name: self.visit(pair.children[0], given) for pair in node.children}
        properties = {name: as_schema(each) for name, each in pairs.items()}
        whole = {"type": "object", "properties": properties, "required": list(pairs)}
        return Selected((whole,), given.may_be_absent, given.may_be_null)

    def visit_or(self, node: Node, given: Selected) -> Selected:
        left, right = (self.visit(child, given) for child in node.children)
        missing = right.may_be_absent, right.may_be_null
        return replace(unite([left, right]), may_be_absent=missing[0], may_be_null=missing[1])

    def visit_and(self, node: Node, given: Selected) -> Selected:
        return unite([self.visit(child, given) for child in node.children])

    def visit_not(self, node: Node, given: Selected) -> Selected:
        self.visit(node.children[0], given)
        return select_type("boolean")

    def visit_comparator(self, node: Node, given: Selected) -> Selected:
        left, right = node.children
        for operand, other in ((right, left), (left, right)):
            if operand.kind == "field" and self.members.lacks(operand.name, given):
                quoted = self.text[operand.start] == '"'
                near = self.members.is_near(operand.name, given)
                meant = find_meant_text(operand, other, quoted=quoted, is_near=near)
                if meant:
                    self.findings.append(meant)
                    self.visit(other, given)
                    return select_type("boolean")
        sides = self.visit(left, given), self.visit(right, given)
        self._add(check_comparison(node, *sides))
        return select_type("boolean")

    def _add(self, found: Iterator[Finding]) -> None:
        """Take findings that are costly to work out, a few at most."""
        self.findings.extend(islice(found, max(0, _MOST_FINDINGS - len(self.findings))))

    def visit_literal(self, node: Node, _given: Selected) -> Selected:
        written = self.text[node.start : node.end]
        if written.startswith("`"):
            self._check_literal(node, written[1:-1].replace("\\`", "`"))
        if node.value is None:
            return Selected((), may_be_null=True)
        kinds = {bool: "boolean", str: "string", list: "array", dict: "object"}
        kind = kinds.get(type(node.value), "number")
        return Selected(({"type": kind, "const": node.value},))

    def _check_literal(self, node: Node, inside: str) -> None:
        try:
            json.loads(inside)
        except ValueError:
            message = f"found `{inside}`, an old way to write a text, expected '{inside}'"
            found = Finding(OLD_LITERAL, message, node.start, node.end, severity="warning")
            self.findings.append(found)

    def visit_call(self, node: Node, given: Selected) -> Selected:
        arguments = self._visit_arguments(node, given)
        self._add(check_call(node, arguments, self.root))
        if node.name == "contains":
            subject, sought = arguments
            # A list written out holds a text in each of its places, `[...]` in one literal.
            written = node.children[0]
            places = written.children if written.kind == "multi_select_list" else ()
            for place in places:
                self._add(check_codes(place, sought, self.visit(place, given)))
            self._add(check_codes(written, sought, subject))
            elements = list_elements(subject.node, self.root)
            coded = replace(elements, label=subject.label)
            self._add(check_codes(node.children[1], coded, sought))
        marked = [replace(each, personal=holds_personal(each, self.root)) for each in arguments]
        return select_call(node, marked, self.root)

    def _visit_arguments(self, node: Node, given: Selected) -> list[Selected]:
        """Visit the arguments; an `&` is applied to the elements of the list beside it."""
        plain = {c: self.visit(c, given) for c in node.children if c.kind != "expref"}
        lists = list(plain.values())
        for child in node.children:
            if child.kind == "expref":
                is_list = lists[0].types <= {"array"}
                element = self.members.select_elements(node, lists[0], "&") if is_list else ANYTHING
                plain[child] = self.visit(child.children[0], element)
        return [plain[child] for child in node.children]


def _takes_one(node: Node) -> bool:
    """Tell whether the right side of a pipe begins by taking one element."""
    if node.kind == "subexpression":
        return _takes_one(node.children[0])
    kinds = [child.kind for child in node.children[:2]]
    return node.kind == "index_expression" and kinds == ["identity", "index"]


_VISITS: dict[str, Callable[[_Walk, Node, Selected], Selected]] = {
    "and_expression": _Walk.visit_and,
    "comparator": _Walk.visit_comparator,
    "current": _Walk.visit_given,
    "field": _Walk.visit_field,
    "filter_projection": _Walk.visit_filter,
    "flatten": _Walk.visit_flatten,
    "function_expression": _Walk.visit_call,
    "identity": _Walk.visit_given,
    "index": _Walk.visit_index,
    "index_expression": _Walk.visit_chain,
    "literal": _Walk.visit_literal,
    "multi_select_dict": _Walk.visit_object,
    "multi_select_list": _Walk.visit_list,
    "not_expression": _Walk.visit_not,
    "or_expression": _Walk.visit_or,
    "pipe": _Walk.visit_pipe,
    "projection": _Walk.visit_projection,
    "slice": _Walk.visit_slice,
    "subexpression": _Walk.visit_chain,
    "value_projection": _Walk.visit_projection,
}
