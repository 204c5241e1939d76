"""The parser's events become plain data and places, within limits, in one pass.

Nothing is composed or constructed by the library: an alias is refused when it is met, so it can
neither grow nor form a cycle, and depth and size are counted before anything is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import yaml
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from engine.problem import Place, Problem
from engine.yaml12.characters import quote
from engine.yaml12.features import refuse_directives, refuse_half_characters, refuse_properties
from engine.yaml12.keys import find_look_alike, is_composed
from engine.yaml12.scalars import Json, read_plain
from engine.yaml12.source import Source
from engine.yaml12.syntax import explain_error

Pointer: TypeAlias = tuple[str | int, ...]

MAX_DEPTH = 20
MAX_NODES = 5_000
# Each problem carries its source line, and a hostile file is one long line.
_MOST_PROBLEMS = 50
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(slots=True)
class Tree:
    """What a document holds; `keys` and `values` tell where, by pointer."""

    data: Json = None
    keys: dict[Pointer, Place] = field(default_factory=dict)
    values: dict[Pointer, Place] = field(default_factory=dict)


@dataclass(slots=True)
class _Collection:
    """A mapping or list whose end is still to come; `key` waits for its value."""

    data: dict[str, Json] | list[Json]
    pointer: Pointer
    is_flow: bool
    place: Place
    key: str | None = None
    spellings: dict[str, str] = field(default_factory=dict)

    @property
    def expects_key(self) -> bool:
        return isinstance(self.data, dict) and self.key is None


def read_tree(source: Source) -> tuple[Tree, list[Problem]]:
    """Give the tree of a text without refused characters, and all that is wrong with it.

    The tree is complete only when there is no problem.
    """
    directives = list(refuse_directives(source))
    if directives:
        return Tree(), directives
    builder = _Builder(source)
    try:
        for event in yaml.parse(source.text, _LOADER):
            if not builder.take(event) or len(builder.problems) >= _MOST_PROBLEMS:
                break
    # PyYAML's own parser leaks the last two for an escape beyond Unicode.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        builder.problems.append(explain_error(error, source))
    if not builder.documents and not builder.problems:
        builder.refuse_top(source.place(0, 0), is_empty=True)
    return builder.tree, builder.problems


class _Builder:
    """Takes one event after the other; `open` is the way from the top to the present one."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tree = Tree()
        self.problems: list[Problem] = []
        self.documents = 0
        self.nodes = 0
        self.open: list[_Collection] = []

    def take(self, event: Event) -> bool:
        """Take the next event; False when reading on is of no use."""
        if isinstance(event, NodeEvent):
            return self._take_node(event)
        if isinstance(event, CollectionEndEvent):
            self._close(event)
        elif isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                place = self.source.place_of(event)
                self._refuse("MD108", "a second document begins here", place, "use two files")
                return False
        return True

    def refuse_top(self, place: Place, *, is_empty: bool) -> None:
        """Report that the top level is no mapping."""
        way_out = 'begin with lines of the form "key: value"'
        if is_empty:
            self._refuse("MD116", "the file is empty", place, way_out)
        else:
            self._refuse("MD117", "the top level is not a mapping", place, way_out)

    def _take_node(self, event: NodeEvent) -> bool:
        place = self.source.place_of(event)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._refuse("MD119", f"the file has more than {MAX_NODES:,} keys and values", place)
            return False
        self.problems.extend(refuse_properties(event, self.source))
        if isinstance(event, ScalarEvent):
            self.problems.extend(refuse_half_characters(event, self.source))
        if not self.open and not isinstance(event, MappingStartEvent):
            self.refuse_top(place, is_empty=_is_plain(event, ""))
            return False
        if isinstance(event, CollectionStartEvent):
            return self._take_collection(event, place)
        if self.open[-1].expects_key:
            self._take_key(event, place)
        else:
            self._attach(self._read_value(event, place), place)
        return True

    def _take_collection(self, event: CollectionStartEvent, place: Place) -> bool:
        if len(self.open) == MAX_DEPTH:
            self._refuse("MD118", f"more than {MAX_DEPTH} levels inside each other", place)
            return False
        data: dict[str, Json] | list[Json] = {} if isinstance(event, MappingStartEvent) else []
        if self.open and self.open[-1].expects_key:
            way_out = 'put a text that begins with "{" or "[" in quotes'
            self._refuse("MD113", "a key is a text, not a mapping or a list", place, way_out)
            self.open[-1].key = ""
            pointer = self.open[-1].pointer
        else:
            pointer = self._attach(data, place)
        self.open.append(_Collection(data, pointer, bool(event.flow_style), place))
        return True

    def _close(self, event: CollectionEndEvent) -> None:
        closed = self.open.pop()
        # Nothing closes a block: the parser ends it only where the next thing begins.
        end = self.source.place_of(event) if closed.is_flow else closed.place
        place = _join(closed.place, end)
        self.tree.values[closed.pointer] = place
        if self.open:
            self.open[-1].place = _join(self.open[-1].place, place)

    def _attach(self, value: Json, place: Place) -> Pointer:
        """Put a value where it belongs and give the pointer to it."""
        pointer: Pointer = ()
        if not self.open:
            self.tree.data = value
        else:
            parent = self.open[-1]
            parent.place = _join(parent.place, place)
            if isinstance(parent.data, list):
                pointer = (*parent.pointer, len(parent.data))
                parent.data.append(value)
            elif parent.key is not None:
                pointer = (*parent.pointer, parent.key)
                parent.data[parent.key] = value
                parent.key = None
        self.tree.values[pointer] = place
        return pointer

    def _take_key(self, event: NodeEvent, place: Place) -> None:
        parent = self.open[-1]
        key = event.value if isinstance(event, ScalarEvent) else f"*{event.anchor}"
        pointer = (*parent.pointer, key)
        if _is_plain(event, "<<"):
            way_out = "write the keys out"
            self._refuse("MD110", "merge keys are not used here", place, way_out)
        elif first := self.tree.keys.get(pointer):
            told = f"key {quote(key)} is already on {_tell(first)}"
            self._refuse("MD112", told, place, "keep one of the two")
        else:
            self._refuse_look_alike(key, parent, place)
        self.tree.keys.setdefault(pointer, place)
        parent.key = key

    def _refuse_look_alike(self, key: str, parent: _Collection, place: Place) -> None:
        other = find_look_alike(key, parent.spellings)
        written = quote(ascii(key)[1:-1])
        if not is_composed(key):
            told = f"key {quote(key)} holds combining characters: {written}"
            self._refuse("MD114", told, place, "type the key again")
        elif other is not None:
            first = _tell(self.tree.keys[(*parent.pointer, other)])
            told = f"key {quote(key)} looks like {quote(other)} on {first}: {written}"
            self._refuse("MD114", told, place, "keep one of the two, in plain letters")

    def _read_value(self, event: NodeEvent, place: Place) -> Json:
        if not isinstance(event, ScalarEvent):
            return None
        if not _is_plain(event):
            return event.value
        try:
            return read_plain(event.value)
        except ValueError as error:
            self._refuse("MD115", str(error), place, "put it in quotes if it is a text")
            return None

    def _refuse(self, code: str, message: str, place: Place, way_out: str = "") -> None:
        self.problems.append(self.source.problem(code, message, place, way_out))


def _is_plain(event: NodeEvent, value: str | None = None) -> bool:
    # libyaml says "" and PyYAML's own parser None for a scalar without quotes.
    if not isinstance(event, ScalarEvent) or event.style:
        return False
    return value is None or event.value == value


def _join(first: Place, last: Place) -> Place:
    return Place(first.path, first.line, first.column, last.end_line, last.end_column)


def _tell(place: Place) -> str:
    return f"line {place.line}, column {place.column}"
