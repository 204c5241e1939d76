"""Values in words: what a name of the mapping stands for, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checked import CheckedSpec
from engine.handbook.blocks import (
    Sayable,
    Span,
    Text,
    capital,
    code,
    enumerate_words,
    plain,
    say,
)
from engine.handbook.conditions import tell_condition
from engine.handbook.sources import describe_input, name_place, noun_of
from engine.inputs import Input
from engine.spec.money import Total, terms_of
from engine.spec.send import LiteralValue, Scalar
from engine.spec.text import Figure
from engine.spec.text import Text as TextRule

# The minus of print, which is as wide as a plus.
SIGNS = {"+": "+", "-": "\u2212"}
_FIGURES = {
    "count": "The number of this person's {noun}s",
    "total": "The sum of {} over this person's {noun}s",
    "earliest": "The first {} of this person's {noun}s",
    "latest": "The latest {} of this person's {noun}s",
}


def tell_value(checked: CheckedSpec, value: Scalar) -> Text:
    """Say what a value handed over stands for."""
    if isinstance(value, LiteralValue):
        return say("Always {}", code(str(value.literal)))
    if value.startswith("$"):
        return say("The setting {}, now {}", code(value[1:]), tell_setting(checked, value[1:]))
    return tell_name(checked, value)


def tell_setting(checked: CheckedSpec, name: str) -> Text:
    """Give the value that a parameter has here."""
    held = checked.params.values[name]
    words = held if isinstance(held, list) else [str(held)]
    return enumerate_words(code(word) for word in words)


def tell_name(checked: CheckedSpec, name: str) -> Text:
    """Say what a name stands for."""
    spec = checked.spec
    if name in checked.inputs.reads:
        return describe_input(checked, checked.inputs.reads[name])
    if spec.money is not None and name in spec.money.totals:
        about = spec.money.totals[name].about
        return capital(about or name.rpartition(".")[2].replace("_", " "))
    if name in spec.text:
        return _tell_text(checked, spec.text[name])
    if name.startswith("lifetime.") and spec.lifetime is not None:
        return _tell_figure(checked, spec.lifetime.figures[name.removeprefix("lifetime.")])
    return _tell_built_in(checked, name)


def tell_origin(checked: CheckedSpec, value: Scalar) -> Text:
    """Say where a value handed over comes from."""
    if isinstance(value, LiteralValue):
        return say("Fixed in the mapping")
    if value.startswith("$"):
        return say("The setting {}", code(value[1:]))
    one = checked.inputs.reads.get(value)
    if one is not None:
        return _tell_read(checked, one)
    money = checked.spec.money
    if money is not None and value in money.totals:
        return say("Worked out: {}", tell_making(money.totals[value]))
    return say("Worked out from {}", enumerate_words(_parts(checked, value)))


def tell_making(total: Total) -> Text:
    """Say how a total is made."""
    if total.choose is not None:
        options = (
            say("{} if {} is {}", code(name), code(total.choose[1:]), code(word))
            for word, name in (total.among or {}).items()
        )
        return enumerate_words(options, "or")
    if total.calc is not None:
        return say("{}", Span(_formula(total.calc), "code"))
    return say("the sum of {}", enumerate_words(code(name) for name in total.sum or ()))


def tell_limits(checked: CheckedSpec, total: Total) -> Text:
    """Say which elements a total adds up, and what it leaves out with which reason."""
    if total.where is None:
        return ()
    said = say("only where {}", tell_condition(checked, total.where))
    if total.leaves:
        left = (say("{} ({})", code(word), why) for word, why in total.leaves.items())
        said = say("{}; left out: {}", said, enumerate_words(left))
    return said


def _formula(calc: str) -> str:
    terms = [f"{SIGNS[sign]} {name}" for sign, name in terms_of(calc)]
    return " ".join(terms).removeprefix("+ ")


def _tell_read(checked: CheckedSpec, one: Input) -> Text:
    place = name_place(checked, one)
    if one.read.type == "day" and one.read.zone is not None:
        zone = one.read.zone
        named = str(checked.params.values.get(zone[1:], zone)) if zone.startswith("$") else zone
        return say("{}, as a day in {}", place, named)
    return place


def _tell_text(checked: CheckedSpec, text: TextRule) -> Text:
    if text.about is not None:
        return capital(text.about)
    if text.join is not None:
        each = "each once, " if text.distinct else ""
        said = plain(tell_name(checked, text.join))
        return say("{}, {}joined by {}", said, each, code(text.separator or " "))
    return say("The text {}", code(str(text.template)))


def _tell_figure(checked: CheckedSpec, figure: Figure) -> Text:
    pattern = _FIGURES[figure.kind].replace("{noun}", noun_of(checked))
    parts: list[Sayable] = [code(figure.of)] if figure.of is not None else []
    return say(pattern, *parts)


def _tell_built_in(checked: CheckedSpec, name: str) -> Text:
    target = checked.target.title
    told = {
        "person": "The key of the person: a hash, so the customer id stays private",
        "address.email": "The person's e-mail address",
        "address.kind": "Whether the address is the person's own or a relay",
        "contact.status": f"The contact's e-mail status in {target}",
        "consent.status": "The status that the consent table decides",
        "consent.decision": "What the consent table decides",
        "consent.may_market": "Whether the consent table allows marketing",
        "consent.evidence": "Whether every part of the proof of consent is there",
        "record.counts": f"Whether the {noun_of(checked)} counts as a sale",
        "record.earlier": f"Whether something of the {noun_of(checked)} was sent before",
    }
    return say(told[name]) if name in told else say("{}", code(name))


def _parts(checked: CheckedSpec, name: str) -> Iterator[Sayable]:
    """Give what a composed value is made of, one step down."""
    spec = checked.spec
    if name in spec.text:
        text = spec.text[name]
        if text.join is not None:
            yield code(text.join)
        else:
            known = (one for one in checked.names if not one.startswith(("$", "record", "consent")))
            used = (one for one in known if _mentions(str(text.template), one))
            yield from (code(one.removeprefix("param.")) for one in used)
    elif name.startswith("lifetime."):
        figure = spec.lifetime.figures[name.removeprefix("lifetime.")] if spec.lifetime else None
        noun = noun_of(checked)
        whole = f"all {noun}s of the person that count"
        yield say("{} of {}", code(figure.of), whole) if figure and figure.of else whole
    elif name == "person" and spec.identity is not None:
        yield code(spec.identity.person.from_)
    elif name == "address.email" and spec.identity is not None:
        yield from (code(one) for one in spec.identity.address)
    elif name.startswith("consent."):
        yield "the consent table"
    else:
        yield code(name)


def _mentions(template: str, name: str) -> bool:
    words = template.replace("{{", " ").replace("}}", " ").replace("|", " ").split()
    return name in words
