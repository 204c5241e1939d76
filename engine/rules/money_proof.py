"""Money, proved: no total mixes kinds of amounts, counts one twice, or forgets a refund."""

from __future__ import annotations

from collections.abc import Iterator

from engine.inputs import ListInput, level_of
from engine.lock import AmountMark
from engine.nearest import suggest
from engine.rules.equations import check_equations
from engine.rules.money_forms import Form, MoneyForms, Situation, parts_of
from engine.rules.subject import Subject, listed
from engine.spec.condition import NoneOf
from engine.spec.money import Money, Total
from engine.text import Pointer

_CURRENT = ""
_MIXED = "the figure would be neither what the shopper pays nor what the shop lists"
_TOO_LOW = "revenue would be too low by every cancelation"
_ADD_ONLY = "what is due now is net of cancelations; add them only to say what was placed"
_WRONG = "the figure would be wrong whenever that amount is not 0"


def check_money_proof(subject: Subject) -> None:
    """Prove totals and equations; what else is wrong with the section is told first."""
    money = subject.spec.money
    if money is None or subject.problems.has_errors:
        return
    forms = MoneyForms(money, subject.names, subject.params)
    _Proof(subject, money, forms).check()
    if not subject.problems.has_errors:
        check_equations(subject, money, forms)


class _Proof:
    def __init__(self, subject: Subject, money: Money, forms: MoneyForms) -> None:
        self._subject = subject
        self._money = money
        self._forms = forms

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
        self._check_lists_compared()

    def _report(self, code: str, pointer: Pointer, message: str, **remarks: str) -> None:
        self._subject.problems.report(
            code,
            pointer,
            message,
            effect=remarks.get("effect", ""),
            help=remarks.get("help", ""),
            at_key="where" not in pointer,
        )

    def _mark(self, leaf: str) -> AmountMark:
        return self._subject.inputs.reads[leaf].amount

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
        kinds = {self._mark(leaf).kind: leaf for leaf in form if self._mark(leaf).kind}
        if "unit" in kinds and level_of(kinds["unit"]):
            return f"adds up prices of one piece ({kinds['unit']}), whatever the quantity"
        others = [kind for kind in kinds if kind not in ("listed", "tax")]
        if others and len(kinds) > 1:
            return f"mixes {listed(sorted(kinds)).replace(' or ', ' and ')} amounts"
        return self._mixed_tax(form, situation) if "tax" in kinds and "listed" in kinds else ""

    def _mixed_tax(self, form: Form, situation: Situation) -> str:
        """Say where tax is added though it is inside, or is missing from one part of the total."""
        if not self._is_on_top(situation):
            tax = next(leaf for leaf in form if self._mark(leaf).kind == "tax")
            return f"adds the tax {tax} also in the mode in which amounts hold it already"
        covered = {part for leaf in form for part in self._parts(leaf)}
        for moment, part, kind in sorted(covered):
            if kind == "listed" and (moment, part, "tax") not in covered:
                what = f"{moment} {part}".strip()
                return f"adds tax to other amounts, but not to the {what} amounts"
        return ""

    def _parts(self, leaf: str) -> Iterator[tuple[str, str, str]]:
        """Give moment, part and kind of all that an amount covers; fees carry no tax."""
        mark = self._mark(leaf)
        for part in ("goods", "delivery") if mark.part == "all" else (mark.part,):
            if part != "fee":
                yield mark.moment, part, mark.kind

    def _is_on_top(self, situation: Situation) -> bool:
        reads = self._subject.inputs.reads
        return any(
            name in reads and reads[name].tax_on_top == code and code
            for name, code in situation.items()
        )

    def _cancelled_twice(self, form: Form, _: Situation) -> str:
        moments = {self._mark(leaf).moment for leaf in form}
        less = [leaf for leaf, factor in form.items() if factor < 0]
        cancelled = [leaf for leaf in less if self._mark(leaf).moment == "cancelled"]
        if not cancelled or _CURRENT not in moments:
            return ""
        return f"takes {cancelled[0]} off amounts that already leave cancelations out"

    def _twice(self, form: Form, _: Situation) -> str:
        parts = self._parts_within(form)
        for leaf, factor in form.items():
            if abs(factor) > 1:
                times = "twice" if abs(factor) == 2 else f"{abs(factor)} times"  # noqa: PLR2004 - twice is two
                return f"counts {leaf} {times}"
            mark = self._mark(leaf)
            part = parts.get((mark.kind, mark.moment, factor, level_of(leaf)))
            if mark.part == "all" and part is not None:
                return f"counts {part} twice, for {leaf} holds it already"
        return ""

    def _parts_within(self, form: Form) -> dict[tuple[str, str, int, tuple[str, ...]], str]:
        """Give the first amount that is a part, by what it is and every level it is within."""
        parts: dict[tuple[str, str, int, tuple[str, ...]], str] = {}
        for leaf, factor in form.items():
            mark, level = self._mark(leaf), level_of(leaf)
            if mark.part not in ("", "all"):
                for depth in range(len(level) + 1):
                    parts.setdefault((mark.kind, mark.moment, factor, level[:depth]), leaf)
        return parts

    def _check_refund_states(self, name: str, total: Total) -> None:
        """Report states of refunds that a condition leaves out without a word."""
        left: set[str] = set()
        for reference, cell in (total.where or {}).items():
            named = self._subject.names.get(reference)
            codes = self._forms.codes_of(cell)
            one = self._subject.inputs.lists.get(".".join(level_of(reference)))
            refunds = one is not None and one.amount.moment == "refunded"
            if codes is None or named is None or named.values is None or not refunds:
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
        if any(self._mark(leaf).moment == "refunded" for leaf in leaves):
            return
        for one in self._lists_with(leaves):
            refunds = [name for name, mark in one.holds.items() if mark.moment == "refunded"]
            if refunds:
                self._report(
                    "MD424",
                    ("money", "totals"),
                    f'the amounts of "{one.name}" are counted, but none of their {refunds[0]}',
                    effect="revenue would stay gross whatever is paid back",
                    help=f"read {one.path.text}[].{refunds[0]} under each and count it",
                )

    def _leaves(self, name: str) -> set[str]:
        forms = (self._forms.form(name, one) for one in self._forms.situations)
        return {leaf for form in forms for leaf in form}

    def _lists_with(self, leaves: set[str]) -> Iterator[ListInput]:
        """Give the lists whose own elements have listed amounts that are due now."""
        for one in self._subject.inputs.lists.values():
            own = (leaf for leaf in leaves if level_of(leaf) == one.level)
            marks = [self._mark(leaf) for leaf in own]
            if any(mark.kind == "listed" and mark.moment == _CURRENT for mark in marks):
                yield one

    def _check_lists_compared(self) -> None:
        """Report lists that add up to revenue while no equation holds them against the record."""
        leaves = {leaf for name in self._money.totals for leaf in self._leaves(name)}
        compared: set[tuple[str, ...]] = set()
        for one in self._money.must_hold:
            left, sign, right = one.rule.split(" ")
            sides = [self._leaves(side) for side in (left, right) if side[0].isalpha()]
            used = set().union(*sides)
            if sign == "==" and any(not level_of(leaf) for leaf in used):
                compared |= {level_of(leaf) for leaf in used}
        for one_list in self._lists_with(leaves):
            if one_list.level not in compared:
                self._report(
                    "MD426",
                    ("money", "must_hold"),
                    f'the amounts of "{one_list.name}" are never held against a total of its own',
                    effect="a line that is lost on the way would not be noticed",
                    help="read the record's own total and say under must_hold that both are ==",
                )
