"""Lifetime figures: this record's share, and those of the person's earlier records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.provenance.explanation import Step
from engine.provenance.people import contact_element, contact_place
from engine.provenance.trace import Indexes
from engine.provenance.view import View, leave_out, make_end, make_step
from engine.runtime.amounts import minor_units
from engine.spec.text import Figure, Lifetime

_SAYS = {
    "count": "the number of the person's records that count",
    "total": "the sum of {of} over the person's records that count",
    "earliest": "the earliest {of} of the person's records that count",
    "latest": "the latest {of} of the person's records that count",
}


def explain_counts(view: View, name: str, _indexes: Indexes) -> Step | None:
    """Explain whether the record counts in the lifetime figures."""
    lifetime = view.checked.spec.lifetime
    if lifetime is None or name != "record.counts":
        return None
    unmet = [
        said
        for one, cell in lifetime.only.items()
        if (said := view.trace.unmet_part(one, cell, ()))
    ]
    says = " and ".join(unmet) if unmet else "it counts in the person's figures"
    value = view.shown(name, view.trace.value(name))
    step = make_step(name, value, says, view.rule(("lifetime", "only")))
    step["looked_at"] = view.conditions([lifetime.only])
    return step


def explain_figure(view: View, name: str, _indexes: Indexes) -> Step | None:
    """Explain a figure over all of a person's records."""
    lifetime = view.checked.spec.lifetime
    if lifetime is None or not name.startswith("lifetime."):
        return None
    return _Figure(view, lifetime, name).explain()


class _Figure:
    """One figure: what each record adds to it."""

    def __init__(self, view: View, lifetime: Lifetime, name: str) -> None:
        self._view = view
        self._figure: Figure = lifetime.figures[name.removeprefix("lifetime.")]
        self._is_money = view.checked.names[name].type == "money"
        self._rule = view.rule(("lifetime", "figures", name.removeprefix("lifetime.")))
        value = view.shown(name, view.trace.value(name))
        says = _SAYS[self._figure.kind].format(of=self._figure.of)
        self._step = make_step(name, value, says, self._rule)

    def explain(self) -> Step:
        """Give the step of the figure."""
        view, step = self._view, self._step
        own_key = str(view.trace.value(view.checked.spec.record.key))
        contact = view.trace.contact
        shares = contact.shares if contact is not None else {}
        for key, share in shares.items():
            at = f"{contact_place(view)}.shares[{key}]"
            if key == own_key:
                because = "this record's own earlier version, which the present one replaces"
                step["left_out"].append(leave_out(at, self._shown(share), because, self._rule))
            elif share.get("counts"):
                step["parts"].append(self._part(at, share))
            else:
                because = "the record did not count"
                step["left_out"].append(leave_out(at, self._shown(share), because, self._rule))
        step["parts"] += self._own_part()
        step["looked_at"] = list(self._looked_at(bool(shares)))
        return step

    def _own_part(self) -> Iterator[Step]:
        view, of = self._view, self._figure.of
        if view.trace.value("record.counts") != "yes":
            return
        if of is None:
            says = "this record counts as one"
            yield {**make_step("", "1", says, self._rule), "amount": "1"}
        else:
            yield view.added(of, ()) if self._is_money else view.of(of)

    def _looked_at(self, has_shares: bool) -> Iterator[Step]:  # noqa: FBT001 - one caller, by place
        view = self._view
        yield view.of("record.counts")
        if view.trace.contact is not None and has_shares:
            # Whose shares these are, and which of them is this record's own.
            yield from view.all_of(["person", "address.email", view.checked.spec.record.key])
        elif view.trace.situation.contacts.asked:
            yield from view.all_of(["person", "address.email"])

    def _part(self, at: str, share: Mapping[str, object]) -> Step:
        shown = self._shown(share)
        member = f"{at}.{self._figure.of}" if self._figure.of is not None else at
        element = contact_element(member, self._figure.of or "", shown)
        step = make_end(element, "what an earlier record contributed", self._rule)
        if self._figure.kind in ("count", "total"):
            step["amount"] = shown
        return step

    def _shown(self, share: Mapping[str, object]) -> str:
        """Give what a share contributes, amounts with the currency's digits."""
        if self._figure.of is None:
            return "1"
        value = str(share.get(self._figure.of))
        scale = self._view.trace.scale
        return self._view.trace.decimal(minor_units(value, scale)) if self._is_money else value
