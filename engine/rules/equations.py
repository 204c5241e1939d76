"""Equations: each can hold, and each can fail, or it checks nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import inf

from engine.lock import NO_MARK, Address
from engine.rules.money_figures import NOW
from engine.rules.money_forms import Form, MoneyForms, Situation, add_forms
from engine.rules.money_lock import MoneyLock, parts_covered
from engine.rules.subject import Subject
from engine.spec.money import Equation, Money
from engine.text import Pointer

_Range = tuple[float, float]


def check_equations(subject: Subject, money: Money, forms: MoneyForms, lock: MoneyLock) -> None:
    """Check what each rule of `must_hold` can find, given that no amount is below 0."""
    _check_lists_compared(subject, money, forms, lock)
    for index, equation in enumerate(money.must_hold):
        pointer: Pointer = ("money", "must_hold", index, "rule")
        answers = [_answer(equation, one) for one in _ranges(equation, forms)]
        if all(answer is True for answer in answers):
            subject.problems.report(
                "MD425",
                pointer,
                f'"{equation.rule}" always holds, so it checks nothing',
                effect="readers would believe that it guards something",
                help="remove it, or compare what comes from different places",
            )
        elif all(answer is False for answer in answers):
            subject.problems.report(
                "MD425",
                pointer,
                f'"{equation.rule}" can never hold',
                effect=f"every record would be held as {equation.otherwise}",
            )


def _difference(equation: Equation, forms: MoneyForms, one: Situation) -> tuple[Form, Decimal]:
    """Give left minus right in a situation: amounts, and what is constant."""
    left, _, right = equation.rule.split(" ")
    sides = [(1, left), (-1, right)]
    parts = ((sign, forms.form(side, one)) for sign, side in sides if side[0].isalpha())
    constant = sum(sign * Decimal(side) for sign, side in sides if not side[0].isalpha())
    return add_forms(parts), Decimal(constant)


def _ranges(equation: Equation, forms: MoneyForms) -> Iterator[_Range]:
    """Give the least and greatest that left minus right can be, in each situation."""
    for situation in forms.situations:
        difference, constant = _difference(equation, forms, situation)
        factors = [factor for factor in difference.values() if factor]
        least = -inf if any(factor < 0 for factor in factors) else float(constant)
        greatest = inf if any(factor > 0 for factor in factors) else float(constant)
        yield least, greatest


def _answer(equation: Equation, span: _Range) -> bool | None:
    """Say whether a rule always holds in a range, never does, or depends."""
    least, greatest = span
    sign = equation.rule.split(" ")[1]
    if sign == "==":
        within = float(Decimal(equation.within or 0))
        if -within <= least and greatest <= within:
            return True
        return False if least > within or greatest < -within else None
    if sign in ("<", "<="):
        least, greatest = -greatest, -least
    if least > 0 or (least == 0 and sign in (">=", "<=")):
        return True
    return False if greatest < 0 or (greatest == 0 and sign in (">", "<")) else None


def _check_lists_compared(
    subject: Subject, money: Money, forms: MoneyForms, lock: MoneyLock
) -> None:
    """Report lists that add up to revenue while no equation holds them against the record."""
    counted: dict[Address, set[str]] = {}
    for name in money.totals:
        for leaf in {leaf for one in forms.situations for leaf in forms.form(name, one)}:
            mark = lock.amounts.get(leaf, NO_MARK)
            if mark.kind == "listed" and mark.moment == NOW:
                counted.setdefault(lock.list_of(leaf), set()).update(parts_covered(mark))
    compared = [part for one in money.must_hold for part in _compared(one, forms, lock)]
    for one_list in subject.inputs.lists.values():
        parts = counted.get(one_list.address, set())
        held = {part for at, part in compared if at == one_list.address}
        if parts - held:
            subject.problems.report(
                "MD426",
                ("money", "must_hold"),
                f'the amounts of "{one_list.name}" are never held against a total of its own',
                effect="a line that is lost on the way would not be noticed",
                help="read the record's own total and say under must_hold that both are ==",
                at_key=True,
            )


def _compared(
    equation: Equation, forms: MoneyForms, lock: MoneyLock
) -> Iterator[tuple[Address, str]]:
    """Give the lists, and the parts of their prices, that a rule holds against the record's own."""
    if equation.rule.split(" ")[1] != "==":
        return
    found: set[tuple[Address, str]] | None = None
    for situation in forms.situations:
        difference, constant = _difference(equation, forms, situation)
        leaves = [leaf for leaf, factor in difference.items() if factor]
        marks = {leaf: lock.amounts.get(leaf, NO_MARK) for leaf in leaves}
        if constant or any((mark.kind, mark.moment) != ("listed", NOW) for mark in marks.values()):
            return
        covered = {
            (lock.list_of(leaf), part) for leaf in leaves for part in parts_covered(marks[leaf])
        }
        own = {part for at, part in covered if not at}
        lines = {(at, part) for at, part in covered if at}
        if any(part not in own for _, part in lines):
            return
        # The record's own total may leave refused lines out.
        if lines or not forms.is_turned(lock.refused, situation):
            found = lines if found is None else found & lines
    yield from found or ()
