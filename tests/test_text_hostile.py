from __future__ import annotations

import json
import time

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.problem import Place
from engine.text import Document, Json, Pointer, read_document
from engine.yaml12 import tree

Loader = type[yaml.CSafeLoader] | type[yaml.SafeLoader]
LOADERS: list[Loader] = [yaml.SafeLoader]
if yaml.__with_libyaml__:
    LOADERS.append(yaml.CSafeLoader)
each_parser = pytest.mark.parametrize("loader", LOADERS, ids=lambda loader: loader.__name__)


BOMBS = {
    "brackets": "a: " + "[" * 200_000,
    "braces": "{" * 200_000,
    "dashes": "- " * 100_000,
    "question marks": "a:\n ? " + "? " * 100_000,
    "aliases": "a: &a [1]\n" + "".join(f"b{n}: &b{n} [{'*a,' * 9}]\n" for n in range(2000)),
    "merges": "a: {" + "<<: {<<: {<<: {" * 6 + "}" * 18,
    "duplicates": "{" + "a: 1, " * 40_000,
    "block texts": "a:\n" + "- |\n x\n" * 30_000,
    "blanks": "a: |\n" + " \n" * 100_000,
    "letters": "a: " + "\u00e9" * 120_000,
    "unseen": "\u200b" * 80_000,
    "digits": "a: 0." + "1" * 250_000,
    "digits after zeros": "a: 0." + "0" * 100_000 + "1e100000",
}


@each_parser
@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_hostile_file_is_read_in_little_time(text: str, loader: Loader) -> None:
    start = time.process_time()
    read_with(loader, text.encode())
    assert time.process_time() - start < 2


def read_with(loader: Loader, raw: bytes) -> Document | None:
    """Read by one parser; whatever the bytes, there is a document or a problem within the file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree, "_LOADER", loader)
        document, problems = read_document(raw, "orders.yaml")
    assert (document is None) == bool(problems)
    lines = raw.decode(errors="replace").split("\n")
    for problem in problems:
        assert is_within(problem.place, lines), problem
        assert problem.message.isprintable()
        assert "\x1b" not in problem.source
    return document


def is_within(place: Place, lines: list[str]) -> bool:
    start, end = (place.line, place.column), (place.end_line, place.end_column)
    within = all(
        1 <= row <= len(lines) and 1 <= column <= len(lines[row - 1]) + 1
        for row, column in (start, end)
    )
    return within and start <= end


@each_parser
@given(raw=st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_give_a_document_or_problems(loader: Loader, raw: bytes) -> None:
    read_with(loader, raw)


def pick(data: Json, pointer: Pointer) -> Json:
    for step in pointer:
        if isinstance(data, dict) and isinstance(step, str):
            data = data[step]
        elif isinstance(data, list):
            data = data[int(step)]
    return data


# Mostly the characters that mean something in YAML.
YAMLISH = st.text(
    st.sampled_from("ab1.0 \n\n  :-?,[]{}#&*!|>'\"%@`\\xuU~<=\t\r\x1b\x85é\u2028\ufeff😀"),
    max_size=80,
)


@each_parser
@given(text=YAMLISH)
@example('a: "\\UFFFFFFFF"')
@example("!%")
@example("{\n%")
@example("? &a !b |\n x\n: *a")
@settings(deadline=None, max_examples=200)
def test_any_text_gives_a_document_or_problems(loader: Loader, text: str) -> None:
    read_with(loader, text.encode())


VALID = """\
%YAML 1.2
--- # start
a: &x {b: [1, 2.5, "c\\n"], ? d : e}
<<: *x
'f': |-
  one

  two
g:
- !!str 1
- - h: >
      folded
    i: it's
...
"""


@each_parser
@given(
    start=st.integers(0, len(VALID)),
    length=st.integers(0, 20),
    text=YAMLISH,
    skip=st.sampled_from([0, 10, 20]),
)
@settings(deadline=None, max_examples=200)
def test_any_change_of_a_file_gives_a_document_or_problems(
    loader: Loader, start: int, length: int, text: str, skip: int
) -> None:
    changed = VALID[:start] + text[:10] + VALID[start + length :]
    read_with(loader, changed[skip:].encode())


# Without capitals, combining characters and escaped ones, no two keys look alike.
KEYS = st.text(st.sampled_from("abz019 _-:#&*!|>'\"%@`\\/{}[],.~<éñ漢😀"), max_size=20)
TEXTS = st.text(
    st.sampled_from("abz019 _-:#&*!|>'\"%@`\\/{}[],.~<\n\t\r\x00\x1féñ漢😀"), max_size=20
)
NUMBERS = st.integers(-(10**18) + 1, 10**18 - 1) | st.floats(allow_nan=False, allow_infinity=False)
DATA = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@each_parser
@given(data=st.dictionaries(KEYS, DATA, max_size=5), indent=st.sampled_from([None, 2]))
@settings(deadline=None)
def test_json_is_read_as_the_data_it_stands_for(
    loader: Loader, data: dict[str, Json], indent: int | None
) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    document = read_with(loader, text.encode())
    assert document is not None
    assert repr(document.data) == repr(data)


@each_parser
@given(data=st.dictionaries(KEYS, DATA, max_size=5))
@settings(deadline=None)
def test_every_key_and_value_of_json_has_its_place(loader: Loader, data: dict[str, Json]) -> None:
    text = json.dumps(data, ensure_ascii=False)
    document = read_with(loader, text.encode())
    assert document is not None
    for pointer, place in document.values.items():
        written = text[place.column - 1 : place.end_column - 1]
        assert repr(json.loads(written)) == repr(pick(data, pointer))


@given(text=YAMLISH)
@settings(deadline=None, max_examples=200)
def test_both_parsers_read_the_same(text: str) -> None:
    first, *others = [read_with(loader, text.encode()) for loader in LOADERS]
    for other in others:
        assert first is None or other is None or first.data == other.data
