"""The figures whose names have one meaning, written in the amounts of the source lock.

The lines of a record are the list whose elements hold their whole price. With W what a line comes
to now, C what was cancelled of it, and R what was refunded, tax in, the figures add up over lines:

    placed     W + C
    cancelled  C
    refused    W, where the line is refused
    refunded   R
    settled    R, where the refund is paid
    net        W, where the line is not refused, less R (or less what is settled of it)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.lock import Address, AmountMark
from engine.rules.money_forms import Form, MoneyForms, Situation, add_forms
from engine.rules.money_lock import MoneyLock

NOW, CANCELLED, REFUNDED = "", "cancelled", "refunded"
_WHOLE = AmountMark("listed", "all", NOW)

Figure = Callable[[Situation], Form]


class Figures:
    """What the standard figures are made of, under one source lock."""

    def __init__(self, lock: MoneyLock, forms: MoneyForms) -> None:
        self._lock = lock
        self._forms = forms
        self._known: dict[tuple[str, bool], Form] = {}
        prices = (at for at, mark in lock.amounts.items() if mark == _WHOLE and lock.list_of(at))
        self.lines: Address = next((lock.list_of(at) for at in prices), ())

    def named(self, name: str) -> tuple[Figure, ...]:
        """Give what a figure of this name may be; nothing when the name has no fixed meaning."""
        if not self.lines:
            return ()
        known: dict[str, tuple[Figure, ...]] = {
            "placed": (lambda one: add_forms([(1, self._now(one)), (1, self._cancelled(one))]),),
            "cancelled": (self._cancelled,),
            "refused": (self._refused,),
            "refunded": (self._refunded,),
            "settled": (self._settled,),
            "net": (self._net(self._refunded), self._net(self._settled)),
        }
        return known.get(name, ())

    def _amounts(self, moment: str, kind: str) -> Iterator[Address]:
        """Give the amounts of lines in a moment that make up all of it, each part once."""
        found = {
            at: mark
            for at, mark in self._lock.amounts.items()
            if self.lines == at[: len(self.lines)] and (mark.moment, mark.kind) == (moment, kind)
        }
        whole = [at for at, mark in found.items() if mark.part == "all"]
        yield from whole[:1] or found

    def _all_of(self, moment: str, situation: Situation) -> Form:
        is_on_top = self._forms.is_turned(self._lock.on_top, situation)
        if (moment, is_on_top) not in self._known:
            kinds = ("listed", "tax") if is_on_top else ("listed",)
            leaves = (leaf for kind in kinds for leaf in self._amounts(moment, kind))
            self._known[moment, is_on_top] = dict.fromkeys(leaves, 1)
        return self._known[moment, is_on_top]

    def _now(self, situation: Situation) -> Form:
        return self._all_of(NOW, situation)

    def _cancelled(self, situation: Situation) -> Form:
        return self._all_of(CANCELLED, situation)

    def _refunded(self, situation: Situation) -> Form:
        return self._all_of(REFUNDED, situation)

    def _refused(self, situation: Situation) -> Form:
        return self._now(situation) if self._is_refused(situation) else {}

    def _settled(self, situation: Situation) -> Form:
        is_settled = self._forms.is_turned(self._lock.settled, situation)
        return self._refunded(situation) if is_settled else {}

    def _net(self, returned: Figure) -> Figure:
        def net(situation: Situation) -> Form:
            sold = {} if self._is_refused(situation) else self._now(situation)
            return add_forms([(1, sold), (-1, returned(situation))])

        return net

    def _is_refused(self, situation: Situation) -> bool:
        return self._forms.is_turned(self._lock.refused, situation)
