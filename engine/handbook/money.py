"""How revenue is netted: every amount in words, the equations that must hold, worked examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.checked import CheckedSpec
from engine.handbook.blocks import (
    Block,
    Bullets,
    Heading,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    code,
    say,
    strong,
)
from engine.handbook.calls import human
from engine.handbook.examples import Example, Item
from engine.handbook.missing import exception_anchor
from engine.handbook.sources import noun_of, vendor_of
from engine.handbook.values import SIGNS, tell_limits, tell_making, tell_name
from engine.spec.money import Equation, Money, terms_of

TITLE = "How revenue is netted"
_COLUMNS = ("Figure", "What it means", "How it is made")
_RULES = {
    "==": "is the same as",
    ">=": "is at least",
    "<=": "is at most",
    ">": "is more than",
    "<": "is less than",
}


def tell_money(checked: CheckedSpec, examples: Sequence[Example]) -> Section:
    """Give the section; examples are worked out from samples, the one that tells most first."""
    money = checked.spec.money
    if money is None:
        return Section(TITLE, (Paragraph(_without(checked)),))
    blocks: list[Block] = [
        Paragraph(
            say(
                "Amounts are exact: whole pennies (or the smallest coin of the currency), never "
                "rounded, never converted. An amount that cannot be read exactly holds the {}.",
                noun_of(checked),
            )
        ),
        Table("The figures that are reported", _COLUMNS, tuple(_figures(checked, money.report))),
    ]
    blocks += _equations(money)
    for example in examples:
        blocks += _work_out(checked, money, example)
    if not examples:
        blocks.append(
            Paragraph(say("No sample stands beside this mapping, so no example is worked out."))
        )
    rest = [name for name in money.totals if name not in money.report]
    blocks += [
        Heading("What stands behind the figures", "behind-the-figures"),
        Table("Every other amount", _COLUMNS, tuple(_figures(checked, rest))),
    ]
    return Section(TITLE, tuple(blocks))


def _without(checked: CheckedSpec) -> Text:
    amounts = [one.name for one in checked.inputs.reads.values() if one.read.type == "money"]
    if amounts:
        return say(
            "This mapping adds nothing up; it hands prices over as {} has them.", vendor_of(checked)
        )
    return say("This mapping reads no amounts.")


def _figures(checked: CheckedSpec, names: Sequence[str]) -> Iterator[Row]:
    totals = checked.spec.money.totals if checked.spec.money is not None else {}
    for name in names:
        total = totals[name]
        limits = tell_limits(checked, total)
        made = say("{}, {}", tell_making(total), limits) if limits else tell_making(total)
        meaning = tell_name(checked, name) if total.about else say(human(name.split(".")[-1]))
        yield Row((say("{}", code(name)), meaning, made))


def _equations(money: Money) -> list[Block]:
    if not money.must_hold:
        return []
    return [
        Paragraph(say("Before anything is sent, these must hold:")),
        Bullets(tuple(_tell_equation(one) for one in money.must_hold)),
    ]


def _tell_equation(one: Equation) -> Text:
    left, sign, right = one.rule.split(" ")
    within = f" (give or take {one.within})" if one.within else ""
    return say(
        "{} {} {}{}; otherwise it is held as {}",
        code(left),
        _RULES[sign],
        code(right) if right[0].isalpha() else right,
        within,
        code(one.otherwise, exception_anchor(one.otherwise)),
    )


def _work_out(checked: CheckedSpec, money: Money, example: Example) -> Iterator[Block]:
    """Show what a sample says, then each reported amount that is made of others, as a bill."""
    currency = example.currency
    yield Heading(f"Worked example: {noun_of(checked)} {example.key}", f"example-{example.number}")
    yield Paragraph(
        say(
            "One of the samples beside this mapping. What {} says of {}, as far as it is not zero:",
            vendor_of(checked),
            example.key,
        )
    )
    yield Table(
        f"What {vendor_of(checked)} says",
        ("Where", "What", "State", currency),
        tuple(_item(checked, item) for item in example.items),
        figures=frozenset({3}),
    )
    for name in _bills(money):
        yield Table(
            f"{human(name)} of {example.key}",
            ("", "Figure", currency),
            tuple(_bill(checked, money, name, example)),
            figures=frozenset({2}),
            total=True,
        )


def _item(checked: CheckedSpec, item: Item) -> Row:
    one = checked.inputs.reads[item.name]
    return Row(
        (
            say(item.where),
            say("{} {}", tell_name(checked, one.name), code(one.name)),
            say("{}", code(item.state)) if item.state else (),
            say(item.amount),
        )
    )


def _bills(money: Money) -> Iterator[str]:
    """Give the reported amounts that are sums of others, those they rest on first."""
    yield from (name for name in money.totals if name in money.report and money.totals[name].calc)


def _bill(checked: CheckedSpec, money: Money, name: str, example: Example) -> Iterator[Row]:
    for sign, part in terms_of(str(money.totals[name].calc)):
        meaning = tell_name(checked, part) if money.totals[part].about else say(human(part))
        label = say("{} {}", meaning, code(part))
        yield Row((say(SIGNS[sign]), label, say(example.amounts[part])))
    yield Row((say("="), say("{}", strong(human(name))), say("{}", strong(example.amounts[name]))))
