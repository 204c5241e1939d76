"""What an explanation names is what made the value: proved on every output of every sample.

For each leaf of each call, each amount, the consent decision and the identity: a record rebuilt
from the named parts alone gives the same value; another value at a named part changes it, or the
part is named as making no difference; and the amounts listed add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
import pytest

from benchmarks.orders import make_orders
from engine.checked import CheckedSpec
from engine.contacts import UNASKED, Contact, Contacts, read_contacts
from engine.inputs import Input
from engine.mapping import Mapping, compile_mapping
from engine.provenance.explanation import Explanation
from engine.provenance.reader import Reader, walk
from engine.provenance.trace import Situation, make_tracer
from tests.replays import MISSING, OTHERS, Replay, leaves
from tests.shipped import NOW, ROOT, checked, line, opted, order, refund

FOLDER = ROOT / "mappings/debenhams"
GONE = object()


@dataclass(slots=True)
class Ground:
    """One mapping, ready to run, to be traced, and to be replayed."""

    spec: CheckedSpec
    mapping: Mapping = field(init=False)
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.mapping = compile_mapping(self.spec, masked=False)
        self.reader = Reader(make_tracer(self.spec), masked=False)


@cache
def ground(name: str) -> Ground:
    return Ground(checked(FOLDER / f"{name}.yaml"))


def outputs(plan: Any) -> dict[str, Any]:
    """Give every output of a plan by the path that an analyst would ask for it."""
    found: dict[str, Any] = {}
    for call in plan["calls"]:
        found |= dict(leaves(call["body"], call["send"]))
        found.setdefault(f"{call['send']}.path", call["path"])
    for part in ("money", "identity"):
        found |= {f"{part}.{name}": value for name, value in (plan[part] or {}).items()}
    if plan["consent"]:
        found |= {
            f"consent.{name}": plan["consent"][name] for name in ("decision", "row", "may_market")
        }
    return found


@dataclass(slots=True)
class Case:
    """One record with its contacts: its plan, and what other values in it lead to."""

    ground: Ground
    record: dict[str, Any]
    contacts: Contacts
    now: datetime = NOW
    others: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def plan(self, record: Any, contacts: Contacts, now: datetime) -> Any:
        return self.ground.mapping.apply(record, contacts, now)

    def faults(self) -> Iterator[str]:
        """Say whatever is wrong with the explanations of this record's outputs."""
        base = outputs(self.plan(self.record, self.contacts, self.now))
        read = self.ground.reader.read(Situation(self.record, self.contacts, self.now))
        for name, value in base.items():
            told = read.explain(name)
            yield from (
                f"{self.record.get('order_id')} {name}: {fault}"
                for fault in (
                    *self.value_faults(name, value, told),
                    *self.replay_faults(name, value, told),
                    *self.change_faults(name, value, told),
                    *sum_faults(told),
                )
            )

    def value_faults(self, name: str, value: Any, told: Explanation) -> Iterator[str]:
        if name.startswith("identity.") or name == "consent.may_market":
            # Plans tell these in other words: masked, or as true and false.
            return
        if told["value"] != value:
            yield f"is {value}, told as {told['value']}"

    def replay_faults(self, name: str, value: Any, told: Explanation) -> Iterator[str]:
        sources = {one["source"] for one in told["elements"]}
        kept = {one["at"] for one in told["elements"] if one["source"] == "record"}
        contacts = self.contacts if "contact" in sources else UNASKED
        if contacts.asked:
            # A person's records must be in one currency; in another the record would be held.
            kept |= {"currency_iso_code"}
        now = self.now if "clock" in sources else self.now + timedelta(days=900)
        made = repaired(Replay(self.ground.spec, kept).rebuild(self.record), kept)
        replayed = self.plan(made, contacts, now)
        again = outputs(replayed).get(name, GONE)
        if again != value:
            held = [one["code"] for one in replayed["exceptions"]]
            yield f"is {value}, but {again} ({held}) when only {sorted(kept)} are there"

    def change_faults(self, name: str, value: Any, told: Explanation) -> Iterator[str]:
        for one in told["elements"]:
            if one["source"] != "record" or one["made_difference"] is None:
                continue
            answers = self.with_others(one["name"], one["at"])
            changed = [again for again in answers if again.get(name, GONE) != value]
            if one["made_difference"] and answers and not changed:
                yield f"{one['at']} is said to have made a difference, and makes none"
            # That a record is held says nothing of a value it would have had.
            sure = [again for again in changed if not again["held"]]
            if not one["made_difference"] and sure:
                again = sure[0].get(name)
                yield f"{one['at']} is said to have made no difference, and makes it {again}"

    def with_others(self, name: str, at: str) -> list[dict[str, Any]]:
        """Give the outputs of the record with each other value at a place."""
        if at not in self.others:
            one = self.ground.spec.inputs.reads[name]
            self.others[at] = [
                self.outputs_of(repaired(record, {at})) for record in self.changed_records(one, at)
            ]
        return self.others[at]

    def outputs_of(self, record: Any) -> dict[str, Any]:
        """Give the outputs of a record, and whether it is held."""
        plan = self.plan(record, self.contacts, self.now)
        return {**outputs(plan), "held": plan["outcome"] == "held"}

    def copied(self) -> Any:
        return orjson.loads(orjson.dumps(self.record))

    def changed_records(self, one: Input, at: str) -> Iterator[Any]:
        for value in other_values(one):
            made = self.copied()
            if set_at(made, one, at, value):
                yield made
        made = self.copied()
        may_go = one.answers["absent"].kind != "fail" and remove_at(made, at)
        # Without an address or a person there is no order to speak of.
        if may_go and self.plan(made, self.contacts, self.now)["outcome"] != "held":
            yield made


def other_values(one: Input) -> list[Any]:
    """Give values that could stand in an input's place, other than those the engine tries."""
    of_type: dict[str, list[Any]] = {
        "code": list(one.codes),
        "choice": [*one.choices, "neither of them"],
        "id": ["quite-another", "and-another"],
        "money": [0.0, 3.0, 7131.0, 99999.0],
        "email": [*OTHERS["email"], "x1@notification.mirakl.net", "b.b@other.example.com"],
        "instant": [*OTHERS["instant"], "2031-01-01T00:00:00Z"],
        "currency": ["EUR", "JPY"],
    }
    return of_type.get(one.read.type) or OTHERS[one.read.type]


def set_at(record: Any, one: Input, at: str, value: Any) -> bool:
    """Set a place of a record, False when it held just that."""
    holder, steps = record, at.replace("]", "").replace("[", ".").split(".")
    if one.custom_list is not None and at.endswith(f"[{one.custom_code}]"):
        for step in steps[:-2]:
            holder = holder[int(step) if isinstance(holder, list) else step]
        entry = {one.custom_list.code: one.custom_code, one.custom_list.value: value}
        holder[one.custom_list.list] = [*(holder.get(one.custom_list.list) or []), entry]
        return True
    for step in steps[:-1]:
        if isinstance(holder, dict) and holder.get(step) is None:
            holder[step] = {}
        holder = holder[int(step) if isinstance(holder, list) else step]
    if holder.get(steps[-1], MISSING) == value:
        return False
    holder[steps[-1]] = value
    return True


def remove_at(record: Any, at: str) -> bool:
    """Remove a place of a record, False when nothing stood there."""
    holder, steps = record, at.replace("]", "").replace("[", ".").split(".")
    for step in steps[:-1]:
        if isinstance(holder, list) and not step.isdigit():
            return False
        holder = holder[int(step)] if isinstance(holder, list) else holder.get(step)
    return isinstance(holder, dict) and holder.pop(steps[-1], MISSING) is not MISSING


def repaired(record: Any, kept: set[str]) -> Any:
    """Let an order's total follow its lines, so that it is not held for that alone."""
    if "total_price" not in kept and "order_lines" in record:
        lines = [one for one in record["order_lines"] if one.get("order_line_state") != "REFUSED"]
        amounts = [one.get("total_price") for one in lines]
        if all(isinstance(amount, int | float) for amount in amounts):
            record["total_price"] = round(sum(amounts), 2)
    return record


def sum_faults(told: Explanation) -> Iterator[str]:
    """Say where amounts do not add up, step by step and in the column."""
    for tree in (told["steps"], told["call"]):
        for step in walk(tree) if tree is not None else ():
            amounts = [part["amount"] for part in step["parts"] if part["amount"] is not None]
            if amounts and total(amounts) != Decimal(step["value"] or "0"):
                yield f"{step['name']} is {step['value']}, its parts are {amounts}"
    if told["currency"] is not None and told["value"] is not None:
        column = [one["amount"] for one in told["addends"]]
        if total(column) != Decimal(str(told["value"])):
            yield f"is {told['value']}, the column is {column}"


def total(amounts: list[str]) -> Decimal:
    return sum((Decimal(amount) for amount in amounts), Decimal(0))


def known(record: Any, number: int, spec: CheckedSpec) -> Contacts:
    """Give the answer of a target that knows the buyer, or nobody, or was not asked."""
    if number % 4 == 0:
        return UNASKED
    statuses = [one.code for one in spec.target.email_statuses]
    email = (record.get("customer_notification_email") or "").lower() or None
    if number % 4 == 1 or email is None:
        return Contacts(asked=True)
    shares: dict[str, Any] = {
        "DBN-1-A": {
            "counts": True,
            "currency": "GBP",
            "placed_at": "2025-12-01T09:00:00Z",
            "net": "10.01",
        },
        "DBN-2-A": {
            "counts": False,
            "currency": "GBP",
            "placed_at": "2025-11-01T09:00:00Z",
            "net": "5.00",
        },
        record["order_id"]: {
            "counts": True,
            "currency": "GBP",
            "placed_at": "2025-12-09T09:00:00Z",
            "net": "77.00",
        },
    }
    given = {key: shares[key] for key in list(shares)[: number % 5]}
    status = "subscribed" if number % 3 else statuses[number % len(statuses)]
    contact = Contact(510009, email, status, shares=given)
    return Contacts(asked=True, by_email={email: contact})


def samples(name: str, envelope: str) -> list[Any]:
    read = orjson.loads((FOLDER / f"samples/{name}.json").read_bytes())
    return list(read[envelope]) if envelope else [read]


SAMPLES = [
    ("orders", "orders", "orders"),
    ("orders", "one-order", ""),
    ("shipments", "orders", "orders"),
    ("catalogue", "offers", "offers"),
]


@pytest.mark.parametrize(("name", "sample", "envelope"), SAMPLES)
def test_every_output_of_a_sample_is_made_of_what_its_explanation_names(
    name: str, sample: str, envelope: str
) -> None:
    answers = orjson.loads((FOLDER / "samples/contacts.json").read_bytes())["_items"]
    contacts = read_contacts(answers, ground(name).mapping.contact_form)
    found = [
        fault
        for record in samples(sample, envelope)
        for known_as in (UNASKED, contacts)
        for fault in Case(ground(name), record, known_as).faults()
    ]
    assert found == []


def other_params(spec: CheckedSpec, names: frozenset[str]) -> dict[str, Any]:
    """Give another value to each of some parameters."""
    made: dict[str, Any] = {}
    for name in names:
        param, value = spec.spec.params[name], spec.params.values[name]
        if param.choices:
            made[name] = next(one for one in param.choices if one != value)
        elif isinstance(value, int):
            made[name] = value + 5000
        else:
            # What is no state of an order would be refused as a mistake.
            other = {
                "business_timezone": "Asia/Tokyo",
                "recognised_states": "STAGING",
                "relay_domains": "other.example.com",
            }.get(name, f"other-{name}")
            made[name] = [other] if param.type == "texts" else other
    return made


@cache
def mapping_without(name: str, names: frozenset[str]) -> Mapping:
    """Give a mapping in which all but the named parameters have another value."""
    spec = ground(name).spec
    others = other_params(spec, frozenset(spec.spec.params) - names)
    return compile_mapping(checked(FOLDER / f"{name}.yaml", **others), masked=False)


@pytest.mark.parametrize(("name", "sample", "envelope"), SAMPLES)
def test_a_parameter_that_is_not_named_makes_no_difference(
    name: str, sample: str, envelope: str
) -> None:
    one = ground(name)
    found = []
    for record in samples(sample, envelope):
        read = one.reader.read(Situation(record, UNASKED, NOW))
        for field_name, value in outputs(one.mapping.apply(record, UNASKED, NOW)).items():
            told = read.explain(field_name)["elements"]
            named = frozenset(part["at"][1:] for part in told if part["source"] == "param")
            again = outputs(mapping_without(name, named).apply(record, UNASKED, NOW))
            if again.get(field_name, GONE) != value:
                found.append((record.get("order_id"), field_name, value, again.get(field_name)))
    assert found == []


def odd_orders() -> list[Any]:
    """Give orders with what generated ones lack: repeats, refused lines that were refunded."""
    tax = [{"amount": 2.0, "code": "VAT"}]
    paid = refund(10.0, taxes=tax, fees=[{"amount": 0.5}])
    asked = refund(5.0, id="R-2", refund_state="WAITING_REFUND", shipping_amount=1.0)
    refused = line(order_line_id="A-2", order_line_state="REFUSED", total_price=20.0, price=20.0)
    cancelation = {"id": "C", "amount": 7.0, "fees": [{"amount": 1.0}], "taxes": tax}
    cancelled = line(order_line_id="A-3", cancelations=[cancelation, cancelation])
    lines = [line(refunds=[paid, asked, paid], taxes=tax, shipping_taxes=tax), refused, cancelled]
    return [
        order(order_lines=lines),
        order(order_lines=lines, order_tax_mode="TAX_EXCLUDED"),
        order(order_lines=[line(refunds=[asked]), line(order_line_id="A-2", refunds=[asked])]),
        order(order_lines=[line(price_unit=0.0, total_price=0.0, price=0.0)], order_state="CLOSED"),
        order(order_additional_fields=opted("true"), customer={"customer_id": "C-77"}),
        order(order_state="REFUSED"),
    ]


@pytest.mark.parametrize("basis", ["requested", "settled"])
def test_every_output_of_an_odd_order_is_made_of_what_its_explanation_names(basis: str) -> None:
    one = Ground(checked(refund_basis=basis))
    found = [
        fault
        for number, made in enumerate(odd_orders())
        for known_as in range(4)
        for fault in Case(one, made, known(made, known_as + 4 * number, one.spec)).faults()
    ]
    assert found == []


@pytest.mark.parametrize("seed", range(8))
def test_every_output_of_a_generated_order_is_made_of_what_its_explanation_names(seed: int) -> None:
    one = ground("orders")
    now = datetime.fromisoformat("2026-01-12T09:00:00Z")
    found = [
        fault
        for number, made in enumerate(make_orders(25, seed + 70))
        for fault in Case(one, dict(made), known(made, number + seed, one.spec), now).faults()
    ]
    assert found == []
