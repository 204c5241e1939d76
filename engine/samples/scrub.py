"""Scrubbing: a record of the source becomes a fictional one of the same shape.

What stays is only what the lock knows and a closed form proves harmless: listed codes, amounts,
counts, yes or no, currencies, countries, and codes that look like codes. All else is replaced;
members that the lock does not know are left out, for no mapping can read them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from engine.expressions.selected import Schema, read_schema
from engine.lock import SourceLock
from engine.runtime.values import read_email, read_ip, read_url
from engine.samples.fiction import Fiction, tokens_of

_NUMERIC = frozenset({"money", "integer", "decimal"})
_CLOSED = frozenset({"code", "currency", "country", "instant"})
_CODE = re.compile(r"(?!.*\d{6})[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}")
_ISO_CODE = re.compile(r"[A-Z]{2,3}")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_NOTHING: Schema = {}


@dataclass(frozen=True, slots=True)
class Marked:
    """What a mapping marks as not personal, beyond the lock.

    `words` are texts that it lists itself; `custom_fields` the codes of fields it calls so;
    `relay_domains` those it looks for.
    """

    words: frozenset[str] = frozenset()
    custom_fields: frozenset[str] = frozenset()
    relay_domains: tuple[str, ...] = ()


UNMARKED = Marked()


@dataclass(slots=True)
class Scrubber:
    """Scrubs records that belong together; `left_out` counts the members left out."""

    source: SourceLock
    fiction: Fiction
    personal: frozenset[str]
    marked: Marked = UNMARKED
    left_out: int = 0
    _codes: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._codes = {one.value: one.code for one in self.source.custom_fields.values()}

    def scrub(self, record: Mapping[str, object]) -> dict[str, object]:
        """Give the fictional record; the record itself stays as it is."""
        return self._scrub_members(record, self.source.schema)

    def _scrub_members(self, record: Mapping[str, object], node: Schema) -> dict[str, object]:
        known = _members(node)
        self.left_out += len(record.keys() - known.keys())
        return {
            name: self._scrub(value, known[name], name, record)
            for name, value in record.items()
            if name in known
        }

    def _scrub(
        self, value: object, schema: object, name: str, holder: Mapping[str, object]
    ) -> object:
        if value is None:
            return None
        nodes = read_schema(schema, self.source.schema).nodes or ()
        if isinstance(value, dict):
            node = _find(nodes, lambda one: "properties" in one)
            return self._scrub_members(value, node)
        if isinstance(value, list):
            items = _items(nodes)
            return [self._scrub(one, items, name, holder) for one in value] if items else []
        node = _find(nodes, lambda one: "x-type" in one and not _is_list(one))
        if isinstance(value, str):
            return self._scrub_text(value, node, name, holder)
        return self._scrub_number(value, node)

    def _scrub_number(self, value: object, node: Schema) -> object:
        """Keep a number or a truth value where the lock wants one, else give its fiction."""
        kind = None if node.get("x-personal") else node.get("x-type")
        if isinstance(value, bool):
            return value if kind == "boolean" else False
        if kind in _NUMERIC:
            return value
        made = self.fiction.digits(str(abs(int(value)))) if isinstance(value, int | float) else "0"
        return float(f"{made}.5") if isinstance(value, float) else int(made)

    def _scrub_text(self, text: str, node: Schema, name: str, holder: Mapping[str, object]) -> str:
        if not text.strip():
            return " " if text else ""
        if text in self.marked.words:
            return text
        if node.get("x-type") in _CLOSED and not node.get("x-personal"):
            return self._scrub_closed(text, node, name)
        if node.get("x-type") == "custom":
            return self._scrub_custom(text, holder.get(self._codes.get(name, "")), name)
        return self._replace(text, node, name)

    def _replace(self, text: str, node: Schema, name: str) -> str:
        kind, fiction = node.get("x-type"), node.get("x-fiction")
        if isinstance(fiction, str):
            return self.fiction.word(fiction, text)
        if kind in ("id", "email"):
            return self._scrub_address(text, is_id=kind == "id", name=name)
        return self.fiction.text(name, text) if kind == "text" else self._guess(text, name)

    def _scrub_closed(self, text: str, node: Schema, name: str) -> str:
        kind, listed = node.get("x-type"), node.get("x-codes")
        if kind == "instant":
            return self.fiction.date(text) or self.fiction.text(name, text)
        if kind in ("currency", "country"):
            return text if _ISO_CODE.fullmatch(text) else self.fiction.code(text)
        if isinstance(listed, Mapping):
            return text if text in listed else self.fiction.code(text)
        return text if self._is_plain_code(text) else self.fiction.code(text)

    def _scrub_custom(self, text: str, given: object, name: str) -> str:
        code = given if isinstance(given, str) else ""
        if code in self.marked.custom_fields and "@" not in text and self._tells_nobody(text):
            return text
        return self._guess(text, code if self._is_plain_code(code) else name)

    def _is_plain_code(self, text: str) -> bool:
        return bool(_CODE.fullmatch(text)) and self._tells_nobody(text)

    def _tells_nobody(self, text: str) -> bool:
        """Whether no word of a text is one that stands, somewhere, as a personal value."""
        return tokens_of(text).isdisjoint(self.personal)

    def _scrub_address(self, text: str, *, is_id: bool, name: str) -> str:
        address = read_email(text)
        if address is not None:
            return self.fiction.email(address)
        return self.fiction.identifier(text) if is_id else self.fiction.text(name, text)

    def _guess(self, text: str, name: str) -> str:
        """Give fiction of the type that a text looks like."""
        if text.lower() in ("true", "false"):
            return text
        address = read_email(text)
        if address is not None:
            return self.fiction.email(address)
        if read_ip(text) is not None:
            return self.fiction.ip(text.strip())
        if read_url(text) is not None:
            return self.fiction.url(text)
        if _NUMBER.fullmatch(text):
            return self.fiction.digits(text)
        return self.fiction.date(text) or self.fiction.text(name, text)


@dataclass(frozen=True, slots=True)
class RealWords:
    """The words that must not come out: `personal` ones, and `all` that are replaced."""

    personal: frozenset[str]
    all: frozenset[str]


def find_real_words(
    records: Iterable[Mapping[str, object]], source: SourceLock, marked: Marked = UNMARKED
) -> RealWords:
    """Give the words of all values that will not stay, before any is replaced."""
    finder = _Finder(source, marked)
    for record in records:
        finder.find(record, source.schema)
    return RealWords(frozenset(finder.personal), frozenset(finder.every))


@dataclass(slots=True)
class _Finder:
    """Gathers the words of each value that is not of a closed form."""

    source: SourceLock
    marked: Marked
    personal: set[str] = field(default_factory=set)
    every: set[str] = field(default_factory=set)

    def find(self, value: object, schema: object) -> None:
        """Take the words of a value; the names of members that the lock does not know are words."""
        found = read_schema(schema, self.source.schema)
        nodes = found.nodes or ()
        if isinstance(value, dict):
            self._find_members(value, _members(_find(nodes, lambda one: "properties" in one)))
        elif isinstance(value, list):
            for one in value:
                self.find(one, _items(nodes))
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            kinds = {one.get("x-type") for one in nodes}
            is_closed = bool(kinds & (_CLOSED | _NUMERIC)) and not found.personal
            if not is_closed or (isinstance(value, str) and kinds & _NUMERIC):
                self._take(str(value), is_personal=found.personal or not kinds)

    def _find_members(self, record: Mapping[str, object], known: Mapping[str, object]) -> None:
        stays = {
            one.value
            for one in self.source.custom_fields.values()
            if isinstance(code := record.get(one.code), str) and code in self.marked.custom_fields
        }
        for name, value in record.items():
            if name not in known:
                self._take(name, is_personal=True)
            if name not in stays:
                self.find(value, known.get(name))

    def _take(self, text: str, *, is_personal: bool) -> None:
        if text not in self.marked.words:
            tokens = tokens_of(text)
            self.every |= tokens
            self.personal |= tokens if is_personal else set()


def _members(node: Schema) -> Mapping[str, object]:
    members = node.get("properties")
    return members if isinstance(members, Mapping) else {}


def _items(nodes: Iterable[Schema]) -> object:
    """Give the schema of a list's elements; marks on the list are theirs as well."""
    node = _find(nodes, lambda one: "items" in one)
    items = node.get("items")
    marks = {name: mark for name, mark in node.items() if name in ("x-type", "x-personal")}
    return {**marks, **items} if isinstance(items, Mapping) else None


def _is_list(node: Schema) -> bool:
    return node.get("type") == "array"


def _find(nodes: Iterable[Schema], fits: Callable[[Schema], bool]) -> Schema:
    return next((node for node in nodes if fits(node)), _NOTHING)
