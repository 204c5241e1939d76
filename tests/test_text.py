from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from engine.codes import CODES
from engine.problem import Place
from engine.text import Document, read_document

if TYPE_CHECKING:
    from engine.problem import Problem
    from engine.text import Json, Pointer

LOADERS = [yaml.CSafeLoader, yaml.SafeLoader] if yaml.__with_libyaml__ else [yaml.SafeLoader]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def _each_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.yaml12.tree._LOADER", request.param)


def read(text: str) -> Document:
    document, problems = read_document(text.encode(), "orders.yaml")
    assert problems == []
    assert document is not None
    return document


def refuse(text: str | bytes) -> list[Problem]:
    raw = text if isinstance(text, bytes) else text.encode()
    document, problems = read_document(raw, "orders.yaml")
    assert document is None
    return problems


def found(text: str | bytes) -> list[tuple[str, int, int]]:
    return [(p.code, p.place.line, p.place.column) for p in refuse(text)]


def span(place: Place) -> tuple[int, int, int, int]:
    return place.line, place.column, place.end_line, place.end_column


def cut(document: Document, place: Place) -> str:
    """Give what stands at a place, line ends as LF."""
    lines = [document.line(n) for n in range(place.line, place.end_line + 1)]
    lines[-1] = lines[-1][: place.end_column - 1]
    return "\n".join(lines)[place.column - 1 :]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[(word, None) for word in ("", "~", "null", "Null", "NULL")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[("0", 0), ("010", 10), ("+7", 7), ("-7", -7), ("0o17", 15), ("0x1F", 31)],
        *[("999999999999999999", 999999999999999999), ("0x00", 0)],
        *[("1.0", 1.0), ("1.", 1.0), (".5", 0.5), ("-1.5e-3", -0.0015), ("1e3", 1000.0)],
        *[(t, t) for t in ("NO", "yes", "on", "off", "y", "tRUE", "nULL", "12:30", "2024-01-02")],
        *[(t, t) for t in ("0b1", "1_000", "-0x1", "0o8", "1e", ".", "+", "-.5x", "1,5", "٣")],
        *[(t, t) for t in ("--", "=", "a b", "a#b", "a:b", "x & y * z", "http://example.com")],
        *[('"12"', "12"), ("'true'", "true"), ('""', ""), ('"*a & <<"', "*a & <<")],
        *[(r'"\u00e9\x41\/\t"', "éA/\t"), ("'it''s'", "it's"), (r"'\d'", r"\d")],
        *[("|\n  1\n  2", "1\n2"), (">-\n  1\n  2", "1 2"), ("|\n  null\n", "null\n")],
        *[("[1, a: 2]", [1, {"a": 2}]), ("{a: , b}", {"a": None, "b": None}), ("[]", [])],
    ],
)
@pytest.mark.usefixtures("_each_parser")
def test_a_value_is_read_by_the_core_schema_of_yaml_12(written: str, value: Json) -> None:
    data = read(f"key: {written}").data
    assert isinstance(data, dict)
    assert (data["key"], type(data["key"])) == (value, type(value))


@pytest.mark.parametrize("key", ["null", "1", "010", "true", "1.50", "2024-01-02", "NO", "~", "é"])
@pytest.mark.usefixtures("_each_parser")
def test_a_key_is_the_text_that_is_written(key: str) -> None:
    assert read(f"{key}: 1").data == read(f"'{key}': 1").data == {key: 1}


@pytest.mark.parametrize(
    "written",
    [
        *["1000000000000000000", "-1000000000000000000", "9" * 5000, "0xFFFFFFFFFFFFFFFF"],
        *["0o" + "7" * 30, "1e999", "1e-999", "1e99999999999999999999", "0.1000000000000000055"],
        *[".inf", "-.Inf", "+.INF", ".nan", ".NaN", ".NAN"],
    ],
)
def test_a_number_that_cannot_be_kept_is_refused(written: str) -> None:
    assert found(f"a: 1\nkey: {written}") == [("MD115", 2, 6)]


def test_a_number_in_quotes_is_never_refused() -> None:
    assert read(f"key: '{'9' * 40}'").data == {"key": "9" * 40}


REFUSED: dict[str, tuple[str | bytes, list[tuple[str, int, int]]]] = {
    "file too large": (b"a: 1\n" + b"#" * 262_144, [("MD101", 1, 1)]),
    "latin-1": (b"a: 1\nb: caf\xe9 x", [("MD102", 2, 7)]),
    "utf-16": ("a: 1".encode("utf-16"), [("MD102", 1, 1)]),
    "surrogate in utf-8": (b"a: \xed\xa0\x80", [("MD102", 1, 4)]),
    "byte order mark inside": ("a: 1\nb: \ufeff2", [("MD103", 2, 4)]),
    "two byte order marks": ("\ufeff\ufeffa: 1", [("MD103", 1, 1)]),
    "nul": ("a: \x00", [("MD104", 1, 4)]),
    "escape": ("a: \x1b[2J", [("MD104", 1, 4)]),
    "delete": ("a: \x7f", [("MD104", 1, 4)]),
    "bidi": ("a: x # \u202eb\u2066", [("MD104", 1, 8), ("MD104", 1, 10)]),
    "zero width": ("a\u200b: 1\na: \u00ad2", [("MD104", 1, 2), ("MD104", 2, 4)]),
    "odd blank": ("a:\u00a01", [("MD104", 1, 3)]),
    "hangul filler": ("a: \u3164", [("MD104", 1, 4)]),
    "tag character": ("a: \U000e0041", [("MD104", 1, 4)]),
    "selector after a letter": ("a\ufe0f: 1", [("MD104", 1, 2)]),
    "no character": ("a: \uffff", [("MD104", 1, 4)]),
    "next line": ("# a\x85b: 1", [("MD105", 1, 4)]),
    "line separator": ("# a\u2028b: 1", [("MD105", 1, 4)]),
    "paragraph separator": ("# a\u2029b: 1", [("MD105", 1, 4)]),
    "lone carriage return": ("# a\rb: 1\r\n", [("MD105", 1, 4)]),
    "yaml directive": ("%YAML 1.1\n---\na: 1", [("MD107", 1, 1)]),
    "unknown directive": ("# x\n\n%FOO\n%TAG ! x\n---\na: 1", [("MD107", 3, 1), ("MD107", 4, 1)]),
    "percent in brackets": ("a: [\n%]", [("MD107", 2, 1)]),
    "two documents": ("a: 1\n---\nb: 2", [("MD108", 2, 1)]),
    "empty second document": ("a: 1\n---\n", [("MD108", 2, 1)]),
    "anchor": ("a: &x 1\nb: &y [2]\nc: &z\n  d: 1", [("MD109", n, 4) for n in (1, 2, 3)]),
    "alias": ("a: *x\n*y : 1", [("MD109", 1, 4), ("MD109", 2, 1)]),
    "cycle": ("a: &a [*a]", [("MD109", 1, 4), ("MD109", 1, 8)]),
    "star": ("a: *bold*", [("MD109", 1, 4)]),
    "merge key": ("a:\n  <<: {b: 1}", [("MD110", 2, 3)]),
    "merge of an alias": ("<<: *x", [("MD110", 1, 1), ("MD109", 1, 5)]),
    "tag": ("a: !!str 1\nb: ! x\n!x c: [1]", [("MD111", 1, 4), ("MD111", 2, 4), ("MD111", 3, 1)]),
    "tag on a list": ("a: !!python/tuple [1]", [("MD111", 1, 4)]),
    "tag and anchor": ("a: !x &y 1", [("MD111", 1, 4), ("MD109", 1, 7)]),
    "undefined tag": ("a: !h!x 1", [("MD111", 1, 4)]),
    "same key": ("a: 1\n'a': 2\n\"\\x61\": 3", [("MD112", 2, 1), ("MD112", 3, 1)]),
    "same key of two types": ("1: a\n'1': b", [("MD112", 2, 1)]),
    "same key further in": ("a:\n- {b: 1, b: 2}", [("MD112", 2, 10)]),
    "list as key": ("? [a]\n: 1", [("MD113", 1, 3)]),
    "template without quotes": ("a: {{ name }}", [("MD113", 1, 5)]),
    "combining key": ("e\u0301: 1", [("MD114", 1, 1)]),
    "key of another width": ("name: 1\n\uff4eame: 2", [("MD114", 2, 1)]),
    "key with a ligature": ("\ufb01eld: 1\nfield: 2", [("MD114", 2, 1)]),
    "key of another case": ("\u00e9: 1\n\u00c9: 2", [("MD114", 2, 1)]),
    "key with unseen escape": (
        'a: 1\n"a\\u200b": 2\n"a\\0": 3',
        [("MD114", 2, 1), ("MD114", 3, 1)],
    ),
    "nothing": ("", [("MD116", 1, 1)]),
    "comment only": ("# x\n", [("MD116", 1, 1)]),
    "empty document": ("---\n", [("MD116", 2, 1)]),
    "list on top": ("- a", [("MD117", 1, 1)]),
    "text on top": ("# x\na b", [("MD117", 2, 1)]),
    "null on top": ("~", [("MD117", 1, 1)]),
    "too deep": ("a: " + "[" * 20 + "]" * 20, [("MD118", 1, 23)]),
    "too many values": ("a: [" + "1," * 5000, [("MD119", 1, 5 + 2 * 4997)]),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
@pytest.mark.usefixtures("_each_parser")
def test_what_a_mapping_does_not_need_is_refused_with_code_and_place(
    text: str | bytes, expected: list[tuple[str, int, int]]
) -> None:
    assert found(text) == expected


SYNTAX = {
    "a: b: c": (1, 5, 1, 6, '":" stands where no key is expected'),
    "a: 1\n  b: 2": (2, 4, 2, 5, '":" stands where no key is expected'),
    "a: 'x\nb: 1": (1, 4, 1, 5, "the quoted text that begins here is never closed"),
    'a: "x\n---\n"': (1, 4, 1, 5, "the quoted text that begins here is never closed"),
    'a: "\\d"': (1, 5, 1, 7, r'"\d" begins no escape that YAML knows'),
    "a: 1\nb": (2, 1, 2, 2, 'the line is neither a key with ":" nor part of the value above'),
    "a: - b": (1, 4, 1, 5, '"-" begins an item where no list can stand'),
    "a:\n  - b\n  c: 1": (3, 3, 3, 4, "the line is no item of the list above it"),
    "a:\n  - b\n c: 1": (3, 2, 3, 3, '"c" does not continue the mapping that begins in column 1'),
    "a: 'it's'": (1, 8, 1, 9, '"s" stands behind the end of a value'),
    "a: [1, 2": (1, 4, 1, 5, 'the brackets that open with "[" are not closed, or lack a comma'),
    "a: {b: 1]": (1, 4, 1, 5, 'the brackets that open with "{" are not closed, or lack a comma'),
    "a:\n\t- b": (2, 1, 2, 2, "a tab indents the line"),
    "a: 1\n\tb: 2": (2, 1, 2, 2, "a tab indents the line"),
    "a: @x": (1, 4, 1, 5, 'a text cannot begin with "@"'),
    "a: [b,, c]": (1, 7, 1, 8, '"," where a value is expected'),
    "  a: 1\nb: 2": (2, 1, 2, 2, "the line belongs to nothing above it"),
}


@pytest.mark.parametrize(("text", "expected"), SYNTAX.items(), ids=SYNTAX)
@pytest.mark.usefixtures("_each_parser")
def test_a_syntax_error_is_told_in_plain_words_with_its_place(
    text: str, expected: tuple[int, int, int, int, str]
) -> None:
    [problem] = refuse(text)
    assert (*span(problem.place), problem.message) == expected
    assert (problem.code, problem.source) == ("MD106", text.split("\n")[problem.place.line - 1])


@pytest.mark.parametrize("text", [r'a: "\ud83d\ude00"', r'a: "\UFFFFFFFF"', r'a: "\ud800"'])
@pytest.mark.usefixtures("_each_parser")
def test_an_escape_that_is_no_character_is_refused(text: str) -> None:
    assert {p.code for p in refuse(text)} == {"MD106"}


@pytest.mark.usefixtures("_each_parser")
def test_a_duplicate_key_is_refused_with_both_places() -> None:
    [problem] = refuse("a:\n  state: 1\n  x: 2\n  state: 3\n")
    assert span(problem.place) == (4, 3, 4, 8)
    assert problem.message == 'key "state" is already on line 2, column 3'
    assert problem.source == "  state: 3"


def test_problems_of_all_kinds_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = "a: &x 1\na: 2\nb: 1e999\nc: !t 1\nd: [}"
    assert [p.code for p in refuse(text)] == ["MD109", "MD112", "MD115", "MD111", "MD106"]


def test_at_most_twenty_characters_and_fifty_other_problems_are_reported() -> None:
    assert len(refuse("a: " + "\u200b" * 100)) == 20
    assert len(refuse("{" + "a: 1, " * 2000 + "}")) == 50


def test_a_refused_character_never_reaches_the_source_line() -> None:
    problems = refuse("a: \x1b[31mred\u202e\rb\n")
    assert {p.source for p in problems} == {"a: \ufffd[31mred\ufffd\ufffdb"}


def test_a_quoted_key_cannot_smuggle_a_control_character_into_a_message() -> None:
    [problem] = refuse('"\\e[31m": 1\n"\\e[31m": 2')
    assert r'"\x1b[31m"' in problem.message
    assert problem.message.isprintable()


def test_a_byte_order_mark_at_the_start_is_left_out() -> None:
    document, _ = read_document(b"\xef\xbb\xbfa: 1", "orders.yaml")
    assert document is not None
    assert document.place_of_key(("a",)).column == 1


def test_an_emoji_with_its_selector_is_read() -> None:
    assert read("a: \u2764\ufe0f \U0001f600").data == {"a": "\u2764\ufe0f \U0001f600"}


def test_windows_line_ends_are_read_like_others() -> None:
    assert read("a: 1\r\nb: |\r\n  x\r\n").data == read("a: 1\nb: |\n  x\n").data


def test_the_limits_themselves_are_allowed() -> None:
    assert read("a: " + "[" * 19 + "]" * 19).data
    assert read("a: [" + "1," * 4997 + "]").data
    assert read("a: 1\n" + "#" * (256 * 1024 - 5)).data == {"a": 1}


PLACED = """\
# 😀
title: 'it''s 😀'
read:
  order_id: {path: order_id, on: [fail, "a b"]}   # why
  empty:
  items:
  - one
  - two: 2

text: |

  first
  second

last: plain
  words
"""
PLACES: dict[Pointer, str] = {
    ("title",): "'it''s 😀'",
    ("read", "order_id"): '{path: order_id, on: [fail, "a b"]}',
    ("read", "order_id", "path"): "order_id",
    ("read", "order_id", "on"): '[fail, "a b"]',
    ("read", "order_id", "on", 1): '"a b"',
    ("read", "empty"): "",
    ("read", "items"): "- one\n  - two: 2",
    ("read", "items", 1): "two: 2",
    ("text",): "|\n\n  first\n  second",
    ("last",): "plain\n  words",
    (): PLACED.removeprefix("# 😀\n").removesuffix("\n"),
}


@pytest.mark.parametrize(("pointer", "expected"), PLACES.items(), ids=map(str, PLACES))
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.usefixtures("_each_parser")
def test_a_value_stands_where_its_place_says(
    pointer: Pointer, expected: str, line_end: str
) -> None:
    document = read(PLACED.replace("\n", line_end))
    assert cut(document, document.place_of(pointer)) == expected


@pytest.mark.usefixtures("_each_parser")
def test_every_key_stands_where_its_place_says() -> None:
    document = read(PLACED)
    for pointer in document.keys:
        assert cut(document, document.place_of_key(pointer)) == pointer[-1]


def test_the_place_of_what_is_absent_is_that_of_the_nearest_thing_around_it() -> None:
    document = read("a:\n  b: [1]\n")
    for pointer in [("a", "b", 0, "x"), ("a", "b", 5), ("a", "c", "d"), ("z",)]:
        places = [document.values[pointer[:n]] for n in range(4) if pointer[:n] in document.values]
        assert document.place_of(pointer) == places[-1]
    assert document.place_of_key(("a", "b", 0)) == document.place_of(("a", "b", 0))


@pytest.mark.parametrize(
    ("written", "start", "end", "expected"),
    [
        ("one two", 4, 7, (1, 8, 1, 11)),
        ("'one two'", 4, 7, (1, 9, 1, 12)),
        ('"one two"', 0, 3, (1, 5, 1, 8)),
        ("one", 1, 1, (1, 5, 1, 5)),
        ("one", 1, 99, (1, 5, 1, 7)),
        ("'it''s'", 0, 2, (1, 4, 1, 11)),
        (r'"\x61bc"', 1, 2, (1, 4, 1, 12)),
        ("one\n  two", 4, 7, (1, 4, 2, 6)),
        (">\n  one\n", 0, 3, (1, 4, 2, 6)),
        ("|\n  one\n\n   two\n", 0, 3, (2, 3, 2, 6)),
        ("|-\n  one\n\n   two\n", 6, 9, (4, 4, 4, 7)),
        ("|\n  one\n  two", 2, 5, (2, 5, 3, 4)),
        ("12", 0, 1, (1, 4, 1, 6)),
        ("[x]", 0, 1, (1, 4, 1, 7)),
    ],
)
def test_characters_inside_a_text_are_found_on_their_line_or_the_whole_text_is(
    written: str, start: int, end: int, expected: tuple[int, int, int, int]
) -> None:
    assert span(read(f"a: {written}").place_inside(("a",), start, end)) == expected


def test_lines_are_counted_from_one_and_empty_beyond_the_file() -> None:
    document = read("a: 1\r\nb: 2")
    assert [document.line(n) for n in (-1, 0, 1, 2, 3)] == ["", "", "a: 1", "b: 2", ""]


def test_every_refusal_has_a_code_with_a_page() -> None:
    codes = {p.code for text, _ in REFUSED.values() for p in refuse(text)} | {"MD106", "MD115"}
    # MD120 is of the process that checks a file, see tests/hostile.
    codes.add("MD120")
    assert codes == {code for code in CODES if code.startswith("MD1")}
