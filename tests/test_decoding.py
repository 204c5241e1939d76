"""Decoding loses nothing: a key that stands twice is told, and the other records go on."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sources import records
from engine.sources.decoding import DecodeError, decode, find_doubled
from engine.sources.records import Unreadable, read_records

RIGHT = b'{"order_id": "A-1", "total_price": 5.00}'
DOUBLED = b'{"order_id": "A-2", "refunds": [{"amount": 1, "amount": 9}]}'
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


def read(raw: bytes) -> list[Any]:
    return list(read_records(BytesIO(raw), "orders"))


FORMS = {
    "one order": (DOUBLED, "record 1", 0),
    "one order a line": (RIGHT + b"\n" + DOUBLED + b"\n" + RIGHT, "line 2", 2),
    "a page": (b'{"orders":[' + RIGHT + b"," + DOUBLED + b"]}", "orders[1]", 1),
    "a page over many lines": (
        b'{"orders":[\n' + RIGHT + b",\n" + DOUBLED + b"\n]}",
        "orders[1]",
        1,
    ),
    "an array": (b"[" + DOUBLED + b"," + RIGHT + b"]", "[0]", 1),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_key_that_stands_twice_refuses_its_record_alone(name: str) -> None:
    raw, where, others = FORMS[name]
    told = [item for item in read(raw) if isinstance(item, Unreadable)]
    assert [(one.where, one.message) for one in told] == [
        (where, 'the key "amount" stands twice in one object')
    ]
    assert len(read(raw)) == others + 1


def test_a_long_page_tells_a_key_that_stands_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_WHOLE", 60)
    items = read(FORMS["a page over many lines"][0])
    assert [isinstance(item, Unreadable) for item in items] == [False, True]


TWO_LISTS = b'{"orders":[\n' + RIGHT + b'],\n"orders" : [' + RIGHT + b"]}"


@pytest.mark.parametrize("whole", [60, 1 << 20])
def test_a_page_with_two_lists_of_records_is_told(
    whole: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_WHOLE", whole)
    assert any(isinstance(item, Unreadable) for item in read(TWO_LISTS))


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "01", "'a'", "{a: 1}"])
def test_what_json_does_not_know_is_told(text: str) -> None:
    (item,) = read(b'{"total_price": ' + text.encode() + b"}")
    assert isinstance(item, Unreadable)
    assert item.message.startswith("it is not JSON")


@pytest.mark.parametrize("depth", [255, 1_000, 5_000, 200_000])
def test_a_record_that_nests_too_deeply_is_told(depth: int) -> None:
    items = read(b'{"a": ' + b"[" * depth + b"]" * depth + b"}\n" + RIGHT)
    assert [isinstance(item, Unreadable) for item in items] == [True, False]


@given(value=VALUES, indent=st.sampled_from([None, 1]), escaped=st.sampled_from([True, False]))
def test_a_value_without_doubled_keys_is_decoded_as_it_is(
    value: object, indent: int | None, escaped: Any
) -> None:
    raw = json.dumps(value, indent=indent, ensure_ascii=escaped).encode()
    decoded, _ = decode(raw)
    assert (decoded, find_doubled(decoded)) == (json.loads(raw), "")


@given(value=VALUES, key=st.text(max_size=4), spaces=st.sampled_from(["", " "]))
def test_a_doubled_key_is_found_wherever_it_stands(value: object, key: str, spaces: str) -> None:
    told = json.dumps(key)
    inner = f"{{{told}{spaces}:1,{told}:{json.dumps(value)}}}"
    decoded, doubled = decode(f'{{"a": [{json.dumps(value)}, {inner}]}}'.encode())
    assert (doubled, find_doubled(decoded)) == (True, key)


def test_an_escaped_colon_hides_no_doubled_key() -> None:
    decoded, _ = decode(rb'{"a": "\u003a\u003A", "b": 1, "b": 2}')
    assert find_doubled(decoded) == "b"


@given(st.binary(max_size=40))
def test_any_bytes_are_decoded_or_refused(raw: bytes) -> None:
    try:
        decoded, _ = decode(raw)
    except DecodeError:
        return
    assert decoded == orjson.loads(raw)
