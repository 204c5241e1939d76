"""Edits at marks: the text that is made reads as the data that was wanted, whatever its form."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.edits.changes import (
    AddKey,
    Change,
    MoveKey,
    RemoveKey,
    RenameKey,
    SetValue,
    change_data,
)
from engine.edits.editing import edit_document, find_lost_comment
from engine.edits.writing import write_flow
from engine.text import Document, read_document

CASES: dict[str, tuple[str, Change, str]] = {
    "a key is renamed and keeps its value as written": (
        "a:   'x'  # why\nb: 2\n",
        RenameKey(("a",), "new"),
        "new:   'x'  # why\nb: 2\n",
    ),
    "a key that needs quotes gets them": ("a: 1\n", RenameKey(("a",), "yes: no"), '"yes: no": 1\n'),
    "a value is changed before its comment": (
        "a: 1 # one\nb: 2\n",
        SetValue(("a",), "true"),
        'a: "true" # one\nb: 2\n',
    ),
    "a value of several lines is changed": (
        "a: x\n  y\nb: 2\n",
        SetValue(("a",), 7),
        "a: 7\nb: 2\n",
    ),
    "a block text is changed and its comment stays": (
        "a: | # why\n  # no comment\n  y\n\nb: 2\n",
        SetValue(("a",), "z"),
        "a: z # why\n\nb: 2\n",
    ),
    "an item of a list is changed": (
        "a:\n  - x # x\n  - y\n",
        SetValue(("a", 0), "z"),
        "a:\n  - z # x\n  - y\n",
    ),
    "a line is removed and its comment stays": (
        "a: 1 # one\n# two\nb: 2\n",
        RemoveKey(("a",)),
        "# one\n# two\nb: 2\n",
    ),
    "a block is removed and comments in it stay": (
        "a:\n  # in\n  b: 1 # by\nc: 2\n",
        RemoveKey(("a",)),
        "# in\n# by\nc: 2\n",
    ),
    "the only key leaves braces": (
        "a: # why\n  b: 1\nc: 2\n",
        RemoveKey(("a", "b")),
        "a: {} # why\nc: 2\n",
    ),
    "the first key of an item is removed": (
        "a:\n  - b: 1 # one\n    c: 2\n",
        RemoveKey(("a", 0, "b")),
        "a:\n  # one\n  - c: 2\n",
    ),
    "the only key of an item is removed": (
        "a:\n  - b: 1\n  - c: 2\n",
        RemoveKey(("a", 0, "b")),
        "a:\n  - {}\n  - c: 2\n",
    ),
    "an entry in braces is removed": (
        "a: {b: 1, c: 2, d: 3}\n",
        RemoveKey(("a", "c")),
        "a: {b: 1, d: 3}\n",
    ),
    "the first entry in braces is removed": (
        "a: {b: 1, c: 2}\n",
        RemoveKey(("a", "b")),
        "a: {c: 2}\n",
    ),
    "the last entry in braces is removed": (
        "a: {b: 1, c: 2}\n",
        RemoveKey(("a", "c")),
        "a: {b: 1}\n",
    ),
    "the only entry in braces is removed": ("a: {b: 1}\n", RemoveKey(("a", "b")), "a: {}\n"),
    "an entry in braces over lines is removed": (
        "a: {b: 1, # one\n  c: 2, # two\n  d: 3}\n",
        RemoveKey(("a", "c")),
        "a: {b: 1, # one\n   # two\n  d: 3}\n",
    ),
    "a comment behind a first entry stays one": (
        "a: {b: 1, # one\n  c: 2}\n",
        RemoveKey(("a", "b")),
        "a: { # one\n  c: 2}\n",
    ),
    "a key is added behind the last": (
        "a:\n  b: 1 # one\n# end\n",
        AddKey(("a", "c"), "x"),
        "a:\n  b: 1 # one\n  c: x\n# end\n",
    ),
    "a key is added where no line break ends the file": ("a: 1", AddKey(("b",), 2), "a: 1\nb: 2"),
    "a block is added with the line ends of the file": (
        "a: 1\r\n",
        AddKey(("b",), {"c": {"d": [1, "x"]}}),
        "a: 1\r\nb:\r\n  c:\r\n    d: [1, x]\r\n",
    ),
    "an entry is added in braces": (
        "a: {b: 1} # x\n",
        AddKey(("a", "c"), "y"),
        "a: {b: 1, c: y} # x\n",
    ),
    "an entry is added in empty braces": ("a: {}\n", AddKey(("a", "c"), []), "a: {c: []}\n"),
    "an entry is added behind a comma": (
        "a: {b: 1,}\n",
        AddKey(("a", "c"), 1),
        "a: {b: 1, c: 1}\n",
    ),
    "a block moves with its comments": (
        "a:\n  # above\n  b: # b\n    c: |\n      x\n       y\n  d: 1\ne:\n    f: 2\n",
        MoveKey(("a", "b"), ("e", "g")),
        "a:\n  d: 1\ne:\n    f: 2\n    # above\n    g: # b\n      c: |\n        x\n         y\n",
    ),
    "an entry moves out of braces as written": (
        "a: {b: 'x y', c: 1}\nd: 2\n",
        MoveKey(("a", "b"), ("b",)),
        "a: {c: 1}\nd: 2\nb: 'x y'\n",
    ),
    "a key moves into braces": (
        "a: {b: 1}\nc: 'x' # why\n",
        MoveKey(("c",), ("a", "c")),
        "a: {b: 1, c: 'x'}\n# why\n",
    ),
    "an only key moves within its block": (
        "a:\n  b: 'x'\nc: 1\n",
        MoveKey(("a", "b"), ("a", "d")),
        "a: {d: 'x'}\nc: 1\n",
    ),
    "a block moves into braces": (
        "a: {b: 1}\nc:\n  d: [x,\n    y]\n",
        MoveKey(("c",), ("a", "c")),
        "a: {b: 1, c: {d: [x, y]}}\n",
    ),
}


def read(text: str) -> Document:
    document, problems = read_document(text.encode(), "example.yaml")
    assert document is not None, (text, problems)
    return document


@pytest.mark.parametrize("name", CASES)
def test_an_edit(name: str) -> None:
    text, change, wanted = CASES[name]
    assert edit_document(read(text), change).text == wanted


@pytest.mark.parametrize(
    "change",
    [
        RenameKey(("z",), "y"),
        RenameKey(("a",), "b"),
        SetValue(("z",), 1),
        SetValue(("b",), 1),
        RemoveKey(("b", 0)),
        AddKey(("a",), 1),
        MoveKey(("a",), ("b", "c")),
        MoveKey(("z",), ("y",)),
    ],
)
def test_a_change_of_what_is_not_there_is_an_error_of_the_migration(change: Change) -> None:
    with pytest.raises((KeyError, TypeError)):
        edit_document(read("a: 1\nb: [1]\n"), change)


KEYS = st.sampled_from(["a", "b", "c", "d-d", "e e", "yes", "1", "#f", "g: h", "ü"])
SCALARS = st.one_of(
    st.sampled_from(
        ["x", "yes", "no: 1", " y", "#", "a # b", "it's", '"', "1", "~", "- a", "", "{", "é"]
    ),
    st.integers(-5, 10**6),
    st.booleans(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=5)
Pick = Callable[[int], int]


def lay_out(value: Any, pick: Pick, margin: str, *, flow: bool) -> str:
    """Give a value in one of the many forms that a hand may give it."""
    if not isinstance(value, dict | list):
        return " " + lay_out_scalar(value, pick, margin, flow=flow)
    if value and not flow and pick(4):
        return lay_out_block(value, pick, margin)
    first, last = "{}" if isinstance(value, dict) else "[]"
    pairs = value.items() if isinstance(value, dict) else [("", one) for one in value]
    entries = [
        (f"{lay_out_key(key, pick)}:" if first == "{" else "")
        + lay_out(one, pick, margin, flow=True)
        for key, one in pairs
    ]
    return " " + lay_out_flow(first, entries, last, pick, margin)


def lay_out_scalar(value: Any, pick: Pick, margin: str, *, flow: bool) -> str:
    if not isinstance(value, str):
        return write_flow(value)
    if value and not flow and value.strip() == value and not pick(4):
        return f"|-{note(pick)}\n{margin}   {value}"
    forms = [
        write_flow(value),
        json.dumps(value, ensure_ascii=False),
        "'" + value.replace("'", "''") + "'",
    ]
    return forms[pick(3)]


def lay_out_flow(first: str, entries: list[str], last: str, pick: Pick, margin: str) -> str:
    made = first + " " * pick(2)
    for index, entry in enumerate(entries):
        comma = "," if index + 1 < len(entries) or not pick(5) else ""
        made += entry.lstrip() + " " * pick(2) + comma
        made += f"{note(pick)}\n{margin}  " if not pick(4) else " " * bool(comma)
    return made + last


def lay_out_block(value: Any, pick: Pick, margin: str) -> str:
    inner = margin + " " * (2 + pick(2))
    made = note(pick)
    pairs = value.items() if isinstance(value, dict) else [(None, one) for one in value]
    for key, one in pairs:
        head = "-" if key is None else f"{lay_out_key(key, pick)}:"
        made += f"\n{inner}# above {pick(9)}" if not pick(4) else ""
        if key is None and isinstance(one, dict) and one and pick(2):
            body = lay_out_block(one, lambda most: pick(most) if most != 2 else 0, inner)
            lines = body.lstrip("\n").split("\n")
            if not lines[0].lstrip().startswith("#"):
                made += f"\n{inner}- {lines[0].lstrip()}" + "".join(
                    f"\n{line}" for line in lines[1:]
                )
                continue
        made += f"\n{inner}{head}{lay_out(one, pick, inner, flow=False)}"
        if not isinstance(one, dict | list) and not made.rsplit("\n", 1)[-1].startswith(
            inner + "   "
        ):
            made += note(pick)
    return made


def lay_out_key(key: str, pick: Pick) -> str:
    return json.dumps(key, ensure_ascii=False) if not pick(4) else write_flow(key)


def note(pick: Pick) -> str:
    return f" # note {pick(9)}" if not pick(3) else ""


@st.composite
def documents(draw: Any) -> Document:
    data = draw(MAPPINGS)

    def pick(most: int) -> int:
        return int(draw(st.integers(0, most - 1)))

    text = "# top\n" + "".join(
        f"{lay_out_key(key, pick)}:{lay_out(one, pick, '', flow=False)}\n"
        for key, one in data.items()
    )
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    document, problems = read_document(text.encode(), "example.yaml")
    assert document is not None, (text, problems)
    assert document.data == data, text
    return document


def pointers(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at]
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for step, one in items:
        found += pointers(one, (*at, step))
    return found


def value_at(data: Any, at: tuple[Any, ...]) -> Any:
    for step in at:
        data = data[step]
    return data


@st.composite
def changes(draw: Any, data: Any) -> Change:
    every = pointers(data)
    keys = [at for at in every if at and isinstance(at[-1], str)]
    holders = [at for at in every if isinstance(value_at(data, at), dict)]
    scalars = [at for at in every if not isinstance(value_at(data, at), dict | list)]
    at, holder = draw(st.sampled_from(keys)), draw(st.sampled_from(holders))
    kinds: list[Change] = [
        RenameKey(at, "new: key"),
        AddKey((*holder, "new key"), draw(VALUES)),
        *([RemoveKey(at)] if len(at) > 1 or len(data) > 1 else []),
        *([SetValue(draw(st.sampled_from(scalars)), draw(VALUES))] if scalars else []),
    ]
    if holder[: len(at)] != at and (len(at) > 1 or len(data) > 1):
        kinds.append(MoveKey(at, (*holder, "moved")))
    picked: Change = draw(st.sampled_from(kinds))
    return picked


@settings(max_examples=200)
@given(st.data())
def test_whatever_the_form_the_text_reads_as_the_data_and_no_comment_is_lost(given_: Any) -> None:
    document = given_.draw(documents())
    change = given_.draw(changes(document.data))
    made = edit_document(document, change)
    assert made.data == change_data(document.data, change)
    assert ("\r\n" in made.text) == ("\r\n" in document.text)
    assert find_lost_comment(document, made) is None


def test_a_comment_behind_a_text_with_a_hash_is_a_comment() -> None:
    before, _ = read_document(b"# first\na: ['b # c'] # d\n", "example.yaml")
    after, _ = read_document(b"# first\na: ['b # c']\n", "example.yaml")
    assert before is not None
    assert after is not None
    lost = find_lost_comment(before, after)
    assert lost is not None
    assert (lost.line, lost.column) == (2, 14)
