"""Laws of money: whatever is accepted counts what it says, for lawful orders and for others."""

from __future__ import annotations

import copy
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.orders import make_orders
from engine.contacts import UNASKED
from engine.mapping import probe_mapping
from tests.money_sections import (
    REFUNDS,
    STANDARD,
    Naive,
    add_totals,
    amounts_of,
    check,
    lists_of,
    make_mapping,
    make_where,
    reads_of,
)
from tests.netting import net_order
from tests.shipped import NOW

JUNK: tuple[object, ...] = (
    None,
    "",
    "x",
    -1,
    0,
    7,
    0.005,
    1e15,
    True,
    [],
    {},
    [[]],
    [{}],
    "REFUNDED",
    "TAX_EXCLUDED",
)
SEEDS = st.integers(0, 2**32).map(Random)


@cache
def lawful() -> list[dict[str, Any]]:
    """Give orders that are right, with more refunds, states and doubles than real ones have."""
    random = Random(11)  # noqa: S311 - samples are no secret
    made: list[dict[str, Any]] = [
        orjson.loads(orjson.dumps(one)) for one in make_orders(120, seed=3)
    ]
    for order in made:
        for line in order["order_lines"]:
            for refund in line["refunds"]:
                refund["refund_state"] = random.choice(REFUNDS)
            if line["refunds"] and random.random() < 0.3:
                line["refunds"].append(copy.deepcopy(line["refunds"][0]))
    return made


def spoil(order: dict[str, Any], random: Random) -> dict[str, Any]:
    """Give an order with one part of it replaced, removed or doubled."""
    made = copy.deepcopy(order)
    holders = list(find_holders(made))
    holder = random.choice(holders)
    if isinstance(holder, list):
        if holder and random.random() < 0.5:
            holder.append(copy.deepcopy(random.choice(holder)))
        else:
            holder.append(random.choice(JUNK))
    elif holder:
        key = random.choice(sorted(holder))
        if random.random() < 0.3:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(random.choice(JUNK))
    return made


def find_holders(value: Any) -> Any:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from find_holders(inner)


def pick_orders(random: Random) -> list[dict[str, Any]]:
    right = random.sample(lawful(), 4)
    return [*right, *(spoil(random.choice(lawful()), random) for _ in range(12))]


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.sampled_from(["requested", "settled"]))
def test_whatever_is_accepted_counts_what_its_totals_say(random: Random, basis: str) -> None:
    mapping = make_mapping()
    tops = add_totals(mapping, random)
    spec = check(mapping, refund_basis=basis)
    if spec is None:
        return
    probe = probe_mapping(spec)
    for order in pick_orders(random):
        told = probe.apply(order, UNASKED, NOW)
        if told.plan["outcome"] == "held":
            continue
        naive = Naive(mapping, order, basis)
        for name in (*tops, *STANDARD):
            assert Decimal(str(told.values[name])) == naive.total(name), name


def change(mapping: dict[str, Any], random: Random) -> None:
    """Change one thing of a mapping's money or of its inputs."""
    random.choice([change_total, change_total, change_where, change_read, change_list])(
        mapping, random
    )


def change_total(mapping: dict[str, Any], random: Random) -> None:
    totals = mapping["money"]["totals"]
    known = [*amounts_of(mapping), *totals]
    total = totals[random.choice(sorted(totals))]
    if "sum" in total:
        parts = total["sum"]
        how = random.randrange(3)
        if how and len(parts) > 1:
            parts.pop(random.randrange(len(parts)))
        if how != 1:
            parts.insert(random.randrange(len(parts) + 1), random.choice(known))
    elif "calc" in total:
        words = total["calc"].split()
        at = random.randrange(0, len(words), 2)
        how = random.randrange(3)
        if how == 0:
            words[at] = random.choice(known)
        elif how == 1 and len(words) > 1:
            words = words[: max(at - 1, 0)] + words[at + 1 :]
        elif at:
            words[at - 1] = "+" if words[at - 1] == "-" else "-"
        total["calc"] = " ".join(words).removeprefix("+ ")
    else:
        total["among"][random.choice(["requested", "settled"])] = random.choice(known)


def change_where(mapping: dict[str, Any], random: Random) -> None:
    total = random.choice([one for one in mapping["money"]["totals"].values() if "sum" in one])
    total.pop("where", None)
    total.pop("leaves", None)
    total.update(make_where(total["sum"], random))


def change_read(mapping: dict[str, Any], random: Random) -> None:
    read = random.choice([read for _, read in reads_of(mapping, ())])
    if random.random() < 0.3:
        others = ("amount", "price", "total_price", "shipping_price", "id", "refund_state", "taxes")
        read["path"] = random.choice(others)
    elif read["type"] == "code" and random.random() < 0.5:
        read["codes"] = random.sample([*REFUNDS, "REFUSED", "SHIPPED", "TAX_INCLUDED"], 2)
    else:
        spoil_answer(read, random)


def spoil_answer(holder: dict[str, Any], random: Random) -> None:
    case = random.choice(["absent", "null", "blank", "unknown", "missing", "otherwise"])
    answers = ["skip", "use 0.00", "use REFUNDED", "fail NOTHING_TO_SEND", "fail UNREADABLE_MONEY"]
    holder[case] = random.choice(answers)


def change_list(mapping: dict[str, Any], random: Random) -> None:
    one = random.choice(list(lists_of(mapping)))
    how = random.randrange(4)
    if how == 0 and "key" in one:
        for key in ("key", "repeated", "conflicting"):
            one.pop(key, None)
    elif how == 1 and "key" in one:
        one["key"] = random.choice(sorted(one["read"]))
    elif how == 2:
        one["path"] = random.choice(["refunds", "cancelations", "taxes", "shipping_taxes", "fees"])
    else:
        spoil_answer(one, random)


def net_or_nothing(order: dict[str, Any], basis: str) -> dict[str, str] | None:
    """Give what the second implementation makes of an order, None when it cannot."""
    try:
        return net_order(orjson.dumps(order), basis)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None


@settings(deadline=None, max_examples=80)
@given(SEEDS)
def test_a_change_to_the_money_is_refused_or_changes_no_figure(random: Random) -> None:
    mapping = make_mapping()
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        change(mapping, random)
    basis = random.choice(["requested", "settled"])
    spec = check(mapping, refund_basis=basis)
    if spec is None:
        return
    probe = probe_mapping(spec)
    for order in pick_orders(random):
        plan = probe.apply(order, UNASKED, NOW).plan
        if plan["outcome"] != "held":
            wanted = [net_or_nothing(order, one) for one in ("requested", "settled")]
            assert plan["money"] in wanted


def test_the_mapping_of_these_laws_is_accepted_and_plans_its_orders() -> None:
    spec = check(make_mapping())
    assert spec is not None
    probe = probe_mapping(spec)
    planned = [probe.apply(one, UNASKED, NOW).plan["outcome"] for one in lawful()]
    assert planned.count("planned") > 80
