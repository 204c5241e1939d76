"""A view of one trace: what every explaining function is given, and asks its own questions of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.checked import CheckedSpec
from engine.provenance.explanation import Element, LeftOutPart, Step
from engine.provenance.trace import Indexes, Trace
from engine.runtime.people import mask
from engine.runtime.values import CLEAR, Marker
from engine.spec.condition import Condition
from engine.text import Pointer

CLEARED = "(cleared)"


@dataclass(frozen=True, slots=True)
class View:
    """One trace, explained by `makers`; with `masked`, personal values are masked.

    `origins` remembers which input each element of the record was named for.
    """

    trace: Trace
    masked: bool
    makers: tuple[Maker, ...]
    origins: dict[str, tuple[str, Indexes]] = field(default_factory=dict)
    _rules: dict[Pointer, str] = field(default_factory=dict)

    @property
    def checked(self) -> CheckedSpec:
        """The mapping."""
        return self.trace.checked

    def of(self, name: str, indexes: Indexes = ()) -> Step:
        """Explain the value of a name."""
        for maker in self.makers:
            step = maker(self, name, indexes)
            if step is not None:
                return step
        raise AssertionError(name)

    def all_of(self, names: Iterable[str], indexes: Indexes = ()) -> list[Step]:
        """Explain the values of several names, each once."""
        return [self.of(name, indexes) for name in dict.fromkeys(names)]

    def added(self, name: str, indexes: Indexes, sign: str = "+") -> Step:
        """Explain an amount that is added to another, or with the sign `-` taken off it."""
        minor = self.trace.minor(name, indexes)
        amount = self.trace.decimal(-minor if sign == "-" else minor)
        return {**self.of(name, indexes), "amount": amount}

    def shown(self, name: str, value: object) -> str | None:
        """Give a value of a name as text, masked when it is personal."""
        named = self.checked.names[name]
        if value is None or isinstance(value, Marker):
            return CLEARED if value is CLEAR else None
        if named.type == "money" and isinstance(value, int):
            return self.trace.decimal(value)
        # The words of a choice are the mapping's own; what the person wrote is not shown.
        is_personal = named.personal and named.type != "choice"
        return self.masked_text(value) if is_personal else as_text(value)

    def masked_text(self, value: object) -> str:
        """Give a personal value as text, masked unless personal data is shown."""
        return as_text(mask(value) if self.masked else value)

    def rule(self, pointer: Pointer) -> str:
        """Give `file:line` of a part of the mapping."""
        if pointer not in self._rules:
            self._rules[pointer] = self.checked.line_of(pointer)
        return self._rules[pointer]

    def conditions(self, conditions: Iterable[Condition], indexes: Indexes = ()) -> list[Step]:
        """Explain everything that conditions look at, each once."""
        steps: list[Step] = []
        for name, cell in dict.fromkeys(
            (name, cell if isinstance(cell, str) else None)
            for condition in conditions
            for name, cell in condition.items()
        ):
            steps.append(self.of(name, indexes))
            if cell is not None and cell.startswith("$"):
                steps.append(self.of(cell))
        return steps


Maker = Callable[[View, str, Indexes], Step | None]


def as_text(value: object) -> str:
    """Give any value as text: truth values and lists as the mapping writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def make_step(name: str, value: str | None, says: str, rule: str) -> Step:
    """Give a step that nothing is below of."""
    return {
        "name": name,
        "value": value,
        "amount": None,
        "says": says,
        "rule": rule,
        "element": None,
        "parts": [],
        "looked_at": [],
        "left_out": [],
    }


def make_end(element: Element, says: str, rule: str) -> Step:
    """Give the step at which the way back ends: something from outside."""
    return {**make_step(element["name"], element["value"], says, rule), "element": element}


def leave_out(at: str, value: str | None, because: str, rule: str) -> LeftOutPart:
    """Give something that does not count, with the reason."""
    return {"at": at, "value": value, "because": because, "rule": rule}
