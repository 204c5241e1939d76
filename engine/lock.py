"""The two locked ends: what the source can give, and what the target takes.

A lock is a JSON file in `schemas/`. The engine knows neither Mirakl nor Dotdigital: names, types,
code lists, personal-data marks, operations and statuses all come from these files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from engine.nearest import suggest
from engine.resources import read_schema, schemas_folder

# Where a member stands in the payload, from the record down: the names of members, lists as well.
# Empty for what is not reached by members alone.
Address = tuple[str, ...]


class LockError(ValueError):
    """A lock that a mapping names does not exist here, or has moved on to another version."""


@dataclass(frozen=True, slots=True)
class CustomFields:
    """Where an operator's custom fields stand: a list of objects with a code and a value."""

    list: str
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class AmountMark:
    """What the source lock says of an amount (`x-amount`); an empty text: nothing is said.

    `kind`: `listed` (as the shop shows it), `tax`, `unit` (of one piece), `included` (already in
    another), `commission` or `purchase` (between shop and platform). `part`: `goods`, `delivery`,
    `fee` or `all` of them. `moment`: `cancelled` or `refunded`, else what is due now.
    """

    kind: str = ""
    part: str = ""
    moment: str = ""

    def within(self, outer: AmountMark) -> AmountMark:
        """Give the mark as it stands inside a list with a mark of its own."""
        return AmountMark(
            self.kind or outer.kind, self.part or outer.part, self.moment or outer.moment
        )


NO_MARK = AmountMark()


def amount_mark(node: Mapping[str, object] | None) -> AmountMark:
    """Give the mark of a schema node."""
    mark = (node or {}).get("x-amount")
    return AmountMark(**mark) if isinstance(mark, dict) else NO_MARK


@dataclass(frozen=True, slots=True)
class SourceLock:
    """What one record of the source may hold; `schema` is a JSON Schema with our marks.

    `relay_domains` are the domains of the addresses by which the source stands in for people's own.
    """

    name: str
    version: str
    envelope: str
    schema: Mapping[str, object]
    custom_fields: Mapping[str, CustomFields]
    digits: Mapping[str, int] = field(repr=False)
    relay_domains: tuple[str, ...] = ()


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Status(_Frozen):
    """One e-mail status of the target."""

    code: str
    meaning: str
    may_write: bool
    marketable: bool
    erased: bool


class Slot(_Frozen):
    """One input of an operation."""

    type: Literal["email", "status", "text", "id", "programme_id", "campaign_id"]
    required: bool
    scope: Literal["contact", "account"] | None = None


class EvidencePart(_Frozen):
    """One part of a consent record: `shown` by the shop, so the same for many, or `given` by each.

    `type` is how it is read.
    """

    known: Literal["shown", "given"]
    type: Literal["text", "instant", "url", "ip"]


class Operation(_Frozen):
    """One operation of the target, as data: where it goes, what it takes, what it may do.

    `evidence` names the parts of a consent record.
    """

    title: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    query: dict[str, str] = Field(default_factory=dict)
    lane: Literal["event", "batch"]
    tier: str
    idempotent: bool
    creates_contact: bool
    states_status: bool
    needs: Literal["contact", "contact_id", "contact_number"] | None = None
    reaches_people: Literal["marketing", "service"] | None = None
    delivery_only: bool = False
    to: dict[str, Slot]
    fields: Literal["data_fields", "record", "name_values", "none"]
    lists: bool
    evidence: dict[str, EvidencePart]
    body: object
    body_schema: dict[str, object]
    bulk: dict[str, str] | None = None


class RateTier(_Frozen):
    """How many calls the target takes in a time, all calls of a tier together; None: no limit.

    `basis` says in words where the limit is known from: accounts have limits of their own.
    """

    calls: int | None
    seconds: int | None
    basis: str


class ContactAnswer(_Frozen):
    """How the target answers about a contact: the members that hold what we need.

    `known_as` and `addressed_as` are the path segments by which calls name a contact.
    """

    id: str
    email: str
    fields: str
    channels: str
    channel: str
    channel_status: str
    overall_status: str
    without_channel: str
    known_as: str
    addressed_as: str


class Collection(_Frozen):
    """A known Insight collection, or a family of them by `prefix`."""

    scope: Literal["contact", "account"]
    type: str
    prefix: bool = False
    body_schema: dict[str, object]


class Insight(_Frozen):
    """The rules of Insight data; `own_collections` are kept by the target itself."""

    field_name: str
    collection_name: str
    rules: list[str]
    own_collections: list[str]
    collections: dict[str, Collection]


class TargetLock(BaseModel):
    """What the target takes; `own_fields` are data fields that it keeps itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    name: str
    version: str
    contact: ContactAnswer
    email_statuses: list[Status]
    no_contact: str
    creation_without_status: str
    built_in_fields: dict[str, Literal["String", "Numeric", "Date", "Boolean"]]
    own_fields: list[str]
    insight: Insight
    limits: dict[str, int]
    rate_tiers: dict[str, RateTier]
    operations: dict[str, Operation]

    @property
    def creating(self) -> list[str]:
        """The operations that create a contact."""
        return [name for name, one in self.operations.items() if one.creates_contact]

    @property
    def updating(self) -> list[str]:
        """The operations that write into a contact which is found by its number."""
        return [name for name, one in self.operations.items() if one.needs == "contact_id"]

    def collection(self, name: str) -> Collection | None:
        """Give what is known of a collection, by its name or its prefix."""
        for known, collection in self.insight.collections.items():
            if name == known or (collection.prefix and name.startswith(known)):
                return collection
        return None

    def spelling(self, name: str) -> str | None:
        """Give a collection's name as it is known, capitals and small letters aside."""
        for known, collection in self.insight.collections.items():
            if name.casefold() == known.casefold():
                return known
            if collection.prefix and name.casefold().startswith(known.casefold()):
                return known + name[len(known) :]
        return None


@cache
def load_source(reference: str) -> SourceLock:
    """Give the source lock `name@version`; raises LockError when it is not the one shipped."""
    schema = _read_lock(reference, _file_of(reference))
    if "x-lock" not in schema:
        raise LockError(f'"{reference}" is not a source')
    mark = cast("dict[str, object]", schema["x-lock"])
    _check_version(reference, str(mark["name"]), str(mark["version"]))
    currencies = read_schema(str(mark["currencies"]))
    fields = cast("dict[str, dict[str, str]]", mark.get("custom_fields", {}))
    return SourceLock(
        name=str(mark["name"]),
        version=str(mark["version"]),
        envelope=str(mark["envelope"]),
        schema=schema,
        custom_fields={at: CustomFields(**place) for at, place in fields.items()},
        digits=cast("dict[str, int]", currencies["digits"]),
        relay_domains=tuple(cast("list[str]", mark.get("relay_domains", []))),
    )


def load_shipped_source(name: str) -> SourceLock:
    """Give the source lock shipped under a name, in whatever version; LockError without one."""
    mark = cast("dict[str, object]", _read_lock(name, _file_of(name)).get("x-lock", {}))
    return load_source(f"{name}@{mark.get('version', '')}")


@cache
def load_target(reference: str) -> TargetLock:
    """Give the target lock `name@version`; raises LockError when it is not the one shipped."""
    name = reference.partition("@")[0]
    lock = TargetLock.model_validate(_read_lock(reference, f"{name}/target.json"))
    _check_version(reference, lock.name, lock.version)
    return lock


def load_shipped_target(name: str) -> TargetLock:
    """Give the target lock shipped under a name, in whatever version; LockError without one."""
    version = _read_lock(name, f"{name}/target.json").get("version", "")
    return load_target(f"{name}@{version}")


def _file_of(reference: str) -> str:
    return f"{reference.partition('@')[0].replace('.', '/')}.json"


def _read_lock(reference: str, file: str) -> dict[str, object]:
    """Read a lock by the file its name means: `mirakl.order` is `mirakl/order.json`."""
    try:
        return read_schema(file)
    except KeyError:
        name = reference.partition("@")[0]
        raise LockError(f'there is no lock "{name}"{suggest(name, list_locks())}') from None


def list_locks() -> list[str]:
    """Give the names of all locks: a folder in `schemas/` for each vendor."""
    names = []
    for path in sorted(schemas_folder().glob("*/*.json")):
        vendor, name = path.parent.name, path.stem
        names.append(vendor if name == "target" else f"{vendor}.{name}")
    return names


def _check_version(reference: str, name: str, version: str) -> None:
    if reference != f"{name}@{version}":
        raise LockError(
            f'the lock is "{name}@{version}", the mapping was written for "{reference}"'
        )
