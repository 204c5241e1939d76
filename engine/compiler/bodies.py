"""Bodies and paths of calls: the target lock's templates filled with the mapping's values."""

from __future__ import annotations

import re

from engine.compiler.conditions import condition_test
from engine.compiler.context import Context, variable
from engine.compiler.texts import text_of
from engine.compiler.watching import watch_condition
from engine.inputs import Level
from engine.spec.condition import When, alternatives_of
from engine.spec.send import LiteralValue, Objects, Scalar, Send, Value

_PLACEHOLDER = re.compile(r"\{([a-z_.]+)\}")
# Parts of a body that are left out as a whole when they are empty.
_OPTIONAL = ("{fields}", "{lists}", "{evidence.")


class BodyMaker:
    """Emits what one send gives to its operation."""

    def __init__(
        self, context: Context, name: str, send: Send, rows: dict[Level, list[str]]
    ) -> None:
        self._context = context
        self._source = context.source
        self._name = name
        self._send = send
        self._rows = rows
        self._operation = context.checked.target.operations[send.operation]

    def path(self) -> str:
        """Give the expression of the path, each value one encoded segment."""
        parts = []
        for index, piece in enumerate(_PLACEHOLDER.split(self._operation.path)):
            parts.append(self._path_piece(piece) if index % 2 else repr(piece))
        return " + ".join(part for part in parts if part != "''")

    def _path_piece(self, slot: str) -> str:
        if slot == "contact_id":
            return "str(contact.id)"
        if slot == "contact":
            return "contact_segments"
        return f"segment({self.scalar(self._send.to[slot])})"

    def emit(self) -> str:
        """Emit the body's parts and give the expression of the whole."""
        if self._send.fields:
            self._emit_fields()
        if self._send.lists:
            self._emit_lists()
        template = self._operation.body
        if not isinstance(template, dict):
            return self._expression(template)
        always = {key: one for key, one in template.items() if not self._is_optional(one)}
        self._source.line(f"body = {self._expression(always)}")
        for key, one in template.items():
            if key not in always:
                self._emit_optional(key, one)
        return "body"

    def _is_optional(self, template: object) -> bool:
        text = str(template)
        return any(mark in text for mark in _OPTIONAL)

    def _emit_optional(self, key: str, template: object) -> None:
        text = str(template)
        if "{evidence." in text:
            if not self._send.evidence:
                return
            # The checker proved that whoever is subscribed has every part of it.
            test = "v_consent__decision == 'add_subscribed'"
        else:
            part = "fields" if "{fields}" in text else "lists"
            if not getattr(self._send, part):
                return
            test = part
        with self._source.block(f"if {test}"):
            self._source.line(f"body[{key!r}] = {self._expression(template)}")

    def _expression(self, template: object) -> str:
        """Give the expression of a body template; a text `{slot}` is the slot's value."""
        if isinstance(template, dict):
            pairs = (f"{key!r}: {self._expression(one)}" for key, one in template.items())
            return "{" + ", ".join(pairs) + "}"
        if isinstance(template, list):
            return "[" + ", ".join(self._expression(one) for one in template) + "]"
        if isinstance(template, str) and (found := _PLACEHOLDER.fullmatch(template)):
            return self._slot(found[1])
        return repr(template)

    def _slot(self, slot: str) -> str:
        if slot in ("fields", "lists"):
            return slot
        if slot == "contact_number":
            return (
                "(contact.id if contact is not None else "
                f"{{'$answer': created + '.{self._context.checked.target.contact.id}'}})"
            )
        if slot.startswith("evidence."):
            consent = self._context.checked.spec.consent
            parts = consent.evidence if consent is not None else {}
            return self.scalar(parts[slot.removeprefix("evidence.")])
        return self.scalar(self._send.to[slot])

    def scalar(self, value: Scalar) -> str:
        """Give the expression of one value as the target takes it: money as an exact number."""
        if isinstance(value, LiteralValue):
            return repr(value.literal)
        if value.startswith("$"):
            return repr(self._context.checked.params.values[value[1:]])
        if self._context.checked.names[value].type == "money":
            return f"{variable(value)} / scale"
        return self._context.outgoing(value, variable(value))

    def _emit_fields(self) -> None:
        if self._operation.fields == "name_values":
            self._emit_name_values()
        else:
            self._emit_members("fields", self._send.fields)

    def _emit_members(self, target: str, fields: dict[str, Value]) -> None:
        """Emit a dict literal of what is always there, then one line per value that may miss."""
        always: list[str] = []
        rest = list(fields.items())
        while (
            rest and isinstance(rest[0][1], str | LiteralValue) and not self._optional(rest[0][1])
        ):
            name, value = rest.pop(0)
            always.append(f"{name!r}: {self._scalar_of(value)}")
        self._source.line(f"{target} = {{{', '.join(always)}}}")
        for name, value in rest:
            if isinstance(value, Objects):
                self._emit_objects(target, name, value)
            elif self._optional(value):
                self._emit_optional_member(target, name, value)
            else:
                self._source.line(f"{target}[{name!r}] = {self._scalar_of(value)}")

    def _scalar_of(self, value: Value) -> str:
        if isinstance(value, Objects):
            raise TypeError("a list of objects is not one value")
        return self.scalar(value)

    def _emit_optional_member(self, target: str, name: str, value: Value) -> None:
        v = variable(str(value))
        made = self._scalar_of(value)
        if self._context.checked.names[str(value)].clearable:
            made = f"None if {v} is CLEAR else {made}"
        with self._source.block(f"if {v} is not None"):
            self._source.line(f"{target}[{name!r}] = {made}")

    def _optional(self, value: Value) -> bool:
        if not isinstance(value, str) or value.startswith("$"):
            return False
        named = self._context.checked.names[value]
        return named.optional or named.clearable

    def _emit_objects(self, target: str, name: str, value: Objects) -> None:
        level = tuple(value.each.split("."))
        kept = "".join(f"{variable(one)}, " for one in self._rows[level])
        self._source.line("objects = []")
        with self._source.block(f"for {kept}in rows_{'__'.join(level)}"):
            self._emit_members("item", dict(value.fields))
            self._source.line("objects.append(item)")
        self._source.line(f"{target}[{name!r}] = objects")

    def _emit_name_values(self) -> None:
        self._source.line("fields = []")
        for name, value in self._send.fields.items():
            text = self._text(value)
            append = f"fields.append({{'name': {name!r}, 'value': {text}}})"
            if self._optional(value):
                with self._source.block(f"if {variable(str(value))} is not None"):
                    self._source.line(append)
            else:
                self._source.line(append)

    def _text(self, value: Value) -> str:
        if isinstance(value, LiteralValue):
            return repr(str(value.literal))
        return self._context.outgoing(str(value), text_of(self._context, str(value)))

    def _emit_lists(self) -> None:
        self._source.line("lists = []")
        for index, item in enumerate(self._send.lists):
            append = f"lists.append({self.scalar(item.add)})"
            if item.when is None:
                self._source.line(append)
                continue
            pointer = ("send", self._name, "lists", index, "when")
            watch_condition(self._context, pointer, item.when)
            with self._source.block(f"if {self._when(item.when)}"):
                self._source.line(append)

    def _when(self, when: When) -> str:
        tests = (condition_test(self._context, one) for one in alternatives_of(when))
        return " or ".join(f"({test})" for test in tests)
