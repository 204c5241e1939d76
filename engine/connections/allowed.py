"""What may leave for Dotdigital: exactly what the target lock says, and never a resubscription.

The last gate before the wire. It knows no mapping and trusts no plan: method, path, query and body
of each request are held against the lock's operation, so that a hole further up stops here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import cast
from urllib.parse import unquote

from engine.connections.schemas import BodySchema
from engine.lock import Collection, Operation, TargetLock
from engine.patterns import fits
from engine.runtime.people import segment
from engine.runtime.values import read_email

_SLOT = re.compile(r"\{([a-z_]+)\}")
_NUMBER, _SEGMENT = r"[1-9][0-9]{0,17}", r"[^/?#]+"
_ANSWER, _FORBIDDEN = "$answer", "resubscribe"
_MOST_DEEP, _PATHS_KEPT = 40, 256


class EgressError(ValueError):
    """A request that does not leave; the message names operation and place, never a value."""


@dataclass(frozen=True, slots=True)
class _Form:
    """One operation, ready to be compared."""

    operation: Operation
    path: re.Pattern[str]
    slots: tuple[str, ...]
    body: BodySchema


class Allowed:
    """The requests that a target lock allows."""

    def __init__(self, target: TargetLock) -> None:
        self._target = target
        self._forms = {name: self._form(one) for name, one in target.operations.items()}
        insight = target.insight.collections
        self._records = {name: BodySchema(one.body_schema) for name, one in insight.items()}
        codes = target.email_statuses
        self._marketable = frozenset(one.code for one in codes if one.marketable)
        creations = [one for one in target.operations.values() if one.bulk and one.creates_contact]
        self._bulk_statuses = frozenset((one.bulk or {}).get("only_status") for one in creations)

    def check(
        self, name: str, method: str, path: str, query: Mapping[str, str], body: object
    ) -> Operation:
        """Give the operation that a request is; EgressError when it is anything else."""
        form = self._forms.get(name)
        if form is None:
            raise EgressError(f'there is no operation "{name[:60]}"')
        found = form.path.fullmatch(path)
        if method != form.operation.method:
            why = f"its method is not {form.operation.method}"
        elif found is None or not all(_is_segment(part) for part in path.split("/")[1:]):
            why = f"its path is not {form.operation.path}"
        elif dict(query) != form.operation.query:
            why = "its query is not the one that the lock names"
        else:
            parts = dict(zip(form.slots, map(unquote, found.groups()), strict=True))
            why = _judge_values(body) or self._judge(form, parts, body)
        if why:
            raise EgressError(f"{name}: {why}")
        return form.operation

    def _judge(self, form: _Form, parts: Mapping[str, str], body: object) -> str:
        """Judge a body, given what stands in the path."""
        operation = form.operation
        why = _judge_template(operation.body, body) or form.body.find_misfit(body)
        if why:
            return why
        if "collection" in parts:
            return self._judge_record(parts["collection"], operation.to["collection"].scope, body)
        return self._judge_members(operation, body) if isinstance(body, dict) else ""

    def _judge_members(self, operation: Operation, body: Mapping[str, object]) -> str:
        """Judge a body that is no record: who it creates, and what a bulk holds."""
        if operation.delivery_only and "records" in body:
            return self._judge_records(body)
        if operation.delivery_only and "contacts" in body:
            items = cast("list[dict[str, object]]", body["contacts"])
            return next((why for one in items if (why := self._judge_item(one))), "")
        if operation.creates_contact:
            status = self._status(body)
            if status in self._marketable and not body.get("consentRecords"):
                return "it would subscribe without a consent record"
        return ""

    def _judge_item(self, item: Mapping[str, object]) -> str:
        """Judge one contact of a bulk: found by its number, or made with the one status allowed."""
        known = self._target.contact.id
        match, identifiers = item["matchIdentifier"], cast("dict[str, object]", item["identifiers"])
        if identifiers.keys() != {match}:
            return "a contact of it is not named by what it is found by, and by that alone"
        if match == known:
            if not _is_number(identifiers[known]):
                return f"a contact of it has no {known}"
            return "it states a status on update" if "channelProperties" in item else ""
        if read_email(identifiers["email"]) != identifiers["email"]:
            return "a contact of it has no address"
        if self._status(item) not in self._bulk_statuses:
            return "it may create a contact without the one status that bulk creation has"
        return ""

    def _status(self, holder: Mapping[str, object]) -> object:
        form = self._target.contact
        channels = holder.get(form.channels)
        channel = channels.get(form.channel) if isinstance(channels, dict) else None
        return channel.get(form.channel_status) if isinstance(channel, dict) else None

    def _judge_records(self, body: Mapping[str, object]) -> str:
        """Judge a bulk of records: a known collection, as it is known, every record in its form."""
        name = str(body["collectionName"])
        known = self._target.collection(name)
        if known is None:
            return "its collection is not in the lock"
        if (body["collectionScope"], body["collectionType"]) != (known.scope, known.type):
            return "the scope or type of its collection is another one"
        for record in cast("list[dict[str, object]]", body["records"]):
            if (known.scope == "contact") != ("contactIdentity" in record):
                return "a record of it has no owner, or has one that it cannot have"
            if not self._is_owner(record.get("contactIdentity")):
                return "the owner of a record of it can be nobody"
            if why := self._judge_record(name, known.scope, record["json"]):
                return why
        return ""

    def _is_owner(self, identity: object) -> bool:
        """Say whether a contact can be named so; a record of the account names none."""
        if not isinstance(identity, dict):
            return True
        value: object = identity["value"]
        if identity["identifier"] == self._target.contact.id:
            return _is_number(value)
        return read_email(value) == value

    def _judge_record(self, name: str, scope: str | None, record: object) -> str:
        insight = self._target.insight
        if name in insight.own_collections or not fits(insight.collection_name, name):
            return "its collection is not one to write to"
        known = self._target.collection(name)
        if known is None:
            return ""
        if known.scope != scope:
            return f"its collection is one of the {known.scope}"
        return self._records[self._name_of(known)].find_misfit(record)

    def _name_of(self, known: Collection) -> str:
        found = self._target.insight.collections.items()
        return next(name for name, one in found if one is known)

    def _form(self, operation: Operation) -> _Form:
        contact = self._target.contact
        by = (contact.known_as.format(id=_NUMBER), contact.addressed_as.format(address=_SEGMENT))
        pattern, slots = _compile_path(operation.path, "|".join(by))
        return _Form(operation, pattern, slots, BodySchema(operation.body_schema))


@lru_cache(_PATHS_KEPT)
def _compile_path(path: str, contact: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Make an operation's path a pattern: numbers, contacts and single segments."""
    shapes = {"contact_id": f"({_NUMBER})", "contact": f"({contact})"}
    pieces = _SLOT.split(path)
    pattern = "".join(
        shapes.get(piece, f"({_SEGMENT})") if index % 2 else re.escape(piece)
        for index, piece in enumerate(pieces)
    )
    return re.compile(pattern), tuple(pieces[1::2])


def _is_number(value: object) -> bool:
    """Say whether a value can be the number of a contact."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_segment(text: str) -> bool:
    """Say whether a path's part is one segment, encoded the one way there is, and leads down."""
    value = unquote(text)
    return value not in ("", ".", "..") and segment(value) == text and value.isprintable()


def _judge_values(body: object) -> str:
    """Judge every member and value, however deep: nothing unresolved, nothing that resubscribes."""
    waiting = [(body, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > _MOST_DEEP:
            return "its body nests too deeply"
        if isinstance(one, dict):
            if why := next((why for key in one if (why := _judge_name(key))), ""):
                return why
            waiting += [(member, depth + 1) for member in one.values()]
        elif isinstance(one, list):
            waiting += [(element, depth + 1) for element in one]
        elif not _is_value(one):
            return "its body holds what JSON cannot"
    return ""


def _judge_name(key: object) -> str:
    if not isinstance(key, str):
        return "a member of its body has no name"
    if key == _ANSWER:
        return "its body waits for the answer to another call"
    return "its body would resubscribe" if key.casefold().startswith(_FORBIDDEN) else ""


def _is_value(one: object) -> bool:
    if isinstance(one, float):
        return isfinite(one)
    return one is None or isinstance(one, str | int)


def _judge_template(template: object, body: object) -> str:
    """Judge the members that a body may have, and those whose value the lock itself gives."""
    if not isinstance(template, dict):
        return ""
    if not isinstance(body, dict) or not body.keys() <= template.keys():
        return "its body holds what the operation does not take"
    for key, one in template.items():
        fixed = isinstance(one, str) and "{" not in one
        if fixed and body.get(key) != one:
            return f"its {key} is not the lock's"
    return ""
