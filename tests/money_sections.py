"""A mapping that is all money, random changes to it, and a naive reading of what it says."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import yaml

from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.inputs import level_of
from tests.shipped import ORDERS

Level = tuple[str, ...]
Chain = dict[Level, Any]
SHIPPED: dict[str, Any] = yaml.safe_load(ORDERS.read_text(encoding="utf-8"))
STATES = ["SHIPPED", "REFUSED", "CANCELED", "RECEIVED"]
REFUNDS = [
    "WAITING_REFUND_TAX_CONFIRMATION",
    "WAITING_REFUND",
    "WAITING_REFUND_PAYMENT",
    "REFUNDED",
]
CODES = (
    "ORDER_WITHOUT_ID",
    "UNKNOWN_STATE",
    "UNKNOWN_TAX_MODE",
    "UNREADABLE_MONEY",
    "UNREADABLE_LINE",
    "NO_LINES",
    "UNKNOWN_REFUND",
    "CONFLICTING_REFUND",
    "CONFLICTING_CANCELATION",
    "TOTAL_MISMATCH",
    "OVER_REFUNDED",
    "NOTHING_TO_SEND",
)
STANDARD = ("placed", "cancelled", "refused", "refunded", "settled", "net")


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True


def make_mapping() -> dict[str, Any]:
    """Give the money of the shipped mapping, with a call that sends it and nothing else."""
    lines = copy.deepcopy(SHIPPED["each"]["lines"])
    kept = ("line_id", "state", "goods", "delivery", "total")
    lines["read"] = {name: lines["read"][name] for name in kept}
    reads = ("order_id", "state", "currency", "tax_mode", "order_total")
    header = ("mapping", "title", "version", "language", "owner", "source", "target")
    return {
        **{key: SHIPPED[key] for key in header},
        "params": {"refund_basis": SHIPPED["params"]["refund_basis"]},
        "record": {"key": "order_id"},
        "read": {name: copy.deepcopy(SHIPPED["read"][name]) for name in reads},
        "each": {"lines": lines},
        "money": copy.deepcopy(SHIPPED["money"]),
        "send": {
            "order": {
                "about": "The order",
                "operation": "insight.put_account",
                "key": ["order_id"],
                "order": "any",
                "repeat": "each_version",
                "to": {"collection": {"literal": "Ledger"}, "record": "order_id"},
                "fields": {
                    "id": "order_id",
                    "state": "state",
                    "goods": "goods",
                    "delivery": "delivery",
                    "products": {"each": "lines", "fields": {"net": "lines.net"}},
                },
            }
        },
        "nothing_to_send": "NOTHING_TO_SEND",
        "exceptions": _exceptions([]),
    }


def _exceptions(said: list[str]) -> dict[str, Any]:
    found = {code: dict(SHIPPED["exceptions"][code]) for code in CODES}
    found["NOTHING_TO_SEND"]["say"] = " ".join(["Nothing", *("{{ " + one + " }}" for one in said)])
    return found


def check(mapping: dict[str, Any], **params: Any) -> CheckedSpec | None:
    """Give a mapping checked, or None when it is refused."""
    text = yaml.dump(mapping, Dumper=_Plain, sort_keys=False, allow_unicode=True)
    return check_mapping(text.encode(), "law.yaml", params).spec


def amounts_of(mapping: dict[str, Any]) -> list[str]:
    """Give the names of all amounts read."""
    return [name for name, read in reads_of(mapping, ()) if read["type"] == "money"]


def reads_of(holder: dict[str, Any], level: Level) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every read below a holder, by its dotted name."""
    yield from ((".".join((*level, name)), read) for name, read in holder["read"].items())
    for name, each in holder.get("each", {}).items():
        yield from reads_of(each, (*level, name))


def lists_of(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every list below a holder."""
    for each in holder.get("each", {}).values():
        yield each
        yield from lists_of(each)


def add_totals(mapping: dict[str, Any], random: Random) -> list[str]:
    """Add random totals of the grammar to a mapping; give those that stand once per record."""
    known = [*amounts_of(mapping), *mapping["money"]["totals"]]
    levels = [(), ("lines",), ("lines", "refunds"), ("lines", "cancelations")]
    added: dict[str, Any] = {}
    for index in range(random.randint(1, 3)):
        level = random.choice(levels)
        name = ".".join((*level, f"t{index}"))
        added[name] = _make_total(level, known, random)
        known.append(name)
    tops = [name for name in added if not level_of(name)]
    for name in [name for name in added if level_of(name)]:
        top = name.replace(".", "_")
        added[top] = {"sum": [name]}
        tops.append(top)
    mapping["money"]["totals"].update(added)
    mapping["exceptions"] = _exceptions(tops)
    mapping["money"]["report"] += [name for name in tops if random.random() < 0.2]
    return tops


def _make_total(level: Level, known: list[str], random: Random) -> dict[str, Any]:
    # Now and then a name of anywhere, which is to be refused.
    stray = random.random() < 0.05
    inside = [name for name in known if stray or level_of(name)[: len(level)] == level]
    beside = [name for name in known if stray or level_of(name) == level]
    form = random.choice(["sum", "sum", "calc", "choose"]) if beside else "sum"
    if form == "calc":
        terms = random.sample(beside, min(len(beside), random.choice([1, 2, 2, 3])))
        return {
            "calc": " ".join(f"{random.choice('+-')} {one}" for one in terms).removeprefix("+ ")
        }
    if form == "choose":
        among = {"requested": random.choice(beside), "settled": random.choice(beside)}
        return {"choose": "$refund_basis", "among": among}
    parts = random.sample(inside, min(len(inside), random.choice([1, 1, 2, 3])))
    return {"sum": parts} | make_where(parts, random)


def make_where(parts: list[str], random: Random) -> dict[str, Any]:
    """Give a random condition for a sum, with `leaves` for the refunds that it leaves out."""
    asked = {"tax_mode": ["TAX_EXCLUDED", "TAX_INCLUDED"], "state": STATES, "lines.state": STATES}
    asked["lines.refunds.state"] = REFUNDS
    seen = [
        name
        for name in asked
        if all(level_of(part)[: len(level_of(name))] == level_of(name) for part in parts)
    ]
    where: dict[str, Any] = {}
    leaves: dict[str, str] = {}
    for name in random.sample(seen, random.randint(0, min(2, len(seen)))):
        codes = random.sample(asked[name], random.randint(1, len(asked[name]) - 1))
        negated = random.random() < 0.4
        where[name] = {"none_of": codes} if negated else codes
        if name == "lines.refunds.state":
            left = [code for code in REFUNDS if (code in codes) == negated]
            leaves = dict.fromkeys(left, "on purpose")
    return ({"where": where} if where else {}) | ({"leaves": leaves} if leaves else {})


class Naive:
    """What the totals of a mapping say of one record, by their plain definitions."""

    def __init__(self, mapping: dict[str, Any], order: dict[str, Any], basis: str) -> None:
        self._mapping = mapping
        self._totals = mapping["money"]["totals"]
        self._reads = dict(reads_of(mapping, ()))
        self._basis = basis
        self._order = copy.deepcopy(order)
        for kind in ("refunds", "cancelations"):
            seen: set[str] = set()
            for line in self._order["order_lines"]:
                line[kind] = [one for one in line[kind] if not self._is_seen(one["id"], seen)]

    @staticmethod
    def _is_seen(key: str, seen: set[str]) -> bool:
        known = key in seen
        seen.add(key)
        return known

    def total(self, name: str) -> Decimal:
        """Give a total of the record."""
        return self._value(name, {(): self._order})

    def _value(self, name: str, at: Chain) -> Decimal:
        total = self._totals.get(name)
        if total is None:
            return Decimal(str(at[level_of(name)].get(self._reads[name]["path"]) or 0))
        if "choose" in total:
            return self._value(total["among"][self._basis], at)
        if "calc" in total:
            found, sign = Decimal(0), 1
            for word in total["calc"].split():
                if word in "+-":
                    sign = -1 if word == "-" else 1
                else:
                    found += sign * self._value(word, at)
            return found
        added = Decimal(0)
        for part in total["sum"]:
            for chain in self._chains(at, level_of(name), level_of(part)):
                if all(
                    self._asked(one, cell, chain) for one, cell in total.get("where", {}).items()
                ):
                    added += self._value(part, chain)
        return added

    def _asked(self, name: str, cell: Any, chain: Chain) -> bool:
        found = chain[level_of(name)].get(self._reads[name]["path"])
        return found not in cell["none_of"] if isinstance(cell, dict) else found in cell

    def _chains(self, at: Chain, level: Level, end: Level) -> Iterator[Chain]:
        if level == end:
            yield at
            return
        inner = end[: len(level) + 1]
        holder = self._mapping
        for step in inner:
            holder = holder["each"][step]
        for element in at[level].get(holder["path"]) or []:
            yield from self._chains({**at, inner: element}, inner, end)
