"""The fields of a call's body by name, as the operation's template places them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine.checked import CheckedSpec
from engine.lock import Operation
from engine.plan import Call
from engine.spec.send import Objects, Send, Value

Steps = tuple[str | int, ...]
_SLOT = re.compile(r"\{([a-z_.]+)\}")
_MISSING = object()


class SendFields:
    """Reads bodies of either version; a field is named `NODE|label`, the node being the graph's."""

    def __init__(self, old: CheckedSpec, new: CheckedSpec) -> None:
        self._sides: Mapping[str, Mapping[str, _SendReader]] = {
            "old": _readers(old),
            "new": _readers(new),
        }
        # An amount keeps being one where either version says so.
        self._money = frozenset([*_money_nodes(old), *_money_nodes(new)])
        self.marketing_lists = {**_marketing_lists(old), **_marketing_lists(new)}

    def read(self, side: str, call: Call) -> dict[str, object]:
        """Give the fields of a body that the `old` or the `new` version made."""
        reader = self._sides[side].get(call["send"])
        return reader.read(call["body"]) if reader is not None else {}

    def identity_of(self, side: str, call: Call) -> str:
        """Give what tells a call from others, without a version that its content stands for."""
        reader = self._sides[side].get(call["send"])
        by_content = reader is not None and reader.by_content
        return call["id"].rpartition("@")[0] if by_content else call["id"]

    def inputs_of(self, send: str) -> tuple[str, ...]:
        """Give the nodes of a send's own inputs, from which its path is made."""
        slots = dict.fromkeys(
            slot for side in self._sides.values() if send in side for slot in side[send].inputs
        )
        return tuple(f"to:{send}:{slot}" for slot in slots)

    def status_of(self, send: str) -> str:
        """Give the field in which a send states a contact's status, '' when it has none."""
        readers = (side[send] for side in self._sides.values() if send in side)
        return next((one.status for one in readers if one.status), "")

    def is_money(self, node: str) -> bool:
        """Whether a field holds an amount."""
        return node in self._money


class _SendReader:
    def __init__(self, name: str, send: Send, operation: Operation, *, by_content: bool) -> None:
        self._name = name
        self.by_content = by_content
        self.inputs = tuple(send.to)
        slots = (slot for slot, one in operation.to.items() if one.type == "status")
        self.status = next((f"to:{name}:{slot}|{slot}" for slot in slots), "")
        self._slots = list(_slots(operation.body, ()))
        self._objects = {key for key, value in send.fields.items() if isinstance(value, Objects)}

    def read(self, body: object) -> dict[str, object]:
        found: dict[str, object] = {}
        for slot, steps in self._slots:
            value = _at(body, steps)
            if value is _MISSING:
                continue
            if slot == "fields":
                found.update(self._fields(value))
            elif slot == "lists":
                found[f"lists:{self._name}|lists"] = value
            elif slot.startswith("evidence."):
                part = slot.removeprefix("evidence.")
                found[f"evidence:{self._name}:{part}|{part}"] = value
            else:
                found[f"to:{self._name}:{slot}|{slot}"] = value
        return found

    def _fields(self, value: object) -> Iterator[tuple[str, object]]:
        head = f"field:{self._name}:"
        if isinstance(value, list):
            yield from ((f"{head}{one['name']}|{one['name']}", one["value"]) for one in value)
        for name, one in value.items() if isinstance(value, dict) else ():
            if name in self._objects and isinstance(one, list):
                yield from self._members(f"{name}[]", one)
            else:
                yield f"{head}{name}|{name}", one

    def _members(self, name: str, objects: list[dict[str, object]]) -> Iterator[tuple[str, object]]:
        head = f"field:{self._name}:{name}"
        yield f"{head}|{name}", len(objects)
        for member in dict.fromkeys(key for one in objects for key in one):
            yield f"{head}.{member}|{name}.{member}", [one.get(member) for one in objects]


def _readers(checked: CheckedSpec) -> dict[str, _SendReader]:
    operations = checked.target.operations
    return {
        name: _SendReader(
            name,
            send,
            operations[send.operation],
            by_content=send.repeat == "each_version" and checked.spec.record.version is None,
        )
        for name, send in checked.spec.send.items()
    }


def _slots(template: object, at: Steps) -> Iterator[tuple[str, Steps]]:
    if isinstance(template, dict):
        for key, one in template.items():
            yield from _slots(one, (*at, key))
    elif isinstance(template, list):
        for index, one in enumerate(template):
            yield from _slots(one, (*at, index))
    elif isinstance(template, str) and (found := _SLOT.fullmatch(template)):
        yield found[1], at


def _at(body: object, steps: Steps) -> object:
    for step in steps:
        if isinstance(body, list):
            body = dict(enumerate(body))
        if not isinstance(body, dict) or step not in body:
            return _MISSING
        body = body[step]
    return body


def _money_nodes(checked: CheckedSpec) -> Iterator[str]:
    def walk(node: str, value: Value) -> Iterator[str]:
        if isinstance(value, Objects):
            for member, one in value.fields.items():
                yield from walk(f"{node}[].{member}", one)
        elif isinstance(value, str) and checked.names[value].type == "money":
            yield node

    for name, send in checked.spec.send.items():
        for field, value in send.fields.items():
            yield from walk(f"field:{name}:{field}", value)


def _marketing_lists(checked: CheckedSpec) -> dict[object, str]:
    """Give the parameters that name marketing lists, by their values."""
    return {
        checked.params.values[name]: name
        for name, param in checked.spec.params.items()
        if param.type == "list_id" and param.purpose == "marketing"
    }
