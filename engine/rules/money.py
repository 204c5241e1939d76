"""Money: one currency, amounts only, each total built from what stands above it."""

from __future__ import annotations

from decimal import Decimal

from engine.inputs import Input, Level, level_of
from engine.names import TOTAL, Named
from engine.nearest import suggest
from engine.rules.money_conditions import check_where
from engine.rules.money_inputs import check_money_inputs
from engine.rules.money_lock import read_money_lock
from engine.rules.subject import Subject
from engine.spec.money import CALC, Money, Total, terms_of
from engine.text import Pointer

# Lines are rounded one by one: a few of them may be out by a penny each.
_WIDEST = Decimal("0.10")


def check_money(subject: Subject) -> None:
    """Check the money section; without one, no amount may be read."""
    money = subject.spec.money
    _check_currency(subject, money)
    if money is None:
        return
    check_money_inputs(subject, money, read_money_lock(subject.spec.source))
    seen: set[str] = set()
    for name, total in money.totals.items():
        _check_total(subject, name, total, seen)
        seen.add(name)
    _check_equations(subject, money)
    for index, name in enumerate(money.report):
        subject.used.add(name)
        if name not in money.totals:
            subject.problems.report(
                "MD410",
                ("money", "report", index),
                f'no total "{name}"{suggest(name, money.totals)}',
            )


def _check_currency(subject: Subject, money: Money | None) -> None:
    """Report amounts without a currency that is their own and always there: it has their digits."""
    reads = subject.inputs.reads.values()
    amounts = [one for one in reads if one.read.type == "money"]
    pointer: Pointer = ("money", "currency") if money is not None else ()
    if money is not None and subject.name(money.currency, pointer) is None:
        return
    one = subject.inputs.currency(money)
    if one is None and money is None:
        # One that is declared but could not be read is told where it is read.
        declared = any(read.type == "currency" for read in subject.spec.read.values())
        if amounts and not declared:
            message = "an amount needs a read of the type currency"
            subject.problems.report("MD420", amounts[0].pointer, message, at_key=True)
    elif (amounts or money is not None) and not (one is not None and _is_sure(subject, one)):
        name = one.name if one is not None else money.currency if money is not None else ""
        subject.problems.report(
            "MD420",
            pointer or (one.pointer if one is not None else ()),
            f'"{name}" is not read as a currency that is always there',
            at_key=money is None,
        )
        subject.doubt(name)


def _is_sure(subject: Subject, one: Input) -> bool:
    """Whether a read is the currency of the record, and there whenever the record goes on."""
    is_own = one.read.type == "currency" and one.lock_type == "currency"
    fails = all(answer.kind == "fail" for answer in one.answers.values())
    return is_own and fails and not subject.names[one.name].optional


def _check_total(subject: Subject, name: str, total: Total, seen: set[str]) -> None:
    pointer: Pointer = ("money", "totals", name)
    level = level_of(name)
    if level and not subject.is_list(".".join(level)):
        subject.problems.report("MD410", pointer, f'no list "{".".join(level)}"', at_key=True)
    forms = [form for form in ("sum", "calc", "choose") if getattr(total, form) is not None]
    if len(forms) != 1:
        subject.problems.report(
            "MD415", pointer, f'"{name}" needs exactly one of sum, calc or choose', at_key=True
        )
        return
    if total.sum is not None:
        _check_sum(subject, name, total, seen)
    elif total.calc is not None:
        _check_calc(subject, name, total.calc, seen)
    else:
        _check_choose(subject, name, total, seen)


def _check_sum(subject: Subject, name: str, total: Total, seen: set[str]) -> None:
    pointer: Pointer = ("money", "totals", name)
    level = level_of(name)
    parts: list[Named] = []
    for index, reference in enumerate(total.sum or []):
        at = (*pointer, "sum", index)
        named = _amount(subject, reference, at, seen)
        if named is None:
            continue
        if named.level[: len(level)] != level:
            _report_level(subject, at, f'"{name}" adds up {_place(level)}, so not "{reference}"')
            continue
        parts.append(named)
    if total.where is not None:
        check_where(subject, total.where, parts, (*pointer, "where"))


def _report_level(subject: Subject, at: Pointer, message: str) -> None:
    subject.problems.report(
        "MD427",
        at,
        message,
        effect="an amount would count once too often, or not at all",
        help="sum adds up what stands further in; calc and choose stay where they are",
    )


def _place(level: Level) -> str:
    return f"what stands in one element of {'.'.join(level)}" if level else "what one record holds"


def _same_level(subject: Subject, name: str, named: Named | None, at: Pointer) -> None:
    if named is not None and named.level != level_of(name):
        _report_level(
            subject, at, f'"{named.name}" stands at another level than "{name}": sum it up first'
        )


def _check_calc(subject: Subject, name: str, calc: str, seen: set[str]) -> None:
    pointer: Pointer = ("money", "totals", name, "calc")
    if CALC.fullmatch(calc) is None:
        subject.problems.report(
            "MD415",
            pointer,
            f'"{calc}" is not totals joined by + and -',
            help="multiplication and percentages have no place here: Mirakl states every amount",
        )
        return
    for _, reference in terms_of(calc):
        _same_level(subject, name, _amount(subject, reference, pointer, seen), pointer)


def _check_choose(subject: Subject, name: str, total: Total, seen: set[str]) -> None:
    pointer: Pointer = ("money", "totals", name)
    reference = str(total.choose)
    param = subject.spec.params.get(reference[1:])
    among = total.among or {}
    for choice, taken in among.items():
        at = (*pointer, "among", choice)
        _same_level(subject, name, _amount(subject, taken, at, seen), at)
    if param is None or (*pointer, "choose") in subject.unfit:
        return
    missing = [choice for choice in param.choices or [] if choice not in among]
    surplus = [choice for choice in among if choice not in (param.choices or [])]
    if missing or surplus:
        subject.problems.report(
            "MD415",
            (*pointer, "among") if total.among else pointer,
            f'"among" needs one total for each choice of {reference}: '
            f"{', '.join(param.choices or ['(no choice)'])}",
        )


def _amount(subject: Subject, reference: str, pointer: Pointer, seen: set[str]) -> Named | None:
    """Give the amount a reference means; what is not one, or comes later, is reported."""
    named = subject.name(reference, pointer)
    if named is None:
        return None
    if named.type != "money":
        subject.problems.report("MD416", pointer, f'"{reference}" is not an amount of money')
        return None
    if not subject.known_by(TOTAL, named, pointer):
        return None
    is_total = subject.spec.money is not None and reference in subject.spec.money.totals
    if is_total and reference not in seen:
        subject.problems.report(
            "MD417", pointer, f'"{reference}" is declared further down; totals read from the top'
        )
        return None
    return named


def _check_equations(subject: Subject, money: Money) -> None:
    for index, equation in enumerate(money.must_hold):
        pointer: Pointer = ("money", "must_hold", index)
        subject.holds(equation.otherwise, (*pointer, "otherwise"))
        left, sign, right = equation.rule.split(" ")
        for reference in (left, right):
            if reference[0] in "-0123456789":
                continue
            named = _amount(subject, reference, (*pointer, "rule"), set(money.totals))
            if named is not None:
                subject.at_record_level(named, (*pointer, "rule"))
        if equation.within is not None and sign != "==":
            subject.problems.report("MD419", (*pointer, "within"), '"within" goes with == only')
        elif equation.within is not None and not 0 <= Decimal(equation.within) <= _WIDEST:
            subject.problems.report(
                "MD435",
                (*pointer, "within"),
                f'"{equation.within}" is more than rounding explains, which is {_WIDEST} at most',
                effect="what is lost on the way would pass as rounding",
            )
