"""Equations: each can hold, and each can fail, or it checks nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import inf

from engine.rules.money_forms import Form, MoneyForms
from engine.rules.subject import Subject
from engine.spec.money import Equation, Money
from engine.text import Pointer

_Range = tuple[float, float]


def check_equations(subject: Subject, money: Money, forms: MoneyForms) -> None:
    """Check what each rule of `must_hold` can find, given that no amount is below 0."""
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


def _ranges(equation: Equation, forms: MoneyForms) -> Iterator[_Range]:
    """Give the least and greatest that left minus right can be, in each situation."""
    left, _, right = equation.rule.split(" ")
    for situation in forms.situations:
        difference: Form = {}
        constant = Decimal(0)
        for side, sign in ((left, 1), (right, -1)):
            if side[0].isalpha():
                for leaf, factor in forms.form(side, situation).items():
                    difference[leaf] = difference.get(leaf, 0) + sign * factor
            else:
                constant += sign * Decimal(side)
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
