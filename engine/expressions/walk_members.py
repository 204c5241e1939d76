"""One step down the payload schema: to a member, to the elements, to the values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.expressions.calls import say_types
from engine.expressions.findings import (
    DEPRECATED_FIELD,
    FINDS_NOTHING,
    REPLACED_FIELD,
    SHORTENED_LIST,
    UNKNOWN_FIELD,
    WRONG_SHAPE,
    Finding,
)
from engine.expressions.selected import ANYTHING, Schema, Selected, read_schema, types_of, unite
from engine.nearest import nearest, suggest

if TYPE_CHECKING:
    from engine.expressions.tree import Node

_MANY = 12
"""So many fields are still listed when none is near."""
_DEEPEST = 4
"""So many levels of the record are searched for a name that is unknown where it stands."""


@dataclass(frozen=True, slots=True)
class Members:
    """Steps from what is given to what is below it; faults are added to `findings`."""

    root: Schema
    findings: list[Finding]
    _values: dict[int, tuple[Schema, list[Selected]]] = field(default_factory=dict)

    def lacks(self, name: str, given: Selected) -> bool:
        """Tell whether the schema surely has no member of that name."""
        nodes = given.nodes
        return bool(nodes) and not any(_may_have(name, node) for node in nodes or ())

    def is_near(self, name: str, given: Selected) -> bool:
        """Tell whether a member of nearly that name is known."""
        return bool(nearest(name, {one for node in given.nodes or () for one in _names_of(node)}))

    def select_member(self, node: Node, given: Selected) -> Selected:
        """Step to a member: unknown, deprecated or out of place ones are found here."""
        if not given.nodes:
            return ANYTHING
        if given.types and "object" not in given.types:
            return self._refuse_member(node, given)
        holders = [each for each in given.nodes if types_of(each) <= {"object"}]
        if any(not isinstance(each.get("properties"), Mapping) for each in holders):
            return ANYTHING
        if self.lacks(node.name, given):
            return self._refuse_unknown(node, given, holders)
        options = [self._read_member(node.name, each) for each in holders]
        found = unite(option for option in options if option is not None)
        missing = given.may_be_missing or None in options or len(holders) < len(given.nodes)
        found = replace(
            found,
            may_be_absent=found.may_be_absent or missing,
            personal=found.personal or given.personal,
            label=f"{given.label}.{node.name}" if given.label else node.name,
        )
        return self._check_deprecated(node, found)

    def _read_member(self, name: str, holder: Schema) -> Selected | None:
        properties, required = holder["properties"], holder.get("required")
        if not isinstance(properties, Mapping) or name not in properties:
            return None
        sure = isinstance(required, list) and name in required
        return replace(read_schema(properties[name], self.root), may_be_absent=not sure)

    def _refuse_unknown(self, node: Node, given: Selected, holders: list[Schema]) -> Selected:
        known = sorted({str(name) for each in holders for name in _names_of(each)})
        inner = (each for holder in holders for each in self._list_inner(holder, ""))
        below = next((at for at, each in inner if node.name in _names_of(each)), "")
        near = f'; did you mean "{below}{node.name}"?' if below else suggest(node.name, known)
        listed = f"known fields: {', '.join(known)}" if len(known) <= _MANY and not near else ""
        elsewhere = "" if below else self._find_anywhere(node.name)
        alike = [] if near else [one for one in known if _share_words(node.name, one)]
        if elsewhere:
            listed = f'the record has it as "{elsewhere}"'
        elif alike:
            listed = f"fields of such a name: {', '.join(alike[:_MANY])}"
        message = f'no field "{node.name}" {_say_where(given)}{near}'
        self._report(UNKNOWN_FIELD, node, message, way_out=listed)
        return ANYTHING

    def _find_anywhere(self, name: str) -> str:
        """Give the shortest path from the record to a member of exactly that name."""
        level = [("", self.root)]
        for _ in range(_DEEPEST):
            found = next((at for at, holder in level if name in _names_of(holder)), None)
            if found is not None:
                return f"{found}{name}"
            level = [inner for at, holder in level for inner in self._list_inner(holder, at)]
        return ""

    def _list_inner(self, holder: Schema, at: str) -> Iterator[tuple[str, Schema]]:
        """Give the objects one step further down, each with the path that leads into it."""
        for step, member in _names_of(holder).items():
            for node in read_schema(member, self.root).nodes or ():
                yield f"{at}{step}.", node
                for element in read_schema(node.get("items"), self.root).nodes or ():
                    yield f"{at}{step}[].", element

    def _refuse_member(self, node: Node, given: Selected) -> Selected:
        kind, way_out = say_types(tuple(sorted(given.types))), ""
        if "array" in given.types:
            way_out = f'write {given.label}[].{node.name}, or walk the list under "each"'
        self._report(
            WRONG_SHAPE,
            node,
            f'{_say_place(given)} is {kind}, expected an object with a field "{node.name}"',
            way_out=way_out,
        )
        return ANYTHING

    def _check_deprecated(self, node: Node, found: Selected) -> Selected:
        marked = [each for each in found.nodes or () if each.get("deprecated") is True]
        if not marked:
            return found
        instead = next((str(each["x-instead"]) for each in marked if each.get("x-instead")), "")
        if not instead:
            message = f'"{found.label}" is deprecated, and nothing is said to replace it'
            self.findings.append(
                Finding(DEPRECATED_FIELD, message, node.start, node.end, severity="warning")
            )
            return found
        message = f'"{found.label}" is deprecated, expected "{instead}"'
        effect = "the value may be out of date, or disappear from the payload without notice"
        self.findings.append(Finding(REPLACED_FIELD, message, node.start, node.end, effect=effect))
        return ANYTHING

    def select_elements(self, node: Node, given: Selected, sign: str) -> Selected:
        """Step to the elements of a list; `sign` is how the path does it."""
        if not given.nodes:
            return ANYTHING
        if given.types and "array" not in given.types:
            kind = say_types(tuple(sorted(given.types)))
            message = f"{_say_place(given)} is {kind}, expected a list for {sign}"
            way_out = "leave out the brackets" if "object" in given.types else ""
            self._report(WRONG_SHAPE, node, message, way_out=way_out)
            return ANYTHING
        found = unite(
            read_schema(each.get("items"), self.root)
            for each in given.nodes
            if types_of(each) <= {"array"}
        )
        personal = found.personal or given.personal
        label = given.label if given.is_projection else f"{given.label}[]"
        return replace(found, personal=personal, label=label)

    def select_values(self, node: Node, given: Selected) -> Selected:
        """Step to the values of an object, whatever their names."""
        if given.nodes is None:
            return ANYTHING
        if given.types and "object" not in given.types:
            kind = say_types(tuple(sorted(given.types)))
            message = f"{_say_place(given)} is {kind}, expected an object for *"
            way_out = "write [*]" if "array" in given.types else ""
            self._report(WRONG_SHAPE, node, message, way_out=way_out)
            return ANYTHING
        found = unite(option for each in given.nodes for option in self._read_values(each))
        found = found if found.nodes != () else ANYTHING
        label = f"{given.label}.*" if given.label else "*"
        return replace(found, personal=found.personal or given.personal, label=label)

    def _read_values(self, holder: Schema) -> list[Selected]:
        """Give what the values of an object node can be; the same node is read once a path."""
        if id(holder) not in self._values:
            properties, others = holder.get("properties"), holder.get("additionalProperties")
            values = list(properties.values()) if isinstance(properties, Mapping) else []
            values += [others] if isinstance(others, Mapping) else []
            read = [read_schema(each, self.root) for each in values]
            self._values[id(holder)] = holder, read
        return self._values[id(holder)][1]

    def report_shortened(self, node: Node, result: Selected, element: Selected) -> None:
        """Report a projection that drops the elements for which nothing is found."""
        name = result.label or "an element"
        whole = element.label.removesuffix("[]").removesuffix(".*") or "the list"
        self.findings.append(
            Finding(
                SHORTENED_LIST,
                f'"{name}" may be missing or null, so the list would be shorter than {whole}',
                node.start,
                node.end,
                help='walk the list under "each" and read the field there',
                effect="values would no longer line up with their elements, with no error",
            )
        )

    def _report(self, code: str, node: Node, message: str, *, way_out: str = "") -> None:
        found = Finding(code, message, node.start, node.end, help=way_out, effect=FINDS_NOTHING)
        self.findings.append(found)


def _may_have(name: str, node: Schema) -> bool:
    kinds = types_of(node)
    if kinds and "object" not in kinds:
        return False
    return name in _names_of(node) or not isinstance(node.get("properties"), Mapping)


def _names_of(node: Schema) -> Mapping[str, object]:
    properties = node.get("properties")
    return properties if isinstance(properties, Mapping) else {}


def _share_words(one: str, other: str) -> bool:
    """Tell whether all words of one name are in the other: `currency`, `currency_iso_code`."""
    words, others = set(one.lower().split("_")), set(other.lower().split("_"))
    return words <= others or words >= others


def _say_where(given: Selected) -> str:
    return f"under {given.label}" if given.label else f"in {_say_place(given)}"


def _say_place(given: Selected) -> str:
    if given.label:
        return f'"{given.label}"'
    title = given.node.get("title") if given.node is not None else None
    return f'"{title}"' if isinstance(title, str) else "the record"


def find_sure_members(condition: Node) -> frozenset[str]:
    """Give the members that are neither missing nor null when a filter's condition holds."""
    if condition.kind == "field":
        return frozenset({condition.name})
    if condition.kind in {"and_expression", "or_expression"}:
        left, right = (find_sure_members(child) for child in condition.children)
        return left | right if condition.kind == "and_expression" else left & right
    if condition.kind != "comparator":
        return frozenset()
    return _find_compared(condition)


def _find_compared(comparator: Node) -> frozenset[str]:
    fields = [child for child in comparator.children if child.kind == "field"]
    literals = [child for child in comparator.children if child.kind == "literal"]
    if comparator.value not in {"eq", "ne"}:
        return frozenset(each.name for each in fields)
    against_null = any(literal.value is None for literal in literals)
    if literals and fields and against_null is (comparator.value == "ne"):
        return frozenset({fields[0].name})
    return frozenset()
