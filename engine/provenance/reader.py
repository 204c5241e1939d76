"""The reader: one value of one record's plan, explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.checked import CheckedSpec
from engine.contacts import Contacts
from engine.inputs import ListInput
from engine.provenance.addends import list_addends, list_cancelled
from engine.provenance.amounts import explain_total
from engine.provenance.calls import explain_exception, explain_leaf, explain_send, leaf_value
from engine.provenance.explanation import (
    Element,
    Explanation,
    LeftOutPart,
    Step,
)
from engine.provenance.fields import (
    ExceptionField,
    Field,
    LeafField,
    NameField,
    SendField,
    find_field,
    is_name,
    list_fields,
)
from engine.provenance.lifetimes import explain_counts, explain_figure
from engine.provenance.observers import is_sent, observer_of
from engine.provenance.people import explain_consent, explain_person
from engine.provenance.places import find_element
from engine.provenance.trace import Indexes, Situation, Tracer, make_tracer
from engine.provenance.trying import Observe, Trials
from engine.provenance.values import explain_param, explain_read, explain_text
from engine.provenance.view import View, make_end, make_step

_MAKERS = (
    explain_param,
    explain_read,
    explain_total,
    explain_text,
    explain_person,
    explain_counts,
    explain_consent,
    explain_figure,
)


def explain_value(
    checked: CheckedSpec,
    record: Mapping[str, object],
    contacts: Contacts,
    now: datetime,
    field: str,
) -> Explanation:
    """Explain one value of a record's plan, with personal values masked.

    `now` is an aware datetime. Raises Failure with the nearest name when there is no such field.
    """
    situation = Situation(record, contacts, now)
    return Reader(make_tracer(checked), masked=True).read(situation).explain(field)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the records of one mapping; with `masked`, personal values are masked."""

    tracer: Tracer
    masked: bool

    def read(self, situation: Situation) -> ReadRecord:
        """Run the mapping over one record, so that every value of its plan can be explained."""
        trace = self.tracer.trace(situation)
        view = View(trace, self.masked, _MAKERS)
        return ReadRecord(view, Trials(self.tracer, trace), list_fields(trace), {})


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One record whose plan can be asked about; `fields` are its values by all of their names.

    `calls` keeps what was found out about each call.
    """

    view: View
    trials: Trials
    fields: Mapping[str, Field]
    calls: dict[str, Step]

    def explain(self, text: str) -> Explanation:
        """Explain one field; Failure with the nearest name when there is none."""
        field = find_field(self.fields, text)
        steps = self._steps(field)
        if self._is_unreached(field, steps):
            steps = self._unreached(steps)
        steps["looked_at"] = [*steps["looked_at"], *self._own_element(field)]
        currency = None
        money = self.view.checked.spec.money
        if money is not None and self._is_money(field):
            steps["looked_at"].append(self.view.of(money.currency))
            currency = self.view.shown(money.currency, self.view.trace.value(money.currency))
        self._try(steps, observer_of(field))
        call = self._call(field.send) if isinstance(field, LeafField) else None
        addends = list_addends(steps)
        value = self._value(field, steps)
        spec = self.view.checked.spec
        return {
            "schema": "miradot/explanation.v1",
            "mapping": spec.mapping,
            "version": spec.version,
            "key": self.view.trace.plan["key"],
            "field": field.field,
            "value": value,
            "currency": currency,
            "answer": _answer(
                field, steps["value"] if currency else value, currency, _deciding(steps, call)
            ),
            "steps": steps,
            "call": call,
            "addends": addends,
            "elements": _elements(steps, call),
            "left_out": list(_left_out(steps)),
        }

    def _call(self, send: str) -> Step:
        """Explain whether a call is made; all of its values share the answer."""
        if send not in self.calls:
            self.calls[send] = explain_send(self.view, send)
            self._try(self.calls[send], lambda trace: is_sent(trace, send))
        return self.calls[send]

    def _steps(self, field: Field) -> Step:
        if isinstance(field, SendField):
            return explain_send(self.view, field.send)
        if isinstance(field, LeafField):
            return explain_leaf(self.view, field)
        if isinstance(field, ExceptionField):
            return explain_exception(self.view, field)
        return self.view.of(field.name, field.indexes)

    def _is_unreached(self, field: Field, steps: Step) -> bool:
        """Whether the record was held before a value was sure; amounts come all at once."""
        if self.view.trace.plan["outcome"] != "held" or isinstance(field, ExceptionField):
            return False
        unsure = self._is_money(field) and self.view.trace.plan["money"] is None
        return steps["value"] is None or unsure

    def _unreached(self, steps: Step) -> Step:
        """Explain a value that a held record did not come to: by what holds the record."""
        codes = dict.fromkeys(fault.code for fault, _, _ in self.view.trace.raised)
        says = f"the record is held as {', '.join(codes)} before this is known"
        step = make_step(steps["name"], None, says, steps["rule"])
        step["parts"] = [explain_exception(self.view, ExceptionField(one, one)) for one in codes]
        return step

    def _own_element(self, field: Field) -> list[Step]:
        """Name the element of a list that a value belongs to."""
        if not isinstance(field, NameField | LeafField) or not field.indexes:
            return []
        names = self.view.checked.names
        level = field.level if isinstance(field, LeafField) else names[field.name].level
        one = self.view.checked.inputs.lists[".".join(level)]
        record = self.view.trace.situation.record
        element: Element = {
            "source": "record",
            "at": find_element(self.view.checked, record, level, field.indexes).at,
            "name": one.name,
            "value": self._key_of(one, field.indexes),
            "made_difference": None,
        }
        return [make_end(element, "the element it belongs to", self.view.rule(one.pointer))]

    def _key_of(self, one: ListInput, indexes: Indexes) -> str | None:
        """Give the key of a list's element as it is shown."""
        if one.each.key is None:
            return None
        name = f"{one.name}.{one.each.key}"
        return self.view.shown(name, self.view.trace.value(name, indexes))

    def _is_money(self, field: Field) -> bool:
        name = field.name if isinstance(field, NameField) else None
        if isinstance(field, LeafField) and is_name(field.value):
            name = str(field.value)
        return name is not None and self.view.checked.names[name].type == "money"

    def _value(self, field: Field, steps: Step) -> object:
        if isinstance(field, LeafField):
            return leaf_value(self.view, field)
        consent = self.view.trace.plan["consent"]
        if field.field in ("consent.row", "consent.because") and consent is not None:
            return consent["row"] if field.field == "consent.row" else consent["because"]
        return steps["value"]

    def _try(self, tree: Step, observe: Observe) -> None:
        """Say of each element whether another valid value there would make a difference."""
        tried: dict[tuple[str, str], bool | None] = {}
        for element in (one["element"] for one in walk(tree)):
            if element is not None:
                key = (element["source"], element["at"])
                if key not in tried:
                    origin = self.view.origins.get(element["at"])
                    tried[key] = self.trials.made_difference(element, origin, observe)
                element["made_difference"] = tried[key]


def walk(step: Step) -> Iterator[Step]:
    """Give a step and every step below it."""
    yield step
    for below in (*step["parts"], *step["looked_at"]):
        yield from walk(below)


def _elements(steps: Step, call: Step | None) -> list[Element]:
    """Give every element looked at, once; it made a difference to the value, or to the call."""
    found: dict[tuple[str, str, str], Element] = {}
    for tree in (steps, call):
        for one in (step["element"] for step in walk(tree)) if tree is not None else ():
            if one is not None:
                known = found.setdefault((one["source"], one["at"], one["name"]), {**one})
                known["made_difference"] = _either(known, one)
    return list(found.values())


def _either(one: Element, other: Element) -> bool | None:
    """Say whether an element made a difference in either of two places; None: neither was tried."""
    answers = [each["made_difference"] for each in (one, other)]
    tried = [answer for answer in answers if answer is not None]
    return any(tried) if tried else None


def _left_out(steps: Step) -> Iterator[LeftOutPart]:
    """Give what does not count in the whole, once each; what counts elsewhere in it does."""
    told = list(list_cancelled(steps))
    counted = {
        step["element"]["at"]
        for step in walk(steps)
        if step["element"] is not None and Decimal(step["amount"] or "0")
    }
    for part in (part for step in walk(steps) for part in step["left_out"]):
        inside = (f"{part['at']}.", f"{part['at']}[")
        if part not in told and not any(at.startswith(inside) for at in counted):
            told.append(part)
    yield from told


def _deciding(steps: Step, call: Step | None) -> Step:
    """Give the step that says why there is no value: that of the call, when it is not made."""
    return steps if call is None or call["value"] == "sent" else call


def _answer(field: Field, value: object, currency: str | None, deciding: Step) -> str:
    """Give the answer in one sentence."""
    if isinstance(field, SendField):
        return f"{field.field} is {value}: {deciding['says']}"
    if isinstance(field, ExceptionField):
        return (
            f"{field.code} is raised: {deciding['says']}"
            if value
            else f"{field.code} is not raised"
        )
    if value is None:
        return f"{field.field} has no value: {deciding['says']}"
    unit = f" {currency}" if currency is not None else ""
    return f"{field.field} is {value}{unit}"
