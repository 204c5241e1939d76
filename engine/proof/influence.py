"""Influence: which inputs of the payload every name of a mapping is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from engine.checked import CheckedSpec
from engine.expressions.templates import compile_template
from engine.spec.condition import When, alternatives_of
from engine.spec.money import Total, terms_of


class Influence:
    """Answers for one mapping; inputs are dotted names of reads and lists, in reading order."""

    def __init__(self, checked: CheckedSpec) -> None:
        self._checked = checked
        self._known: dict[str, frozenset[str]] = {}

    def of(self, *references: str) -> tuple[str, ...]:
        """Give the inputs that any of the names depends on."""
        found = frozenset[str]().union(*(self._of(one) for one in references))
        return tuple(name for name in self._order if name in found)

    @cached_property
    def _order(self) -> tuple[str, ...]:
        """Give all inputs as a reader meets them: a list before what is read from it."""
        inputs = self._checked.inputs
        pointers = {name: one.pointer for name, one in inputs.reads.items()}
        pointers |= {name: one.pointer for name, one in inputs.lists.items()}
        place = self._checked.document.place_of_key
        return tuple(sorted(pointers, key=lambda name: (place(pointers[name]), name)))

    def _of(self, reference: str) -> frozenset[str]:
        if reference not in self._known:
            own = self._walks_of(reference)
            parts = frozenset(own).union(*(self._of(part) for part in self.parts_of(reference)))
            self._known[reference] = parts | self._itself(reference)
        return self._known[reference]

    def _itself(self, reference: str) -> frozenset[str]:
        inputs = self._checked.inputs
        is_input = reference in inputs.reads or reference in inputs.lists
        return frozenset([reference]) if is_input else frozenset()

    def _walks_of(self, reference: str) -> Iterator[str]:
        """Give the lists a name is taken from, and the keys that tell their elements apart."""
        steps = reference.split(".")
        for name in (".".join(steps[:depth]) for depth in range(1, len(steps) + 1)):
            one = self._checked.inputs.lists.get(name)
            if one is not None:
                yield name
                yield from [f"{name}.{one.each.key}"] if one.each.key is not None else []

    def parts_of(self, reference: str) -> Iterable[str]:
        """Give the names a name is made of, one step down."""
        spec = self._checked.spec
        if spec.money is not None and reference in spec.money.totals:
            return self._parts_of_total(spec.money.totals[reference])
        if reference in spec.text:
            text = spec.text[reference]
            return [text.join] if text.join else compile_template(str(text.template)).names
        if reference.startswith("lifetime."):
            return self._parts_of_figure(reference.removeprefix("lifetime."))
        return self._built_in.get(reference, ())

    def _parts_of_total(self, total: Total) -> list[str]:
        if total.sum is not None:
            return [*total.sum, *names_in(total.where)]
        if total.calc is not None:
            return [name for _, name in terms_of(total.calc)]
        choice = self._checked.params.values.get(str(total.choose)[1:])
        return [taken for word, taken in (total.among or {}).items() if word == choice]

    def _parts_of_figure(self, name: str) -> list[str]:
        spec = self._checked.spec
        if spec.lifetime is None or spec.money is None:
            return []
        of = spec.lifetime.figures[name].of
        own = [of] if of is not None else []
        return [*own, *names_in(spec.lifetime.only), spec.money.currency, "contact.status"]

    @cached_property
    def _built_in(self) -> Mapping[str, tuple[str, ...]]:
        """Give what the language's own names are made of."""
        spec = self._checked.spec
        parts: dict[str, tuple[str, ...]] = {"record.earlier": (spec.record.key, "contact.status")}
        if spec.identity is not None:
            address = tuple(spec.identity.address)
            parts["person"] = (spec.identity.person.from_,)
            parts["address.email"] = parts["address.kind"] = address
            parts["contact.status"] = ("person", "address.email")
        if spec.consent is not None:
            facts = tuple(spec.consent.facts.values())
            said = (one for one in spec.consent.evidence.values() if isinstance(one, str))
            parts["consent.evidence"] = tuple(one for one in said if not one.startswith("$"))
            for name in ("decision", "status", "may_market"):
                parts[f"consent.{name}"] = facts
        if spec.lifetime is not None:
            parts["record.counts"] = tuple(names_in(spec.lifetime.only))
        return parts


def names_in(when: When | None) -> Iterator[str]:
    """Give the names that a condition, or any of its alternatives, looks at."""
    for condition in alternatives_of(when):
        yield from condition
