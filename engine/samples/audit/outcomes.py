"""Outcomes: what would be sent, held and noted, and the money of what counts, exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from engine.checked import CheckedSpec
from engine.mapping import Probed
from engine.samples.audit.document import HeldView, MoneyView, OutcomeView, TotalView

# Exceptions that no mapping declares, with what they say.
ENGINE_SAYS = {
    "MD501": "A record cannot be read",
    "REFUSED_AT_EGRESS": "A finished plan broke a rule of the target, so nothing of it is sent",
}
_ENGINE_DOES = "Look at the file; if it is right, ask engineering"


class Outcomes:
    """Counts what plans say, of the newest version of each order."""

    def __init__(self, checked: CheckedSpec) -> None:
        self._checked = checked
        self._outcomes: Counter[str] = Counter()
        self._sales = 0
        self._causes: Counter[tuple[str, str, str]] = Counter()
        self._orders: Counter[str] = Counter()
        self._totals: dict[str, dict[str, Decimal]] = {}
        self._with: Counter[tuple[str, str]] = Counter()

    def take(self, probed: Probed) -> None:
        """Take in a plan."""
        plan = probed.plan
        self._outcomes[plan["outcome"]] += 1
        for key in {(one["code"], one["level"], one["owner"]) for one in plan["exceptions"]}:
            self._causes[key] += 1
        if plan["outcome"] == "held" or probed.values.get("record.counts", "yes") != "yes":
            return
        self._sales += 1
        if plan["money"] is not None:
            self._add(dict(plan["money"]))

    def hold_unreadable(self) -> None:
        """Take in that something could not be read."""
        self._causes["MD501", "hold", "engineering"] += 1

    def show(self) -> OutcomeView:
        """Give how many orders end how."""
        return {
            "sent": self._outcomes["planned"],
            "without_calls": self._outcomes["unchanged"],
            "held": self._outcomes["held"],
            "sales": self._sales,
        }

    def show_held(self) -> Iterator[HeldView]:
        """Give every cause, the most frequent first; what holds before what is only noted."""
        rules = self._checked.spec.exceptions
        order = sorted(self._causes.items(), key=lambda one: (one[0][1] == "note", -one[1], one[0]))
        for (code, level, owner), number in order:
            rule = rules.get(code)
            yield {
                "code": code,
                "level": level,
                "owner": owner,
                "orders": number,
                "say": rule.say if rule is not None else ENGINE_SAYS.get(code, code),
                "do": (rule.do or "") if rule is not None else _ENGINE_DOES,
            }

    def show_money(self) -> Iterator[MoneyView]:
        """Give the totals of each currency; the share is of the first that the mapping reports."""
        for currency, totals in sorted(self._totals.items()):
            first = next(iter(totals.values()), Decimal(0))
            yield {
                "currency": currency,
                "orders": self._orders[currency],
                "totals": [
                    self._show_total(currency, name, amount, first)
                    for name, amount in totals.items()
                ],
            }

    def _add(self, money: dict[str, str]) -> None:
        currency = money.pop("currency")
        self._orders[currency] += 1
        totals = self._totals.setdefault(currency, {})
        for name, text in money.items():
            amount = Decimal(text)
            totals[name] = totals.get(name, Decimal(0)) + amount
            self._with[currency, name] += amount != 0

    def _show_total(self, currency: str, name: str, amount: Decimal, first: Decimal) -> TotalView:
        share = f"{amount * 100 / first:.1f}" if first else ""
        orders = self._with[currency, name]
        return {"name": name, "amount": str(amount), "share": share, "orders": orders}
