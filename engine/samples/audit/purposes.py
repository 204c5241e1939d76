"""Purposes: what a mapping's fields are for, from what its calls do in the target lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from engine.checked import CheckedSpec
from engine.inputs import Input
from engine.proof.influence import Influence
from engine.proof.targets import TargetField, list_targets
from engine.samples.audit.document import FieldView, PurposeView
from engine.spec.send import LiteralValue, Send

PROOF = "Proof of consent"
JOURNEYS = "Journeys"
PRODUCTS = "Product blocks and revenue"
SEGMENTS = "Segments and personal texts"
_SECTIONS = {
    "identity": "Knowing the person",
    "consent": "The consent decision",
    "money": "Exact money",
}
_ENOUGH = 95


def purposes_of_inputs(checked: CheckedSpec) -> dict[str, list[str]]:
    """Give, by the name of each read, the purposes that take it."""
    influence, found = Influence(checked), dict[str, list[str]]()
    identity = checked.spec.identity
    addresses = frozenset(identity.address if identity is not None else ())
    for target in list_targets(checked):
        purpose = _purpose(checked, target)
        if not purpose:
            continue
        # That a lifetime is found by a contact, and so by an address, makes it no figure of it.
        found_by = addresses if purpose in (SEGMENTS, PRODUCTS) else frozenset()
        for name in influence.of(*target.names):
            if name in found_by:
                continue
            known = found.setdefault(name, [])
            if purpose not in known:
                known.append(purpose)
    return found


def sum_up(fields: Iterable[FieldView]) -> Iterator[PurposeView]:
    """Give for each purpose how well what it takes is filled, in the order they come up."""
    given = list(fields)
    for purpose in dict.fromkeys(one for field in given for one in field["serves"]):
        own = [field for field in given if purpose in field["serves"]]
        names = partial(_names, own)
        yield {
            "purpose": purpose,
            "fields": len(own),
            "full": names("full"),
            "part": names("part"),
            "never": names("never"),
            "unseen": names("unseen"),
        }


def standing_of(field: FieldView) -> str:
    """Say how a field stands: full, part, never, or unseen."""
    if not field["seen"]:
        return "unseen"
    if field["stands_in"]:
        return "full"
    if not field["filled"]:
        return "never"
    return "full" if field["filled"] * 100 >= field["seen"] * _ENOUGH else "part"


def inputs_in_order(checked: CheckedSpec) -> list[Input]:
    """Give the reads, the record's own first, as the mapping has them."""
    return sorted(checked.inputs.reads.values(), key=lambda one: len(one.level))


def _names(fields: list[FieldView], standing: str) -> list[str]:
    return [field["name"] for field in fields if standing_of(field) == standing]


def _purpose(checked: CheckedSpec, target: TargetField) -> str:
    send = checked.spec.send.get(target.part)
    if send is None:
        return _SECTIONS.get(target.part, "")
    if checked.target.operations[send.operation].reaches_people == "marketing":
        return JOURNEYS
    if not target.is_value:
        return ""
    kind = checked.target.operations[send.operation].fields
    if kind == "data_fields" and "to" in target.pointer:
        # Whom a call is about, and how they stand: told by other purposes.
        return ""
    if target.name.startswith("evidence "):
        return PROOF
    return {"data_fields": SEGMENTS, "record": _record(checked, send)}.get(kind, "")


def _record(checked: CheckedSpec, send: Send) -> str:
    """Say what a record is for, by the collection that it goes to."""
    told = send.to.get("collection")
    name = str(told.literal) if isinstance(told, LiteralValue) else ""
    collection = checked.target.collection(name)
    if collection is not None and collection.type == "orders":
        return PRODUCTS
    return f"Segments by {name}" if name else "Segments by records"
