"""Edits: where two versions of a mapping differ as data. Comments and the order of keys do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

import orjson

from engine.text import Document, Json, Pointer

# The header says these; they are judged by themselves.
_ASIDE = frozenset({("version",), ("mapping",)})
# Lists in which the place of an element means something.
_ORDERED = frozenset({"address", "report", "key"})
_WORDS = frozenset({"about", "title", "because", "say"})
# What stands behind these keys is keyed by names, which may be spelt like any key of the grammar.
_NAMED = frozenset(
    {
        *(
            "params",
            "read",
            "each",
            "totals",
            "text",
            "figures",
            "data_fields",
            "send",
            "exceptions",
        ),
        *("fields", "to", "facts", "opt_in", "evidence", "among", "leaves", "choices"),
        *("if", "when", "where", "only"),
    }
)


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference: where it stood and where it stands; None on the side that lacks it."""

    old: Pointer | None
    new: Pointer | None

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """Whether the part is new, gone or another."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def pointer(self) -> Pointer:
        """Where it stands, or stood."""
        return self.new if self.new is not None else self.old or ()

    @property
    def is_wording(self) -> bool:
        """Whether only people read it: what a mapping does cannot depend on it."""
        return _is_wording(self.pointer)


def list_edits(old: Document, new: Document) -> list[Edit]:
    """Give the edits between two documents, in the order of the new one."""
    found = [one for one in _differ(old.data, new.data, (), ()) if one.pointer not in _ASIDE]
    return sorted(
        found, key=lambda one: (new if one.new is not None else old).place_of_key(one.pointer)
    )


def overlaps(edited: Pointer | None, part: Pointer) -> bool:
    """Whether an edit touches a part of the mapping: it lies in it, or holds it."""
    if edited is None:
        return False
    shared = min(len(edited), len(part))
    return edited[:shared] == part[:shared]


def _differ(old: Json, new: Json, at: Pointer, to: Pointer) -> Iterator[Edit]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*new, *old]):
            if key not in old:
                yield Edit(None, (*to, key))
            elif key not in new:
                yield Edit((*at, key), None)
            else:
                yield from _differ(old[key], new[key], (*at, key), (*to, key))
        if to == ("send",) and [key for key in old if key in new] != [k for k in new if k in old]:
            # Calls are made in the order of their sends.
            yield Edit(at, to)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _differ_lists(old, new, at, to)
    elif _content(old) != _content(new):
        yield Edit(at, to)


def _differ_lists(old: list[Json], new: list[Json], at: Pointer, to: Pointer) -> Iterator[Edit]:
    if not any(isinstance(one, dict | list) for one in (*old, *new)):
        before, after = [_content(one) for one in old], [_content(one) for one in new]
        same = before == after if to[-1] in _ORDERED else sorted(before) == sorted(after)
        if not same:
            yield Edit(at, to)
        return
    gone, come = _unmatched([_content(one) for one in old], [_content(one) for one in new])
    for index in gone:
        likest = max(come, key=lambda one: _likeness(old[index], new[one]), default=None)
        if likest is None or not _likeness(old[index], new[likest]):
            yield Edit((*at, index), None)
            continue
        come.remove(likest)
        yield from _differ(old[index], new[likest], (*at, index), (*to, likest))
    yield from (Edit(None, (*to, index)) for index in come)


def _unmatched(old: list[bytes], new: list[bytes]) -> tuple[list[int], list[int]]:
    """Give the elements of each side that the other lacks; one that moved is no difference."""
    gone, come = list[int](), list[int]()
    for word, start, end, other, stop in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if word != "equal":
            gone += range(start, end)
            come += range(other, stop)
    for index in list(gone):
        twin = next((one for one in come if new[one] == old[index]), None)
        if twin is not None:
            gone.remove(index)
            come.remove(twin)
    return gone, come


def _likeness(old: Json, new: Json) -> int:
    """Count the members that two elements share; their conditions tell them apart the most."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return 0
    shared = [key for key in old if key in new and _content(old[key]) == _content(new[key])]
    return len(shared) + 10 * ("if" in shared or "add" in shared or "rule" in shared)


def _content(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _is_wording(pointer: Pointer) -> bool:
    # Floors judge what was delivered: no record is treated otherwise because of one.
    if pointer[:1] in {("owner",), ("usability",)}:
        return True
    names_follow = is_name = False
    holder: str | int = ""
    for step in pointer:
        is_name = names_follow
        if is_name and holder == "leaves":
            return True
        names_follow = not is_name and step in _NAMED
        holder = step
    return not is_name and pointer[-1] in _WORDS
