"""What every part of the compiler shares: the checked spec, the source, and how names are spelt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from engine.checked import CheckedSpec
from engine.compiler.source import Source
from engine.expressions.templates import compile_template
from engine.inputs import Answer, Case, Input, Level, ListInput, used_value
from engine.runtime.values import CLEAR, Fault, Form, make_settle, note_case
from engine.spec.read import ValueType
from engine.text import Pointer

Say = Callable[[Mapping[str, str]], str]


@dataclass(slots=True)
class Context:
    """One compilation; with `masked`, personal values are masked where they leave in calls.

    With `probed`, the function also leaves behind its values, and notes which way it took: tests
    and explanations look at both.
    """

    checked: CheckedSpec
    source: Source
    masked: bool
    probed: bool = False
    _faults: dict[tuple[str, Pointer], Fault] = field(default_factory=dict)
    _says: dict[str, Say] = field(default_factory=dict)

    def fault(self, code: str, pointer: Pointer) -> Fault:
        """Give the exception `code` as raised by the line at `pointer`."""
        key = (code, pointer)
        if key not in self._faults:
            rule = self.checked.spec.exceptions[code]
            self._faults[key] = Fault(
                code=code,
                level=rule.level,
                owner=rule.owner,
                retry=rule.retry,
                rule=self.checked.line_of(pointer),
                say=self._say(code, rule.say),
            )
        return self._faults[key]

    def answer(self, answer: Answer, kind: ValueType | None, pointer: Pointer) -> object:
        """Give what stands for a value that is not there: a fault, nothing, a clear, a value."""
        if answer.kind == "fail":
            return self.fault(answer.word, pointer)
        if answer.kind == "use":
            return used_value(answer.word, kind)
        return CLEAR if answer.kind == "clear" else None

    def answers(
        self, answers: Mapping[Case, Answer], kind: ValueType | None, pointer: Pointer
    ) -> dict[Case, object]:
        """Give the answer to each case."""
        return {case: self.answer(one, kind, pointer) for case, one in answers.items()}

    def settle(self, one: Input | ListInput, form: Form, *, personal: bool) -> str:
        """Bind what answers for a missing value; gives the call, with `{at}` left to be filled."""
        kind = one.read.type if isinstance(one, Input) else None
        made = make_settle(self.answers(one.answers, kind, one.pointer), form, personal=personal)
        if not self.probed:
            return f"{self.source.bind(made, 'settle')}({{value}}, {{at}}, raised)"
        noting = note_case(made, form, one.pointer)
        return f"{self.source.bind(noting, 'settle')}({{value}}, {{at}}, raised, taken)"

    def note(self, pointer: Pointer, way: str) -> None:
        """Emit, in a probed function, that `way` was taken at a part of the mapping."""
        if self.probed:
            self.source.line(f"taken.add({(pointer, way)!r})")

    def outgoing(self, name: str, expression: str) -> str:
        """Give the expression of a value as it leaves in a call."""
        if self.masked and self.checked.names[name].personal:
            return f"mask({expression})"
        return expression

    def is_there(self, name: str) -> str:
        """Give the test that a value is there: neither left out nor to be cleared."""
        v = variable(name)
        cleared = f" and {v} is not CLEAR" if self.checked.names[name].clearable else ""
        return f"{v} is not None{cleared}"

    def _say(self, code: str, text: str) -> Say:
        if code not in self._says:
            expression = compile_template(text).source(lambda name: f"values[{name!r}]")
            self._says[code] = evaluate_say(expression)
        return self._says[code]


def evaluate_say(expression: str) -> Say:
    """Turn the expression of a sentence into a function of its values."""
    # The expression was made by our own template compiler from an allow-listed tree.
    return eval(f"lambda values: {expression}", {"__builtins__": {"str": str}})  # type: ignore[no-any-return]  # noqa: S307


def variable(name: str) -> str:
    """Give the local variable that holds a name: `lines.total` is `v_lines__total`."""
    return "v_" + name.replace(".", "__").replace("$", "param_")


def list_variable(level: Level) -> str:
    """Give the part of a variable name that tells one list from another."""
    return "__".join(level)


def joined(parts: Iterable[str]) -> str:
    """Give an expression that joins text expressions."""
    return " + ".join(parts) or "''"
