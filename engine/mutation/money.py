"""Mutants of money: terms, signs, conditions of totals, and the rules that must hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from engine.checked import CheckedSpec
from engine.mutation.conditions import mutate_condition
from engine.mutation.mutant import Mutant, dropping, replacing
from engine.mutation.words import swap_code
from engine.spec.money import Equation, Total, terms_of
from engine.text import Pointer

_SIGNS = {"==": (">=", "<="), ">=": (">",), "<=": ("<",), ">": (">=",), "<": ("<=",)}


def mutate_money(checked: CheckedSpec) -> Iterator[Mutant]:
    """Give every mutant of the amounts. `leaves` only gives reasons, so it has none."""
    money = checked.spec.money
    if money is None:
        return
    for name, total in money.totals.items():
        yield from _mutate_total(name, total)
    for index, equation in enumerate(money.must_hold):
        yield from _mutate_equation(checked, ("money", "must_hold", index), equation)
    for index, name in enumerate(money.report):
        change, test = f"{name} is not reported", f"a case that expects money.{name}"
        yield dropping(("money", "report", index), change, test)


def _mutate_total(name: str, total: Total) -> Iterator[Mutant]:
    at: Pointer = ("money", "totals", name)
    for index, term in enumerate(total.sum or []):
        if total.sum is not None and len(total.sum) > 1:
            test = f"a record in which {term} is not zero, expecting {name}"
            yield dropping((*at, "sum", index), f"{name} leaves out {term}", test)
    if total.where is not None:
        test = f"a record with elements that {name} must not count, expecting {name}"
        yield dropping((*at, "where"), f"{name} adds up everything, whatever it is", test)
        yield from mutate_condition((*at, "where"), total.where, name)
    if total.calc is not None:
        yield from _mutate_calc((*at, "calc"), name, total.calc)
    if total.choose is not None and total.among is not None:
        yield from _mutate_choice((*at, "among"), name, total)


def _mutate_calc(at: Pointer, name: str, calc: str) -> Iterator[Mutant]:
    terms = terms_of(calc)
    for index, (sign, term) in enumerate(terms):
        test = f"a record in which {term} is not zero, expecting {name}"
        if index:
            turned = [*terms]
            turned[index] = ("-" if sign == "+" else "+", term)
            change = f"{name} has {turned[index][0]} {term} instead of {sign} {term}"
            yield replacing(at, _write(turned), change, test)
        if len(terms) > 1:
            left = terms[:index] + terms[index + 1 :]
            if left[0][0] == "+":
                yield replacing(at, _write(left), f"{name} leaves out {term}", test)


def _write(terms: list[tuple[str, str]]) -> str:
    return " ".join(f"{sign} {term}" for sign, term in terms).removeprefix("+ ")


def _mutate_choice(at: Pointer, name: str, total: Total) -> Iterator[Mutant]:
    among = total.among or {}
    words = list(among)
    for word, other in pairwise(words):
        swapped = {**among, word: among[other], other: among[word]}
        change = f"{name} takes {among[other]} for {word} and {among[word]} for {other}"
        test = f"a case for each choice of {total.choose}, expecting {name}"
        yield replacing(at, swapped, change, test)


def _mutate_equation(checked: CheckedSpec, at: Pointer, equation: Equation) -> Iterator[Mutant]:
    left, sign, right = equation.rule.split(" ")
    held = f"expecting {equation.otherwise}"
    yield dropping(
        at, f"nothing asks for {equation.rule}", f"a record that breaks {equation.rule}, {held}"
    )
    for other in _SIGNS[sign]:
        test = f"records in which {left} is just above, just below and exactly {right}"
        change = f"the rule is {left} {other} {right} instead of {equation.rule}"
        yield replacing((*at, "rule"), f"{left} {other} {right}", change, test)
    if sign == "==" and equation.within is None:
        change = f"{equation.rule} may be out by 1.00"
        test = f"a record that breaks {equation.rule} by less than 1.00, {held}"
        yield replacing((*at, "within"), "1.00", change, test)
    if equation.within is not None:
        test = f"a record that breaks {equation.rule} by {equation.within}"
        yield dropping((*at, "within"), f"{equation.rule} must hold exactly", test)
    yield from swap_code(
        checked, (*at, "otherwise"), equation.otherwise, f"a record that breaks {equation.rule}"
    )
