"""Records come out of any bytes: each one, or one sentence in its place."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sources import records
from engine.sources.records import Unreadable, read_records
from engine.sources.scanner import scan_elements

ORDERS = [
    {"order_id": f"A{number}", "note": 'a "quoted" [text] {here}, \\ '} for number in range(4)
]


def read(raw: bytes) -> list[Any]:
    return list(read_records(BytesIO(raw), "orders"))


def given_records(raw: bytes) -> list[Any]:
    return [item[1] for item in read(raw) if not isinstance(item, Unreadable)]


FORMS = {
    "one order": (orjson.dumps(ORDERS[0]), ORDERS[:1]),
    "one order over many lines": (orjson.dumps(ORDERS[0], option=orjson.OPT_INDENT_2), ORDERS[:1]),
    "a page": (orjson.dumps({"orders": ORDERS, "total_count": 4}), ORDERS),
    "a page over many lines": (
        orjson.dumps({"total_count": 4, "orders": ORDERS}, option=orjson.OPT_INDENT_2),
        ORDERS,
    ),
    "an array": (orjson.dumps(ORDERS), ORDERS),
    "an array over many lines": (orjson.dumps(ORDERS, option=orjson.OPT_INDENT_2), ORDERS),
    "one order a line": (b"\n".join(map(orjson.dumps, ORDERS)), ORDERS),
    "one order a line with blank lines": (
        b"\n\n".join(map(orjson.dumps, ORDERS)) + b"\n\n",
        ORDERS,
    ),
    "one page a line": (b"\n".join([orjson.dumps({"orders": ORDERS[:2]})] * 2), ORDERS[:2] * 2),
    "a byte order mark": (b"\xef\xbb\xbf" + orjson.dumps(ORDERS[0]), ORDERS[:1]),
    "an empty page": (b'{"orders": [], "total_count": 0}', []),
    "an empty array": (b"[]", []),
}


@pytest.mark.parametrize("name", FORMS)
def test_each_form_gives_its_records(name: str) -> None:
    raw, wanted = FORMS[name]
    assert given_records(raw) == wanted
    assert len(read(raw)) == len(wanted)


REFUSED = {
    "nothing": (b"", "it is empty"),
    "blanks": (b" \n\t\n", "it is empty"),
    "an HTML page": (b"<!DOCTYPE html><p>Log in</p>", "this is an HTML page, not JSON"),
    "plain words": (b"Too many requests", "this is not JSON"),
    "a lone text": (b'"order"', "a record is an object, this is a text"),
    "a lone number": (b"42", "a record is an object, this is a number"),
    "a lone null": (b"null", "a record is an object, this is null"),
    "UTF-16": ('{"order_id": "A"}'.encode("utf-16"), "it is UTF-16 text"),
    "a cut object": (b'{"order_id": "A",\n "x"', "it is not JSON"),
    "invalid UTF-8": (b'{"order_id": "\xff\xfe"}', "it is not JSON"),
    "an error answer": (b'{"message": "Unauthorized", "status": 401}', "answered with an error"),
    "an envelope that is no list": (b'{"orders": 5}', '"orders" is not a list but a number'),
    "deep nesting": (b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "depth limit"),
    "a number that is not one": (b'{"total_price": NaN}', "it is not JSON"),
    "a number beyond all bounds": (b'{"total_price": 1e999}', "infinity"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_record_gets_one_sentence(name: str) -> None:
    raw, words = REFUSED[name]
    (item,) = read(raw)
    assert isinstance(item, Unreadable)
    assert words in item.message
    assert len(item.message) < 200


@pytest.mark.parametrize(
    "spoiled", [b"NaN", b'"\xff"', b"1e999", b'"\\x"', b"[" * 2000 + b"]" * 2000]
)
@pytest.mark.parametrize("form", ["page", "array", "lines"])
def test_one_broken_record_does_not_hide_the_others(form: str, spoiled: bytes) -> None:
    texts = [orjson.dumps(order) for order in ORDERS]
    texts[1] = b'{"order_id": ' + spoiled + b"}"
    raw = {
        "page": b'{"orders": [' + b",".join(texts) + b"]}",
        "array": b"[" + b",".join(texts) + b"]",
        "lines": b"\n".join(texts),
    }[form]
    items = read(raw)
    assert [isinstance(item, Unreadable) for item in items] == [False, True, False, False]
    assert items[1].where in ("orders[1]", "[1]", "line 2")


def test_an_element_that_is_no_object_is_told_where_it_stands() -> None:
    items = read(b'{"orders": [{"order_id": "A"}, "B", null]}')
    assert [item.where for item in items[1:]] == ["orders[1]", "orders[2]"]


def test_a_cut_page_gives_what_was_whole_and_says_that_it_was_cut() -> None:
    raw = orjson.dumps({"orders": ORDERS})[:-40]
    items = read(raw)
    assert [item[1] for item in items[:-1]] == ORDERS[:3]
    assert items[-1].whole_file
    assert "after 3 complete records" in items[-1].message


def test_a_long_page_is_cut_up_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_WHOLE", 64)
    raw = orjson.dumps({"total_count": 4, "orders": ORDERS}, option=orjson.OPT_INDENT_2)
    assert given_records(raw) == ORDERS


def test_a_line_without_end_is_skipped_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_LONGEST_LINE", 80)
    lines = [b'{"order_id": "A"}', b'{"order_id": "' + b"x" * 300 + b'"}', b'{"order_id": "C"}']
    items = read(b"\n".join(lines))
    assert [isinstance(item, Unreadable) for item in items] == [False, True, False]


@given(st.binary(max_size=200))
def test_any_bytes_give_records_or_sentences(raw: bytes) -> None:
    assert all(isinstance(item, tuple | Unreadable) for item in read(raw))


@given(st.integers(min_value=0), st.sampled_from(sorted(FORMS)))
def test_input_cut_anywhere_never_fails(cut: int, name: str) -> None:
    raw = FORMS[name][0]
    items = read(raw[: cut % (len(raw) + 1)])
    assert all(isinstance(item, tuple | Unreadable) for item in items)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.just("k"), TREES, min_size=1), min_size=1, max_size=4),
    st.integers(1, 40),
)
def test_scanning_gives_what_decoding_gives(elements: list[Any], block: int) -> None:
    raw = orjson.dumps({"total_count": 9, "orders": elements})
    scanned = scan_elements(BytesIO(raw[block:]), raw[:block], "orders", block_size=block)
    assert [orjson.loads(element) for element in scanned] == elements
