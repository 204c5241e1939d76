"""Money, proved: what every figure of a mapping is, whatever the record.

The claim, of every mapping that is accepted and of every record, any JSON object:

Either the record is held, or each total equals the exact sum that its symbols say, over the
elements of the record, each counted once per key, in one currency. Each total that leaves the
mapping (in a report, a call or a lifetime figure) is whole: what it counts of prices, refunds and
cancelations covers the same parts, and tax is in it whichever way the record lists it. Each total
with the name of a standard figure is that figure, and each rule of `must_hold` holds.

It rests on four steps. `money_inputs` sees to it that each amount and code is read or the record
is held. `money` keeps totals on their level and `money_conditions` their conditions around what
they decide on, so that `money_forms` can say of every total what it is made of. The rules here
hold these forms against the marks of the source lock, and against `money_figures`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.inputs import ListInput, level_of
from engine.lock import NO_MARK, Address, AmountMark
from engine.nearest import suggest
from engine.rules.equations import check_equations
from engine.rules.money_figures import CANCELLED, NOW, REFUNDED
from engine.rules.money_forms import Form, MoneyForms, Situation, parts_of
from engine.rules.money_leaving import check_leaving
from engine.rules.money_lock import MoneyLock, parts_covered, read_money_lock
from engine.rules.subject import Subject, listed
from engine.spec.condition import NoneOf
from engine.spec.money import Money, Total
from engine.text import Pointer

_MIXED = "the figure would be neither what the shopper pays nor what the shop lists"
_TOO_LOW = "revenue would be too low by every cancelation"
_ADD_ONLY = "what is due now is net of cancelations; add them only to say what was placed"
_WRONG = "the figure would be wrong whenever that amount is not 0"


def check_money_proof(subject: Subject) -> None:
    """Prove totals and equations; what else is wrong with the section is told first."""
    money = subject.spec.money
    if money is None:
        return
    lock = read_money_lock(subject.spec.source)
    _use_pinned_codes(subject, lock)
    if subject.problems.has_errors:
        return
    forms = MoneyForms(money, subject.names, subject.params, subject.inputs, lock)
    _Proof(subject, money, forms, lock).check()
    if not subject.problems.has_errors:
        check_leaving(subject, forms, lock)
        check_equations(subject, money, forms, lock)


def _use_pinned_codes(subject: Subject, lock: MoneyLock) -> None:
    """Mark reads used that do nothing but hold records with other codes than they name."""
    turns = {turn.at for turn in lock.turns}
    for one in subject.inputs.reads.values():
        if one.address in turns and len(one.codes) < len(one.lock_codes):
            subject.used.add(one.name)


class _Proof:
    def __init__(self, subject: Subject, money: Money, forms: MoneyForms, lock: MoneyLock) -> None:
        self._subject = subject
        self._money = money
        self._forms = forms
        self._lock = lock

    def check(self) -> None:
        """Check each total from the top; one that rests on a refused one is not told again."""
        if not self._forms.situations:
            self._report("MD419", ("money", "totals"), "these totals have too many situations")
            return
        refused: set[str] = set()
        for name, total in self._money.totals.items():
            if refused.isdisjoint(parts_of(total)) and not self._refuse(name):
                self._check_refund_states(name, total)
            else:
                refused.add(name)
        self._check_refunds_counted()

    def _report(self, code: str, pointer: Pointer, message: str, **remarks: str) -> None:
        self._subject.problems.report(
            code,
            pointer,
            message,
            effect=remarks.get("effect", ""),
            help=remarks.get("help", ""),
            at_key="where" not in pointer,
        )

    def _mark(self, leaf: Address) -> AmountMark:
        return self._lock.amounts.get(leaf, NO_MARK)

    def _show(self, leaf: Address) -> str:
        """Give an amount as the mapping calls it."""
        reads = self._subject.inputs.reads.values()
        names = (one.name for one in reads if one.address == leaf and one.read.type == "money")
        return next(names, self._lock.show(leaf))

    def _refuse(self, name: str) -> bool:
        """Report the first rule that a total breaks, in the first situation that shows it."""
        rules = (
            ("MD421", self._mixed, _MIXED, ""),
            ("MD422", self._cancelled_twice, _TOO_LOW, _ADD_ONLY),
            ("MD423", self._twice, _WRONG, ""),
        )
        for code, test, effect, way_out in rules:
            told = (test(self._forms.form(name, one), one) for one in self._forms.situations)
            said = next(filter(None, told), "")
            if said:
                at: Pointer = ("money", "totals", name)
                self._report(code, at, f'"{name}" {said}', effect=effect, help=way_out)
                return True
        return False

    def _mixed(self, form: Form, situation: Situation) -> str:
        kinds = {self._mark(leaf).kind: leaf for leaf in form}
        if "unit" in kinds and self._lock.list_of(kinds["unit"]):
            one = self._show(kinds["unit"])
            return f"adds up prices of one piece ({one}), whatever the quantity"
        others = [kind for kind in kinds if kind not in ("listed", "tax")]
        if others and len(kinds) > 1:
            return f"mixes {listed(sorted(kinds)).replace(' or ', ' and ')} amounts"
        return self._mixed_tax(form, situation) if "tax" in kinds and "listed" in kinds else ""

    def _mixed_tax(self, form: Form, situation: Situation) -> str:
        """Say where tax is added though it is inside, or is missing from one part of the total."""
        if not self._forms.is_turned(self._lock.on_top, situation):
            tax = next(leaf for leaf in form if self._mark(leaf).kind == "tax")
            return (
                f"adds the tax {self._show(tax)} also in the mode in which amounts hold it already"
            )
        covered = {part for leaf in form for part in self._covered(leaf)}
        for moment, part, kind in sorted(covered):
            # Fees carry no tax.
            if kind == "listed" and part != "fee" and (moment, part, "tax") not in covered:
                what = f"{moment} {part}".strip()
                return f"adds tax to other amounts, but not to the {what} amounts"
        return ""

    def _covered(self, leaf: Address) -> Iterator[tuple[str, str, str]]:
        """Give moment, part and kind of all that an amount covers."""
        mark = self._mark(leaf)
        if mark.kind in ("listed", "tax"):
            yield from ((mark.moment, part, mark.kind) for part in parts_covered(mark))

    def _cancelled_twice(self, form: Form, _: Situation) -> str:
        moments = {self._mark(leaf).moment for leaf in form}
        less = [leaf for leaf, factor in form.items() if factor < 0]
        cancelled = [leaf for leaf in less if self._mark(leaf).moment == CANCELLED]
        if not cancelled or NOW not in moments:
            return ""
        return f"takes {self._show(cancelled[0])} off amounts that already leave cancelations out"

    def _twice(self, form: Form, _: Situation) -> str:
        for leaf, factor in form.items():
            if abs(factor) > 1:
                times = "twice" if abs(factor) == 2 else f"{abs(factor)} times"  # noqa: PLR2004 - twice is two
                return f"counts {self._show(leaf)} {times}"
        holders: dict[tuple[str, str, str, bool], Address] = {}
        for leaf, factor in sorted(form.items(), key=lambda one: self._mark(one[0]).part != "all"):
            for part in self._covered(leaf):
                holder = holders.setdefault((*part, factor > 0), leaf)
                if holder != leaf:
                    one, held = self._show(leaf), self._show(holder)
                    return f"counts {one} twice, for {held} holds it already"
        return ""

    def _check_refund_states(self, name: str, total: Total) -> None:
        """Report states of refunds that a condition leaves out without a word."""
        left: set[str] = set()
        for reference, cell in (total.where or {}).items():
            named = self._subject.names.get(reference)
            codes = self._forms.codes_of(cell)
            if codes is None or named is None or named.values is None:
                continue
            if not self._is_of_refunds(reference):
                continue
            counted = set(named.values) - codes if isinstance(cell, NoneOf) else set(codes)
            left = set(named.values) - counted
            forgotten = [code for code in named.values if code in left - total.leaves.keys()]
            if forgotten:
                self._report(
                    "MD424",
                    ("money", "totals", name, "where", reference),
                    f"nothing is said of refunds that are {listed(forgotten)}",
                    effect="they would silently not count",
                    help="count them, or name each under leaves with the reason",
                )
        self._check_leaves(name, total, left)

    def _is_of_refunds(self, reference: str) -> bool:
        one = self._subject.inputs.lists.get(".".join(level_of(reference)))
        return one is not None and self._lock.lists.get(one.address) == REFUNDED

    def _check_leaves(self, name: str, total: Total, left: set[str]) -> None:
        for code in total.leaves:
            if code not in left:
                self._report(
                    "MD424",
                    ("money", "totals", name, "leaves", code),
                    f'"{code}" is not left out here{suggest(code, left)}',
                )

    def _check_refunds_counted(self) -> None:
        """Report lists whose elements are refunded while no total looks at refunds."""
        leaves = {leaf for name in self._money.totals for leaf in self._leaves(name)}
        if any(self._mark(leaf).moment == REFUNDED for leaf in leaves):
            return
        for one in self._lists_with(leaves):
            lists = self._lock.lists.items()
            refunds = [at for at, moment in lists if moment == REFUNDED and at[:-1] == one.address]
            if refunds:
                self._report(
                    "MD424",
                    ("money", "totals"),
                    f'the amounts of "{one.name}" are counted, but none of their {refunds[0][-1]}',
                    effect="revenue would stay gross whatever is paid back",
                    help=f"read {self._lock.show(refunds[0])} under each and count it",
                )

    def _leaves(self, name: str) -> set[Address]:
        forms = (self._forms.form(name, one) for one in self._forms.situations)
        return {leaf for form in forms for leaf in form}

    def _lists_with(self, leaves: set[Address]) -> Iterator[ListInput]:
        """Give the lists whose own elements have listed amounts that are due now."""
        for one in self._subject.inputs.lists.values():
            marks = [self._mark(leaf) for leaf in leaves if self._lock.list_of(leaf) == one.address]
            if any(mark.kind == "listed" and mark.moment == NOW for mark in marks):
                yield one
