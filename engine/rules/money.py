"""Money: one currency, amounts only, each total built from what stands above it."""

from __future__ import annotations

from engine.inputs import level_of
from engine.names import READ, TOTAL, Named
from engine.nearest import suggest
from engine.rules.conditions import check_condition
from engine.rules.subject import Subject
from engine.spec.money import TERM, Money, Total, terms_of
from engine.text import Pointer


def check_money(subject: Subject) -> None:
    """Check the money section; without one, no amount may be read."""
    money = subject.spec.money
    _check_currency(subject)
    if money is None:
        return
    currency = subject.name(money.currency, ("money", "currency"))
    if currency is not None and (currency.type != "currency" or currency.optional):
        subject.problems.report(
            "MD420",
            ("money", "currency"),
            f'"{money.currency}" is not read as a currency that is always there',
        )
        subject.doubt(money.currency)
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


def _check_currency(subject: Subject) -> None:
    """Report amounts without a currency: they have no exact digits."""
    if any(read.type == "currency" for read in subject.spec.read.values()):
        return
    for one in subject.inputs.reads.values():
        if one.read.type == "money":
            subject.problems.report(
                "MD420", one.pointer, "an amount needs a read of the type currency", at_key=True
            )
            return


def _check_total(subject: Subject, name: str, total: Total, seen: set[str]) -> None:
    pointer: Pointer = ("money", "totals", name)
    level = level_of(name)
    if level and not subject.is_declared(".".join(level)):
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
    deepest, known = level_of(name), True
    for index, reference in enumerate(total.sum or []):
        at = (*pointer, "sum", index)
        named = _amount(subject, reference, at, seen)
        if named is None:
            known = False
            continue
        if named.level[: len(level_of(name))] != level_of(name):
            subject.within(named, level_of(name), at)
        _check_lists(subject, named, at)
        deepest = max(deepest, named.level, key=len)
    if total.where is not None and known:
        check_condition(subject, total.where, (*pointer, "where"), deepest, stage=READ)


def _check_lists(subject: Subject, named: Named, at: Pointer) -> None:
    """Report lists whose unreadable elements are left out of a sum without a word."""
    for depth in range(len(named.level)):
        one = subject.inputs.lists.get(".".join(named.level[: depth + 1]))
        unknown = one.answers.get("unknown") if one is not None else None
        if one is not None and unknown is not None and unknown.kind == "skip":
            subject.doubt(named.name)
            subject.problems.report(
                "MD418",
                at,
                f'unreadable elements of "{one.name}" are skipped, so the sum could silently be '
                "too small",
                help="let the list say unknown: fail CODE",
            )


def _check_calc(subject: Subject, name: str, calc: str, seen: set[str]) -> None:
    pointer: Pointer = ("money", "totals", name, "calc")
    if TERM.sub("", calc).strip():
        subject.problems.report(
            "MD415",
            pointer,
            f'"{calc}" is not totals joined by + and -',
            help="multiplication and percentages have no place here: Mirakl states every amount",
        )
        return
    for _, reference in terms_of(calc):
        named = _amount(subject, reference, pointer, seen)
        if named is not None and named.level != level_of(name):
            subject.within(named, level_of(name), pointer)


def _check_choose(subject: Subject, name: str, total: Total, seen: set[str]) -> None:
    pointer: Pointer = ("money", "totals", name)
    reference = str(total.choose)
    param = subject.spec.params.get(reference[1:])
    among = total.among or {}
    for choice, taken in among.items():
        _amount(subject, taken, (*pointer, "among", choice), seen)
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
    if named.optional:
        subject.problems.report(
            "MD418",
            pointer,
            f'"{reference}" may be left out, so the sum could silently be too small',
            help='let its read say "use 0.00" or "fail CODE"',
        )
        subject.doubt(reference)
    return named


def _check_equations(subject: Subject, money: Money) -> None:
    for index, equation in enumerate(money.must_hold):
        pointer: Pointer = ("money", "must_hold", index)
        subject.exception(equation.otherwise, (*pointer, "otherwise"))
        left, sign, right = equation.rule.split(" ")
        for reference in (left, right):
            if reference[0] in "-0123456789":
                continue
            named = _amount(subject, reference, (*pointer, "rule"), set(money.totals))
            if named is not None:
                subject.at_record_level(named, (*pointer, "rule"))
        if equation.within is not None and sign != "==":
            subject.problems.report("MD419", (*pointer, "within"), '"within" goes with == only')
