"""`read`: one member fetched, tested for its type, and answered for when it is not there."""

from __future__ import annotations

from engine.compiler.context import Context, list_variable, variable
from engine.expressions.calls import Select
from engine.expressions.paths import PathError
from engine.inputs import NUMBERS, Input, Level
from engine.params import zone_of
from engine.runtime.values import MISPLACED, Form

_READERS = {"instant": "read_instant", "email": "read_email", "url": "read_url", "ip": "read_ip"}


def location(context: Context, level: Level, last: str) -> str:
    """Give the expression of a place in the payload: `order_lines[0].refunds[1].amount`."""
    parts: list[str] = []
    literal = ""
    for depth in range(1, len(level) + 1):
        one = context.checked.inputs.lists[".".join(level[:depth])]
        literal += one.path.text + "["
        parts += [repr(literal), f"str(i_{list_variable(level[:depth])})"]
        literal = "]."
    literal = literal + last if last else literal.removesuffix(".")
    return " + ".join([*parts, repr(literal)])


def _or_misplaced(select: Select) -> Select:
    """Let a path that fails on a record, or costs too much on it, give an unknown value."""

    def read(value: object) -> object:
        try:
            return select(value)
        except PathError:
            return MISPLACED

    return read


class ElementReads:
    """Emits the reads of one element, fetching each parent object once."""

    def __init__(self, context: Context, level: Level, element: str) -> None:
        self._context = context
        self._source = context.source
        self._level = level
        self._parents: dict[tuple[str, ...], str] = {(): element}
        self._custom: dict[str, str] = {}

    def emit(self, one: Input) -> None:
        """Emit one read into its variable."""
        self._source.line(f"x = {self._fetch(one)}")
        form: Form = "number" if one.read.type in NUMBERS else "text"
        settle = self._context.settle(one, form, personal=one.personal)
        last = one.path.text if one.path else f"{_list_of(one)}[{one.custom_code}]"
        at = location(self._context, self._level, last)
        answer = settle.format(value="x", at=at)
        if self._context.probed:
            answer = f"answered.setdefault(({one.name!r}, {at}), {answer})"
        self._convert(one, answer)

    def fetch_path(self, steps: tuple[str, ...] | None, select: Select) -> str:
        """Give the expression that fetches a path from this element."""
        if steps:
            return f"{self._parent(steps[:-1])}.get({steps[-1]!r}, ABSENT)"
        chosen = self._source.bind(_or_misplaced(select), "select")
        self._source.line(f"x = {chosen}({self._parents[()]})")
        return "ABSENT if x is None else x"

    def _fetch(self, one: Input) -> str:
        if one.path is not None:
            return self.fetch_path(one.path.steps, one.path.select)
        return f"{self._custom_fields(one)}.get({one.custom_code!r}, ABSENT)"

    def _parent(self, steps: tuple[str, ...]) -> str:
        if steps not in self._parents:
            outer = self._parent(steps[:-1])
            name = f"o_{list_variable(self._level)}_{len(self._parents)}"
            self._source.line(f"{name} = {outer}.get({steps[-1]!r}, ABSENT)")
            with self._source.block(f"if {name}.__class__ is not dict"):
                self._source.line(f"{name} = object_or_marker({name})")
            self._parents[steps] = name
        return self._parents[steps]

    def _custom_fields(self, one: Input) -> str:
        fields = one.custom_list
        if fields is None:
            raise AssertionError(one.name)
        if fields.list not in self._custom:
            name = f"c_{list_variable(self._level)}_{len(self._custom)}"
            entries = f"{self._parents[()]}.get({fields.list!r}, ABSENT)"
            self._source.line(
                f"{name} = index_custom_fields({entries}, {fields.code!r}, {fields.value!r})"
            )
            self._custom[fields.list] = name
        return self._custom[fields.list]

    def _convert(self, one: Input, settle: str) -> None:
        v = variable(one.name)
        kind = one.read.type
        if kind == "money":
            self._convert_money(v, settle)
        elif kind in ("id", "integer", "boolean"):
            test = {
                "id": "x.__class__ is str and is_id(x)",
                # JSON as written here has no longer ones; a path can make them of texts.
                "integer": "x.__class__ is int and -INTEGER_LIMIT < x < INTEGER_LIMIT",
                "boolean": "x is True or x is False",
            }[kind]
            self._source.line(f"{v} = x if {test} else {settle}")
        elif kind == "code":
            codes = self._source.bind(frozenset(one.codes), "codes")
            self._source.line(f"{v} = x if x.__class__ is str and x in {codes} else {settle}")
            if self._context.probed:
                with self._source.block(f"if x.__class__ is str and x in {codes}"):
                    self._source.line(f"taken.add(({one.pointer!r}, 'is ' + x))")
        else:
            self._convert_text(one, v, settle)

    def _convert_text(self, one: Input, v: str, settle: str) -> None:
        kind = one.read.type
        if kind == "text":
            made = "x.strip() or None if x.__class__ is str else None"
        elif kind == "choice":
            words = self._source.bind(dict(one.choices), "choices")
            made = f"{words}.get(x.strip()) if x.__class__ is str else None"
        elif kind == "currency":
            digits = self._source.bind(frozenset(self._context.checked.source.digits), "digits")
            made = f"x if x.__class__ is str and x in {digits} else None"
        elif kind == "day":
            zone = self._source.bind(zone_of(self._zone(one)), "zone")
            made = f"read_day(x, {zone}) if x.__class__ is str else None"
        else:
            made = f"{_READERS[kind]}(x) if x.__class__ is str else None"
        self._source.line(f"{v} = {made}")
        test = f"if {v} is None"
        skipped = one.answers["absent"].kind == one.answers["null"].kind == "skip"
        if skipped and not self._context.probed:
            # What is not there and may be skipped needs no further question.
            test = f"if {v} is None and x is not ABSENT and x is not None"
        with self._source.block(test):
            self._source.line(f"{v} = {settle}")

    def _zone(self, one: Input) -> str:
        zone = str(one.read.zone)
        return str(self._context.checked.params.values[zone[1:]]) if zone[0] == "$" else zone

    def _convert_money(self, v: str, settle: str) -> None:
        with self._source.block("if x.__class__ is float and 0.0 <= x < MONEY_LIMIT"):
            self._source.line(f"{v} = round(x * scale)")
            with self._source.block(f"if {v} / scale != x"):
                self._source.line(f"{v} = {settle}")
        with self._source.block("elif x.__class__ is int and 0 <= x < MONEY_LIMIT"):
            self._source.line(f"{v} = x * scale")
        with self._source.block("else"):
            self._source.line(f"{v} = {settle}")


def _list_of(one: Input) -> str:
    return one.custom_list.list if one.custom_list else ""
