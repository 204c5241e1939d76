"""`money`: amounts in minor units, added where they are read, and the rules that must hold."""

from __future__ import annotations

from collections.abc import Iterator

from engine.compiler.conditions import condition_test, number
from engine.compiler.context import Context, variable
from engine.inputs import Level, level_of
from engine.spec.money import Equation, Total, terms_of


def _totals(context: Context) -> Iterator[tuple[str, Total]]:
    money = context.checked.spec.money
    return iter(money.totals.items() if money is not None else ())


def emit_starts(context: Context, level: Level) -> None:
    """Emit the zeros that inner lists add to."""
    sums = [
        variable(name)
        for name, total in _totals(context)
        if total.sum is not None and level_of(name) == level
    ]
    if sums:
        context.source.line(f"{' = '.join(sums)} = 0")


def emit_totals(context: Context, level: Level) -> None:
    """Emit the totals of one element, in the order they are declared."""
    for name, total in _totals(context):
        if level_of(name) != level:
            continue
        v = variable(name)
        if total.calc is not None:
            parts = [f"{sign} {variable(term)}" for sign, term in terms_of(total.calc)]
            context.source.line(f"{v} = {' '.join(parts).removeprefix('+ ')}")
        elif total.choose is not None and total.among is not None:
            chosen = str(context.checked.params.values[total.choose[1:]])
            context.source.line(f"{v} = {variable(total.among[chosen])}")
        else:
            _emit_addition(context, name, total, level)


def emit_contributions(context: Context, level: Level) -> None:
    """Emit what one element adds to the totals further out."""
    for name, total in _totals(context):
        if len(level_of(name)) < len(level):
            _emit_addition(context, name, total, level)


def _emit_addition(context: Context, name: str, total: Total, level: Level) -> None:
    added = [variable(one) for one in total.sum or () if level_of(one) == level]
    if not added:
        return
    statement = f"{variable(name)} += {' + '.join(added)}"
    if total.where is None:
        context.source.line(statement)
        return
    with context.source.block(f"if {condition_test(context, total.where)}"):
        context.source.line(statement)


def emit_equations(context: Context) -> None:
    """Emit the rules that must hold once all amounts are known."""
    money = context.checked.spec.money
    for index, equation in enumerate(money.must_hold if money is not None else ()):
        pointer = ("money", "must_hold", index)
        fault = context.source.bind(context.fault(equation.otherwise, pointer), "fault")
        left, test, difference = _equation_test(context, equation)
        with context.source.block(f"if not ({test})"):
            shown = f"gap_text({difference}, scale)"
            context.source.line(f"raised.append(({fault}, {left!r}, {shown}))")
            context.note(pointer, "broken")


def _equation_test(context: Context, equation: Equation) -> tuple[str, str, str]:
    left, sign, right = equation.rule.split(" ")
    a = variable(left)
    b = number(context, left, right) if right[0] in "-0123456789" else variable(right)
    difference = f"{a} - {b}"
    if equation.within is not None:
        within = number(context, left, equation.within)
        return equation.rule, f"abs({difference}) <= {within}", difference
    return equation.rule, f"{a} {sign} {b}", difference
