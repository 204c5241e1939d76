"""Which ids are found in what senders send."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.doorbell.orders import MOST_IDS, NoOrders, find_order_ids

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["order_id", "order_ids", "orders", "payload", "data"]) | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({"order_id": "A-A"}, ["A-A"]),
        ({"order_ids": ["B-A", "A-A", "B-A"]}, ["B-A", "A-A"]),
        ({"orders": [{"order_id": "A-A", "customer": {"name": "Jane"}}]}, ["A-A"]),
        ({"orders": ["A-A"]}, ["A-A"]),
        (
            {"event_type": "ORDER", "payload": [{"order_id": "A-A"}, {"order_id": "B-A"}]},
            ["A-A", "B-A"],
        ),
        ({"type": "order.updated", "data": {"order_id": "A-A"}}, ["A-A"]),
        ({"data": {"payload": {"orders": [{"order_id": "A-A"}]}}}, ["A-A"]),
        ([{"order_id": "A-A"}], ["A-A"]),
        ({"order_id": "A-A", "order_ids": None, "orders": None}, ["A-A"]),
        ({"order_id": "5100420404080M-A"}, ["5100420404080M-A"]),
    ],
)
def test_ids_are_found_where_senders_put_them(body: object, ids: list[str]) -> None:
    assert find_order_ids(body) == ids


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "A-A",
        None,
        {"id": "A-A"},
        {"order_ids": []},
        {"order_id": None},
        {"order_id": 17},
        {"order_id": ""},
        {"order_id": "x" * 65},
        {"order_id": "A-A,B-A"},
        {"order_id": "jane.doe@example.com"},
        {"order_id": "A A"},
        {"order_id": "A-A\n"},
        {"order_ids": "A-A"},
        {"order_ids": {"a": "A-A"}},
        {"order_ids": ["A-A", ["B-A"]]},
        {"orders": [{"id": "A-A"}]},
        {"payload": {"payload": {"payload": {"payload": {"order_id": "too-deep"}}}}},
        {"order_ids": [f"A-{number}" for number in range(MOST_IDS + 1)]},
    ],
)
def test_a_body_without_good_ids_is_refused(body: object) -> None:
    with pytest.raises(NoOrders):
        find_order_ids(body)


def test_as_many_ids_are_taken_as_one_call_to_mirakl_can_fetch() -> None:
    ids = [f"A-{number}" for number in range(MOST_IDS)]
    assert find_order_ids({"order_ids": ids}) == ids


@given(JSON)
def test_whatever_is_sent_gives_ids_or_is_refused_without_quoting_it(body: object) -> None:
    try:
        ids = find_order_ids(body)
    except NoOrders:
        return
    assert 0 < len(ids) == len(set(ids)) <= MOST_IDS
