"""Editing: one change made in the text, at the marks of what it changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from engine.edits.changes import (
    AddKey,
    Change,
    MoveKey,
    NameSchema,
    RemoveKey,
    RenameKey,
    SetValue,
    change_data,
)
from engine.edits.marks import Marks
from engine.edits.removing import remove_key
from engine.edits.writing import write_block, write_flow
from engine.problem import Place
from engine.text import Document, Pointer, read_document

_MODELINE_FILE = re.compile(r"(#\s*yaml-language-server:\s*\$schema=(?:\S*/)?)[^/\s]+")
_BLOCK_TEXT = re.compile(r"[|>][-+0-9]*")


class EditError(Exception):
    """A change that cannot be made in this text without losing something; `place` says where."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


def edit_document(document: Document, change: Change) -> Document:
    """Make one change in the text of a document.

    What is read of the new text is what `change_data` gives: EditError is raised otherwise.
    KeyError or TypeError is raised for a change of what is not there.
    """
    wanted = change_data(document.data, change)
    made, problems = read_document(_EDITS[type(change)](document, change).encode(), document.path)
    if made is None:
        raise EditError(
            f"the text could not be changed: {problems[0].message}", _place(document, change)
        )
    if write_flow(made.data) != write_flow(wanted):
        raise EditError("the text could not be changed as wanted", _place(document, change))
    return made


def find_lost_comment(before: Document, after: Document) -> Place | None:
    """Give the place of a comment that is in `before` and no longer in `after`.

    The first line, which names the schema, is not looked at.
    """
    marks = Marks(before)
    kept = Counter(_comment_texts(Marks(after)))
    for span, text in zip(marks.comments, _comment_texts(marks), strict=True):
        kept[text] -= 1
        if kept[text] < 0 and span.start >= marks.next_line(0):
            return marks.place_of(span)
    return None


def _rename(document: Document, change: RenameKey) -> str:
    span = Marks(document).key(change.at)
    return _replace(document.text, span.start, span.end, write_flow(change.to))


def _set(document: Document, change: SetValue) -> str:
    marks = Marks(document)
    span = marks.value(change.at)
    made = write_flow(change.to)
    if _BLOCK_TEXT.match(document.text, span.start):
        header = marks.line_end(span.start)
        made = " ".join([made, *marks.comments_in(span.start, header + 1)])
    if document.text[span.start - 1 : span.start] == ":":
        made = f" {made}"
    return _replace(document.text, span.start, span.end, made)


def _remove(document: Document, change: RemoveKey) -> str:
    return remove_key(Marks(document), change.at)


def _add(document: Document, change: AddKey) -> str:
    key, parent = str(change.at[-1]), change.at[:-1]
    if Marks(document).is_flow(parent):
        return _add_flow(document, parent, f"{write_flow(key)}: {write_flow(change.value)}")
    return _add_lines(document, parent, list(write_block(key, change.value)))


def _add_flow(document: Document, parent: Pointer, entry: str) -> str:
    """Add an entry in braces, right behind the last one."""
    marks, holder = Marks(document), document.value_at(parent)
    last = next(reversed(holder), None) if isinstance(holder, dict) else None
    if last is None:
        index = marks.value(parent).start + 1
        return _replace(document.text, index, index, entry)
    end = marks.value((*parent, last)).end
    comma = marks.find_outside_comments(",", end, marks.value(parent).end)
    if comma >= 0:
        return _replace(document.text, comma + 1, comma + 1, f" {entry}")
    return _replace(document.text, end, end, f", {entry}")


def _add_lines(document: Document, parent: Pointer, lines: list[str]) -> str:
    """Add lines at the end of a block, indented as its keys are."""
    marks, holder = Marks(document), document.value_at(parent)
    first = next(iter(holder)) if isinstance(holder, dict) else ""
    margin = " " * (document.keys[*parent, first].column - 1)
    end = marks.line_end(max(marks.value(parent).end - 1, marks.value(parent).start))
    made = "".join(f"{marks.newline}{margin}{line}" if line else marks.newline for line in lines)
    return _replace(document.text, end, end, made)


def _move(document: Document, change: MoveKey) -> str:
    marks, key = Marks(document), write_flow(str(change.to[-1]))
    parent, value = change.to[:-1], document.value_at(change.at)
    written = _written(marks, change.at)
    if marks.is_flow(parent) or not _has_own_lines(marks, change.at):
        without = _read_again(document, remove_key(marks, change.at), change)
        # A block that the key was alone in has become braces by now.
        if Marks(without).is_flow(parent):
            return _add_flow(without, parent, f"{key}: {written or write_flow(value)}")
        entry = [f"{key}: {written}"] if written else list(write_block(str(change.to[-1]), value))
        return _add_lines(without, parent, entry)
    lines, rest = _cut_lines(marks, change.at, key)
    return _add_lines(_read_again(document, rest, change), parent, lines)


def _read_again(document: Document, text: str, change: MoveKey) -> Document:
    made, _ = read_document(text.encode(), document.path)
    if made is None:
        raise EditError("the key cannot be moved", document.place_of_key(change.at))
    return made


def _has_own_lines(marks: Marks, at: Pointer) -> bool:
    """Whether a key stands in a block, on lines that are nobody else's, and not alone in it."""
    start = marks.key(at).start
    holder = marks.document.value_at(at[:-1])
    is_alone = isinstance(holder, dict) and len(holder) == 1
    is_first = not marks.text[marks.line_start(start) : start].strip(" ")
    return is_first and not is_alone and not marks.is_flow(at[:-1])


def _cut_lines(marks: Marks, at: Pointer, key: str) -> tuple[list[str], str]:
    """Give the lines of a key, called `key`, without their margin, and the text without them.

    Comments inside and right above belong to it.
    """
    text, start = marks.text, marks.key(at).start
    margin = text[marks.line_start(start) : start]
    end = max(marks.value(at).end - 1, start)
    top = marks.line_start(start)
    while text.startswith(f"{margin}#", above := marks.line_start(top - 1)) and above < top:
        top = above
    renamed = text[top:start] + key + text[marks.key(at).end : marks.line_end(end)]
    lines = [line.removesuffix("\r").removeprefix(margin) for line in renamed.split("\n")]
    return lines, text[:top] + text[marks.next_line(end) :]


def _written(marks: Marks, at: Pointer) -> str:
    """Give a value as it is written, when it is whole in one line; '' otherwise."""
    span = marks.value(at)
    text = marks.text[span.start : span.end]
    is_block = isinstance(marks.document.value_at(at), dict | list) and not marks.is_flow(at)
    return "" if "\n" in text or is_block else text


def _name_schema(document: Document, change: NameSchema) -> str:
    first, newline, rest = document.text.partition("\n")
    return _MODELINE_FILE.sub(rf"\g<1>{change.name}", first, count=1) + newline + rest


def _replace(text: str, start: int, end: int, made: str) -> str:
    return text[:start] + made + text[end:]


def _comment_texts(marks: Marks) -> list[str]:
    return [marks.text[one.start : one.end].rstrip() for one in marks.comments]


def _place(document: Document, change: Change) -> Place:
    """Give where a change is made; a new key comes behind the last of its mapping."""
    at = () if isinstance(change, NameSchema) else change.at
    if isinstance(change, AddKey):
        holder = document.value_at(at[:-1])
        at = (*at[:-1], next(reversed(holder))) if isinstance(holder, dict) and holder else at[:-1]
    return document.place_of_key(at)


_EDITS: Mapping[type, Callable[[Document, Any], str]] = {
    RenameKey: _rename,
    SetValue: _set,
    RemoveKey: _remove,
    AddKey: _add,
    MoveKey: _move,
    NameSchema: _name_schema,
}
