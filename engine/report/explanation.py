"""An explanation as a person reads it: the amounts in a column, then the way back step by step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from textwrap import wrap

from engine.provenance.explanation import Element, Explanation, Step
from engine.report.findings import printable

_COLOURS = {"bold": "1", "dim": "2"}
_NOTHING = "(none)"
_WIDTH = 100


class ExplanationText:
    """Renders explanations; `colour` asks for ANSI codes."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def render(self, explanation: Explanation) -> str:
        """Give an explanation as a block of lines."""
        parts = [
            self._head(explanation),
            self._column(explanation),
            self._section("how", _Tree(self, explanation).lines()),
            self._section("left out", self._left_out(explanation)),
            self._section("looked at", self._looked_at(explanation)),
            self._section("parameters", self._parameters(explanation)),
            self._section("the call", self._call(explanation)),
        ]
        return "\n".join(part for part in parts if part)

    def paint(self, text: str, style: str) -> str:
        """Give a text in a style, where colours are asked for."""
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if self._colour and text else text

    def _head(self, explanation: Explanation) -> str:
        key = self.paint(printable(explanation["key"] or "(no key)"), "bold")
        return f"{key}  {printable(explanation['answer'])}\n"

    def _section(self, title: str, lines: Iterator[str]) -> str:
        listed = list(lines)
        return "\n".join([f"  {self.paint(title, 'bold')}", *listed, ""]) if listed else ""

    def _column(self, explanation: Explanation) -> str:
        """Give the amounts that add up to the value, one below the other."""
        addends = explanation["addends"]
        if explanation["currency"] is None or not addends:
            return ""
        total = str(sum((Decimal(one["amount"]) for one in addends), Decimal(0)))
        width = max(len(one["amount"]) for one in addends)
        width = max(width, len(total))
        lines = [f"    {one['amount']:>{width}}  {printable(one['at'])}" for one in addends]
        lines += [f"    {'-' * width}", f"    {total:>{width}}  {explanation['currency']}"]
        return self._section("adds up", iter(lines))

    def _left_out(self, explanation: Explanation) -> Iterator[str]:
        """Give what did not count; what has the same reason and no amount stands on one line."""
        told = explanation["left_out"]
        width = max((len(one["value"] or "") for one in told), default=0)
        places: dict[tuple[str, str, str], list[str]] = {}
        for number, one in enumerate(told):
            apart = f"{one['value']} {number}" if one["value"] else ""
            places.setdefault((one["because"], one["rule"], apart), []).append(one["at"])
        for (because, rule, apart), at in places.items():
            value = apart.partition(" ")[0]
            listed = printable(", ".join(at))
            yield self.cite(f"    {value:>{width}}  {listed}: {printable(because)}", rule)

    def _looked_at(self, explanation: Explanation) -> Iterator[str]:
        """Give what decided about amounts; of other values the steps tell it."""
        if explanation["currency"] is None:
            return
        seen = {one["at"] for one in (*explanation["addends"], *explanation["left_out"])}
        for step in _ends(explanation["steps"]):
            element = step["element"]
            if element is None or element["source"] == "param":
                continue
            if element["at"] not in seen and _matters(step):
                seen.add(element["at"])
                yield self.cite(f"    {_end_text(step, element)}", step["rule"])

    def _parameters(self, explanation: Explanation) -> Iterator[str]:
        """Give the parameters that took part, once each."""
        seen = set()
        for step in _ends(explanation["steps"]):
            element = step["element"]
            if element is not None and element["source"] == "param" and step["name"] not in seen:
                seen.add(step["name"])
                text = f"    {step['name']}  {_value_text(step)}: {step['says']}"
                yield self.cite(text, step["rule"])

    def _call(self, explanation: Explanation) -> Iterator[str]:
        call = explanation["call"]
        if call is not None:
            text = f"    {call['name']} is {call['value']}: {printable(call['says'])}"
            yield self.cite(text, call["rule"])
            yield self.paint(f"    more: --field {call['name']}", "dim")

    def cite(self, text: str, rule: str) -> str:
        """Give a line, or what it takes of them, with the mapping's line that it rests on."""
        margin = " " * (len(text) - len(text.lstrip()) + 6)
        lines = wrap(
            f"{text}  {rule}".rstrip(),
            _WIDTH,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
        if rule and lines[-1].endswith(rule):
            lines[-1] = lines[-1].removesuffix(rule) + self.paint(rule, "dim")
        return "\n".join(lines)


class _Tree:
    """The steps below one another; what comes up again is not drawn again."""

    def __init__(self, text: ExplanationText, explanation: Explanation) -> None:
        self._text = text
        self._steps = explanation["steps"]
        self._is_sum = explanation["currency"] is not None
        self._drawn: set[tuple[str, str]] = set()
        self._said: set[tuple[str, str]] = set()

    def lines(self) -> Iterator[str]:
        """Give the lines of the tree."""
        yield from self._step(self._steps, 2)

    def _step(self, step: Step, depth: int) -> Iterator[str]:
        """Draw a step and what is below it; of a sum, only what is not zero."""
        element = step["element"]
        margin = "  " * depth
        line = _end_text(step, element) if element is not None else self._step_text(step)
        key = (step["name"], _first_place(step))
        below = list(self._below(step))
        if below and key in self._drawn:
            yield f"{margin}{_value_text(step)}  {step['name']}, as above"
            return
        if not self._is_sum and _is_sum(step):
            yield self._text.cite(f"{margin}{line}; more: --field {step['name']}", step["rule"])
            return
        self._drawn.add(key)
        yield self._text.cite(margin + line, step["rule"])
        for one in below:
            yield from self._step(one, depth + 1)

    def _step_text(self, step: Step) -> str:
        """Tell a step, and what it is about once."""
        told = (step["name"], step["says"])
        says = "" if told in self._said or not step["says"] else f": {printable(step['says'])}"
        self._said.add(told)
        return f"{_value_text(step)}  {step['name']}{says}"

    def _below(self, step: Step) -> Iterator[Step]:
        for part in step["parts"]:
            if part["amount"] is None or Decimal(part["amount"]):
                yield part
        # What decides about amounts is listed after the tree, so that the sums stay in sight; so
        # are parameters, of which one can stand behind many steps.
        for one in step["looked_at"] if not self._is_sum else ():
            if one["element"] is None or one["element"]["source"] != "param":
                yield one


def _is_sum(step: Step) -> bool:
    return any(part["amount"] is not None for part in step["parts"])


def _value_text(step: Step) -> str:
    value = step["amount"] if step["amount"] is not None else step["value"]
    return printable(value or _NOTHING)


def _end_text(step: Step, element: Element) -> str:
    """Tell an end of the way back: its value, its place, and whether it mattered."""
    at = printable(element["at"])
    name = "" if step["name"] in ("", element["at"]) else f"{step['name']} at "
    says = f": {printable(step['says'])}" if step["says"] else ""
    idle = " (made no difference)" if element["made_difference"] is False else ""
    return f"{_value_text(step)}  {name}{at}{says}{idle}"


def _ends(step: Step) -> Iterator[Step]:
    if step["element"] is not None:
        yield step
    for below in (*step["parts"], *step["looked_at"]):
        yield from _ends(below)


def _matters(step: Step) -> bool:
    """Whether an end is worth a line of its own: an amount of nothing is not."""
    return step["amount"] is None or bool(Decimal(step["amount"]))


def _first_place(step: Step) -> str:
    return next((end["element"]["at"] for end in _ends(step) if end["element"] is not None), "")
