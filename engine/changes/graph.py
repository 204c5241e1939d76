"""What depends on what in one mapping: from everything that leaves it down to its own lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.checked import CheckedSpec
from engine.proof.influence import Influence, names_in
from engine.spec.send import LiteralValue, Objects, Send, Value
from engine.text import Json, Pointer

_BUILT_IN: Mapping[str, tuple[Pointer, ...]] = {
    "person": (("identity", "person"),),
    "address.email": (("identity", "address"),),
    "address.kind": (("identity", "relay"),),
    "contact.status": (("identity", "person_field"),),
    "record.earlier": (("record", "key"),),
    "record.counts": (("lifetime", "only"),),
    "consent.evidence": (("consent", "evidence"),),
}
_PARAM = re.compile(r"param\.[a-z][a-z0-9_]*")
_LIST_KEYS = ("path", "key", "repeated", "conflicting")
_OUTCOMES = ("absent", "null", "blank", "unknown", "missing", "otherwise")


Made = tuple[str, tuple[Pointer, ...], list[str]]
"""A node's name, its own lines, and the names it is made of."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something that the mapping makes: the lines that say how, and the nodes it is made of."""

    own: tuple[Pointer, ...]
    parts: tuple[str, ...]


class Graph:
    """Every node of one mapping by name.

    Names are those of the mapping; what leaves it is `send:NAME` (whether it is sent), `key:NAME`,
    `field:SEND:FIELD`, `to:SEND:INPUT`, `lists:SEND`, `evidence:SEND:PART`, `exception:CODE`.
    """

    def __init__(self, checked: CheckedSpec) -> None:
        self.checked = checked
        self._influence = Influence(checked)
        self.nodes: dict[str, Node] = {}
        for name, own, names in self._made():
            self.nodes[name] = Node(own, (*dict.fromkeys([*names, *self._params_in(own)]),))
        self._add_exceptions()

    def _made(self) -> Iterator[Made]:
        yield from self._inputs()
        yield from self._names()
        yield from self._rules()
        for name, send in self.checked.spec.send.items():
            yield from self._sends(name, send)

    def _inputs(self) -> Iterator[Made]:
        inputs = self.checked.inputs
        for name, one in inputs.reads.items():
            yield name, (one.pointer,), self._lists_above(name)
        for name, walked in inputs.lists.items():
            own = tuple((*walked.pointer, key) for key in (*_LIST_KEYS, *_OUTCOMES))
            yield name, own, self._lists_above(name)
        for name in self.checked.spec.params:
            yield f"${name}", (("params", name),), []
            yield f"param.{name}", (("params", name),), []

    def _lists_above(self, name: str) -> list[str]:
        steps = name.split(".")
        above = (".".join(steps[:depth]) for depth in range(1, len(steps)))
        return [one for one in above if one in self.checked.inputs.lists]

    def _names(self) -> Iterator[Made]:
        spec = self.checked.spec
        for name in spec.money.totals if spec.money is not None else ():
            yield name, (("money", "totals", name),), self._parts(name)
        for name in spec.text:
            yield name, (("text", name),), self._parts(name)
        for name in spec.lifetime.figures if spec.lifetime is not None else ():
            own: tuple[Pointer, ...] = (("lifetime", "figures", name), ("lifetime", "only"))
            yield f"lifetime.{name}", own, self._parts(f"lifetime.{name}")
        for name, pointers in _BUILT_IN.items():
            yield name, pointers, self._parts(name)
        consent: tuple[Pointer, ...] = (("consent", "rows"), ("consent", "facts"))
        for name in ("decision", "status", "may_market"):
            yield f"consent.{name}", consent, self._parts(f"consent.{name}")

    def _parts(self, name: str) -> list[str]:
        return [*self._influence.parts_of(name), *self._lists_above(name)]

    def _rules(self) -> Iterator[Made]:
        """Give what may raise an exception by itself."""
        spec = self.checked.spec
        if spec.money is not None:
            yield "report", (("money", "report"),), []
            for index, one in enumerate(spec.money.must_hold):
                sides = [side for side in one.rule.split(" ")[::2] if side[0].isalpha()]
                yield f"rule:must_hold:{index}", (("money", "must_hold", index),), sides
        if spec.identity is not None:
            person = spec.identity.person.from_
            yield "rule:no_person", (("identity", "no_person"),), [person]
            yield "rule:no_address", (("identity", "no_address"),), ["address.email"]
            yield "rule:keys_disagree", (("identity", "keys_disagree"),), ["contact.status"]
        if spec.consent is not None:
            yield "rule:unknown_status", (("consent", "unknown_status"),), ["contact.status"]
        if spec.lifetime is not None:
            mixed = ["contact.status", "record.counts"]
            yield "rule:mixed_currency", (("lifetime", "mixed_currency"),), mixed
        sends = [f"send:{name}" for name in spec.send]
        yield "rule:nothing_to_send", (("nothing_to_send",),), sends

    def _sends(self, name: str, send: Send) -> Iterator[Made]:
        at: Pointer = ("send", name)
        operation = self.checked.target.operations[send.operation]
        decisive = [*names_in(send.when), *([send.age.of] if send.age is not None else [])]
        if operation.needs is not None:
            decisive.append("contact.status")
        if operation.needs not in (None, "contact_id"):
            decisive += [f"send:{one}" for one in self._creating(name)]
        yield f"send:{name}", ((*at, "when"), (*at, "age"), (*at, "operation")), decisive
        version = self.checked.spec.record.version
        keys = [*send.key, *([version] if version is not None else [])]
        yield f"key:{name}", ((*at, "key"), (*at, "repeat"), ("record",)), keys
        for slot, scalar in send.to.items():
            yield from self._values(f"to:{name}:{slot}", scalar, (*at, "to", slot))
        for field, value in send.fields.items():
            yield from self._values(f"field:{name}:{field}", value, (*at, "fields", field))
        listed = [one for item in send.lists for one in names_in(item.when)]
        yield f"lists:{name}", ((*at, "lists"),), listed
        consent = self.checked.spec.consent
        for part, scalar in consent.evidence.items() if consent and send.evidence else ():
            own: Pointer = ("consent", "evidence", part)
            for node, pointers, names in self._values(f"evidence:{name}:{part}", scalar, own):
                # Who is not subscribed takes no proof along.
                yield node, (*pointers, (*at, "evidence")), [*names, "consent.decision"]

    def _creating(self, name: str) -> Iterator[str]:
        operations = self.checked.target.operations
        for other, send in self.checked.spec.send.items():
            if other != name and operations[send.operation].creates_contact:
                yield other

    def _values(self, node: str, value: Value, at: Pointer) -> Iterator[Made]:
        if isinstance(value, Objects):
            yield f"{node}[]", ((*at, "each"),), [value.each]
            for member, scalar in value.fields.items():
                yield from self._values(f"{node}[].{member}", scalar, (*at, "fields", member))
        elif isinstance(value, LiteralValue):
            yield node, (at,), []
        else:
            yield node, (at,), [value, *self._lists_above(value)]

    def _params_in(self, own: tuple[Pointer, ...]) -> Iterator[str]:
        """Give the parameters that any of the lines mentions."""
        for pointer in own:
            for text in _texts_in(self.checked.document.value_at(pointer)):
                if text.startswith("$"):
                    yield text
                else:
                    yield from _PARAM.findall(text)

    def _add_exceptions(self) -> None:
        """Tie each exception to whatever may raise it."""
        raisers: dict[str, dict[str, None]] = {}
        for name, node in self.nodes.items():
            for pointer in node.own if not name.startswith(("field:", "to:", "evidence:")) else ():
                for text in _texts_in(self.checked.document.value_at(pointer)):
                    code = text.removeprefix("fail ").removeprefix("hold ")
                    if code in self.checked.spec.exceptions:
                        raisers.setdefault(code, {})[name] = None
        for code in self.checked.spec.exceptions:
            own: tuple[Pointer, ...] = (("exceptions", code),)
            self.nodes[f"exception:{code}"] = Node(own, (*raisers.get(code, ()),))


def _texts_in(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts_in(one)
