"""Totals that leave the mapping: whole, with the tax in, and what their names say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.expressions.templates import compile_template
from engine.lock import NO_MARK, Address, AmountMark
from engine.rules.money_figures import CANCELLED, NOW, REFUNDED, Figure, Figures
from engine.rules.money_forms import Form, MoneyForms, Situation
from engine.rules.money_inputs import check_sent
from engine.rules.money_lock import MoneyLock, parts_covered
from engine.rules.subject import Subject, listed
from engine.spec.mapping import MappingSpec
from engine.spec.send import Objects
from engine.text import Pointer

_WORDS = {NOW: "what is due now", CANCELLED: "cancelations", REFUNDED: "refunds"}
_TAX_HELP = (
    "add the taxes where the record says that they come on top, or read that code with only the "
    "other under codes, so that such records are held"
)


def check_leaving(subject: Subject, forms: MoneyForms, lock: MoneyLock) -> None:
    """Check each total that is reported, sent, or added up over a person's records."""
    figures = Figures(lock, forms)
    leaving = dict.fromkeys(_leaving(subject.spec))
    for name in leaving:
        if name in subject.inputs.reads:
            check_sent(subject, subject.inputs.reads[name])
    for name in subject.spec.money.totals if subject.spec.money is not None else ():
        wanted = figures.named(name)
        told = _tell_figure(name, wanted, forms, lock)
        if told:
            _report(subject, "MD434", ("money", "totals", name), told)
        elif name in leaving and not wanted:
            whole = _Wholeness(name, forms, lock, figures.lines)
            if whole.fault:
                _report(subject, "MD433", ("money", "totals", name), whole.fault, whole.way_out)
    if not subject.problems.has_errors:
        _check_lifetime(subject, figures, forms, lock)


def _report(subject: Subject, code: str, at: Pointer, message: str, way_out: str = "") -> None:
    effect = "the figure would look right, and be wrong for some records"
    subject.problems.report(code, at, message, effect=effect, help=way_out, at_key=True)


def _leaving(spec: MappingSpec) -> Iterator[str]:
    yield from spec.money.report if spec.money is not None else ()
    for send in spec.send.values():
        for value in (*send.fields.values(), *send.to.values()):
            values = value.fields.values() if isinstance(value, Objects) else (value,)
            yield from (one for one in values if isinstance(one, str))
    for text in spec.text.values():
        yield from compile_template(text.template).names if text.template is not None else ()
    for figure in spec.lifetime.figures.values() if spec.lifetime is not None else ():
        yield from [figure.of] if figure.of is not None else ()


def _groups(forms: MoneyForms) -> Iterator[list[Situation]]:
    """Give the situations apart by the choices made before any record comes."""
    groups: dict[tuple[str, ...], list[Situation]] = {}
    for one in forms.situations:
        groups.setdefault(tuple(one[choice] for choice in forms.choices), []).append(one)
    yield from groups.values()


def _tell_figure(name: str, wanted: tuple[Figure, ...], forms: MoneyForms, lock: MoneyLock) -> str:
    """Say where a total is not the figure wanted; nothing when it is, or when none is wanted."""
    for group in _groups(forms) if wanted else ():
        told = [_tell_difference(name, one, group, forms, lock) for one in wanted]
        if all(told):
            return f'"{name}" is another figure than its name says: it {told[0]}'
    return ""


def _tell_difference(
    name: str, wanted: Figure, situations: list[Situation], forms: MoneyForms, lock: MoneyLock
) -> str:
    """Say what a total does with the first amount that it counts otherwise than the figure."""
    wrong: list[Situation] = []
    said = ""
    for one in situations:
        form, right = forms.form(name, one), wanted(one)
        for leaf in [leaf for leaf in {**right, **form} if right.get(leaf) != form.get(leaf)]:
            told = _tell_factor(lock.show(leaf), form.get(leaf, 0), right.get(leaf, 0))
            said = said or told
            if told == said:
                wrong.append(one)
    return f"{said}{_tell_when(wrong, situations)}" if wrong else ""


def _tell_factor(shown: str, factor: int, right: int) -> str:
    if not factor:
        return f"leaves out {shown}" if right > 0 else f"does not take off {shown}"
    if not right:
        return f"adds {shown}" if factor > 0 else f"takes off {shown}"
    return f"adds {shown} instead of taking it off" if factor > 0 else f"takes off {shown} wrongly"


def _tell_when(wrong: list[Situation], situations: list[Situation]) -> str:
    """Say what of the first wrong situation decides: where another value would be right."""
    first = wrong[0]
    known = {tuple(one.values()) for one in wrong}
    decisive: list[str] = []
    for key, value in first.items():
        others = {**first}
        for other in dict.fromkeys(one[key] for one in situations):
            others[key] = other
            if tuple(others.values()) not in known:
                decisive.append(_tell_value(key, value))
                break
    return f" when {' and '.join(decisive)}" if decisive else ""


def _tell_value(key: str, value: str) -> str:
    name, *condition = key.split(" ")
    if condition:
        return f"the condition on {name} {value}"
    return f"{name.split('.')[-1]} is {value}"


def _check_lifetime(subject: Subject, figures: Figures, forms: MoneyForms, lock: MoneyLock) -> None:
    """Report a lifetime total of anything but net: what is paid back would count for ever."""
    lifetime = subject.spec.lifetime
    for name, figure in lifetime.figures.items() if lifetime is not None else ():
        if figure.kind != "total" or figure.of is None:
            continue
        wanted = figures.named("net")
        is_total = subject.spec.money is not None and figure.of in subject.spec.money.totals
        if wanted and (not is_total or _tell_figure(figure.of, wanted, forms, lock)):
            subject.problems.report(
                "MD437",
                ("lifetime", "figures", name, "of"),
                f'"{figure.of}" is not net of refunds and refused lines',
                effect="a person's value would keep what was paid back",
                help="add up a total that is the net figure",
            )


class _Wholeness:
    """Whether one total is whole: `fault` says what is missing, `way_out` what to do about it."""

    def __init__(self, name: str, forms: MoneyForms, lock: MoneyLock, lines: Address) -> None:
        self._lock = lock
        self._lines = lines
        self._forms = forms
        self.way_out = ""
        self.fault = ""
        parts: frozenset[str] = frozenset()
        for one in forms.situations:
            listed_parts = self._cover(forms.form(name, one), "listed")
            tax = self._cover(forms.form(name, one), "tax")
            said = self._tell_signs(listed_parts) or self._tell_tax(listed_parts, tax, one)
            for moment, found in listed_parts.items():
                parts = parts or frozenset(found)
                said = said or self._tell_parts(moment, frozenset(found), parts)
            if said:
                self.fault = f'"{name}" {said}'
                return

    def _cover(self, form: Form, kind: str) -> dict[str, dict[str, int]]:
        """Give, per moment, how often each part is counted; what cancels out is left away."""
        found: dict[str, dict[str, int]] = {}
        for leaf, factor in form.items():
            mark: AmountMark = self._lock.amounts.get(leaf, NO_MARK)
            # Taxes of the whole record stand there only where they are not stated by line.
            if kind == "tax" and leaf[: len(self._lines)] != self._lines:
                continue
            for part in parts_covered(mark) if mark.kind == kind else ():
                counts = found.setdefault(mark.moment, {})
                counts[part] = counts.get(part, 0) + factor
        kept = {moment: _without_zeros(counts) for moment, counts in found.items()}
        return {moment: counts for moment, counts in kept.items() if counts}

    def _tell_signs(self, cover: Mapping[str, Mapping[str, int]]) -> str:
        for moment, counts in cover.items():
            if len(set(counts.values())) > 1:
                return f"adds some parts of {_WORDS[moment]} and takes off others"
        now, back = cover.get(NOW), cover.get(REFUNDED)
        if now and back and set(now.values()) == set(back.values()):
            return "adds refunds to what is due, from which they are to be taken off"
        return ""

    def _tell_parts(self, moment: str, found: frozenset[str], parts: frozenset[str]) -> str:
        if found == parts:
            return ""
        self.way_out = "count the same parts of prices, refunds and cancelations"
        less, more = sorted(parts - found), sorted(found - parts)
        what = f"the {listed(less)} of" if less else f"more than the {listed(sorted(parts))} of"
        return (
            f"{'leaves out' if less else 'counts'} {what} {_WORDS[moment]}" if less or more else ""
        )

    def _tell_tax(
        self,
        cover: Mapping[str, Mapping[str, int]],
        tax: Mapping[str, Mapping[str, int]],
        situation: Situation,
    ) -> str:
        """Say which tax is missing where it comes on top."""
        if not self._forms.is_turned(self._lock.on_top, situation):
            return ""
        for moment, counts in cover.items():
            wanted = {part: count for part, count in counts.items() if part != "fee"}
            if wanted != tax.get(moment, {}):
                self.way_out = _TAX_HELP
                return f"leaves the tax of {_WORDS[moment]} out where tax comes on top"
        return ""


def _without_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    return {part: count for part, count in counts.items() if count}
