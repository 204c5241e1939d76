"""A mapping that validates never fails when it runs: random edits, tried on telling orders."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.check import check_mapping
from engine.contacts import UNASKED, Contacts
from engine.mapping import Mapping, compile_mapping
from engine.params import ParamError
from engine.text import read_document
from tests.shipped import NOW, line, opted, order, refund

BASE = (Path(__file__).parent / "rules/base.yaml").read_bytes()
WORDS = [
    "skip",
    "clear",
    "use 0.00",
    "use X",
    "fail NOTHING",
    "given",
    "missing",
    "any",
    "rest",
    "text",
    "money",
    "instant",
    "net",
    "person",
    "consent.status",
    "lifetime.value",
    "hello",
    "$sales",
    "$zone",
    "$basis",
    "$offers",
    "param.basis",
    "it's {{ \"",
    "Europe/Londn",
    " ",
    "once",
]
ORDERS: list[Any] = [
    {},
    order(),
    order(order_state="STAGING"),
    order(customer={}, customer_notification_email=None),
    order(order_additional_fields=opted("true"), order_lines=[line(refunds=[refund(5.0)])]),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key), inner
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def mutate(data: Any, chance: random.Random) -> Any:
    changed = copy.deepcopy(data)
    found = list(places(changed))
    path, value = chance.choice(found)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    texts = [one for _, one in found if isinstance(one, str)]
    edit = chance.randrange(4)
    if edit == 0 and isinstance(holder, dict):
        del holder[path[-1]]
    elif edit == 1:
        holder[path[-1]] = chance.choice(WORDS)
    elif edit == 2:
        holder[path[-1]] = chance.choice(texts)
    elif isinstance(holder, dict):
        holder[chance.choice(found)[0][-1]] = copy.deepcopy(value)
    return changed


@pytest.mark.parametrize("seed", range(8))
def test_what_validates_runs(seed: int) -> None:
    document, _ = read_document(BASE, "base.yaml")
    assert document is not None
    chance = random.Random(seed)  # noqa: S311 - fiction
    ran = 0
    for _ in range(120):
        raw = orjson.dumps(mutate(document.data, chance), option=orjson.OPT_NON_STR_KEYS)
        try:
            checked = check_mapping(raw, "mutant.yaml", {}).spec
        except ParamError:
            continue
        if checked is None:
            continue
        mapping = compile_mapping(checked, masked=seed % 2 == 0)
        ran += 1
        for made in ORDERS:
            for contacts in (UNASKED, Contacts(asked=True)):
                assert mapping.apply(made, contacts, NOW)["outcome"] in (
                    "planned",
                    "unchanged",
                    "held",
                )
    assert ran > 0


NAMES = ["order_id", "customer", "customer_id", "order_lines", "refunds", "id", "amount", "code"]
SOME_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(members=st.dictionaries(st.sampled_from(sorted(order())), SOME_JSON), asked=st.booleans())
def test_any_json_in_place_of_any_member_ends_as_a_record_does(
    *, members: dict[str, Any], asked: bool
) -> None:
    made = compiled_base().apply({**order(), **members}, Contacts(asked=asked), NOW)
    assert made["outcome"] in ("planned", "unchanged", "held")


@cache
def compiled_base() -> Mapping:
    spec = check_mapping(BASE, "base.yaml", {}).spec
    assert spec is not None
    return compile_mapping(spec, masked=False)
