"""What `status` tells, as a person reads it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count, tell_age, tell_seconds
from engine.report.findings import printable
from engine.report.json_text import write_json

STATUS_SCHEMA: Literal["miradot/status.v1"] = "miradot/status.v1"
State = Literal["ok", "late", "stuck", "failed", "never ran"]
_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class SettingDocument(TypedDict):
    """One setting in force."""

    name: Annotated[str, Field(description="The variable that sets it.")]
    value: Annotated[str, Field(description="As text; of a secret, whether it is set.")]
    origin: Literal["default", "environment", "file"]
    file: NotRequired[Annotated[str, Field(description="The file that a secret came from.")]]
    about: Annotated[str, Field(description="What it is for.")]


@with_config(_CLOSED)
class RunView(TypedDict):
    """A run, and how it ended; one that was killed stays `running`."""

    id: str
    kind: str
    state: str
    started_at: str
    ended_at: NotRequired[str]
    note: str


@with_config(_CLOSED)
class WaitingView(TypedDict):
    """How much waits, and since when the oldest of it does."""

    waiting: int
    oldest: NotRequired[str]


@with_config(_CLOSED)
class BlockedView(TypedDict):
    """People whose orders are tried again later; `attempts` is the most of any of them."""

    people: int
    attempts: int
    next_at: NotRequired[str]


@with_config(_CLOSED)
class FlowHealth(TypedDict):
    """How one mapping stands."""

    mapping: str
    state: State
    wrong: Annotated[list[str], Field(description="What is not as it should be, in sentences.")]
    read_at: NotRequired[Annotated[str, Field(description="The last whole read of Mirakl.")]]
    last_run: NotRequired[RunView]
    last_24_hours: Annotated[dict[str, int], Field(description="Versions by how they ended.")]
    events: WaitingView
    batches: WaitingView
    rung: Annotated[int, Field(description="Orders that the doorbell named, to be fetched.")]
    imports: Annotated[WaitingView, Field(description="Imports whose report is awaited.")]
    for_people: Annotated[dict[str, int], Field(description="Open exceptions by owner.")]
    unknown_calls: Annotated[int, Field(description="Calls of which nobody knows the outcome.")]
    blocked: BlockedView


@with_config(_CLOSED)
class TierView(TypedDict):
    """The calls of one tier of one account."""

    account: str
    tier: str
    paused_seconds: Annotated[int, Field(description="0: calls may be made.")]


@with_config(_CLOSED)
class SharedHealth(TypedDict):
    """What all mappings have in common."""

    mirror_read_at: NotRequired[
        Annotated[str, Field(description="The last whole read of the consent mirror.")]
    ]
    tiers: list[TierView]
    deletions: Annotated[int, Field(description="Contacts that Dotdigital still has to delete.")]


@with_config(_CLOSED)
class Health(TypedDict):
    """How things stand, by facts and the clock."""

    at: str
    ok: bool
    flows: list[FlowHealth]
    shared: SharedHealth


@with_config(_CLOSED)
class StatusDocument(TypedDict):
    """How things stand, or with --settings what is in force."""

    schema: Literal["miradot/status.v1"]
    health: NotRequired[Health]
    settings: NotRequired[Annotated[list[SettingDocument], Field(description="With --settings.")]]


def status_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("status.v1", TypeAdapter(StatusDocument))


def render_status(document: StatusDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    lines = _setting_lines(document.get("settings", []))
    health = document.get("health")
    if health is not None:
        lines += [printable(line) for line in _health_lines(health)]
    return "".join(f"{line}\n" for line in lines)


def _health_lines(health: Health) -> Iterator[str]:
    now = health["at"]
    if not health["flows"]:
        yield "NEVER RAN  nothing is in the database yet; start with: miradot sync --once"
        return
    for flow in health["flows"]:
        yield f"{flow['mapping']}  {flow['state'].upper()}"
        yield from (f"  !           {one}" for one in flow["wrong"])
        yield from (f"  {name:<11} {said}" for name, said in _facts(flow, now))
        yield ""
    yield "all together"
    yield from (f"  {name:<11} {said}" for name, said in _shared_facts(health["shared"], now))


def _facts(flow: FlowHealth, now: str) -> Iterator[tuple[str, str]]:
    read = flow.get("read_at")
    yield "Mirakl", f"read whole {tell_age(read, now)} ago" if read else "never read whole"
    if "last_run" in flow:
        yield "last run", _tell_run(flow["last_run"], now)
    ended = flow["last_24_hours"]
    yield "last 24 h", ", ".join(f"{number} {name}" for name, number in ended.items())
    yield "waiting", _tell_waiting(flow, now)
    imports = flow["imports"]
    if imports["waiting"]:
        yield "imports", f"{imports['waiting']} running{_since(imports, now)}"
    blocked = flow["blocked"]
    if blocked["people"]:
        people = count(blocked["people"], "person")
        yield "blocked", f"{people}, up to {count(blocked['attempts'], 'attempt')} so far"
    if flow["unknown_calls"]:
        yield "unknown", f"{count(flow['unknown_calls'], 'call')} nobody knows the outcome of"
    owners = flow["for_people"]
    if owners:
        told = ", ".join(f"{number} {owner}" for owner, number in owners.items())
        yield "for people", f"{told}  (miradot exceptions list)"
    else:
        yield "for people", "nothing"


def _tell_run(run: RunView, now: str) -> str:
    ended = run.get("ended_at")
    if ended is None:
        return f"{run['kind']}, not ended, began {tell_age(run['started_at'], now)} ago"
    return f"{run['kind']}, {run['state']} {tell_age(ended, now)} ago"


def _tell_waiting(flow: FlowHealth, now: str) -> str:
    lanes = (("event", flow["events"]), ("of history", flow["batches"]))
    told = [f"{one['waiting']} {name}{_since(one, now)}" for name, one in lanes if one["waiting"]]
    if flow["rung"]:
        told.append(f"{flow['rung']} to be fetched")
    return ", ".join(told) or "nothing"


def _since(waiting: WaitingView, now: str) -> str:
    oldest = waiting.get("oldest")
    return f", the oldest for {tell_age(oldest, now)}" if oldest else ""


def _shared_facts(shared: SharedHealth, now: str) -> Iterator[tuple[str, str]]:
    read = shared.get("mirror_read_at")
    yield (
        "mirror",
        f"contacts read {tell_age(read, now)} ago"
        if read
        else "not read yet; batches read it before they decide",
    )
    for account, tiers in groupby(shared["tiers"], key=lambda one: one["account"]):
        paused = [
            f"{one['tier']} paused for {tell_seconds(one['paused_seconds'])}"
            for one in tiers
            if one["paused_seconds"]
        ]
        yield "calls", f"{account}: {', '.join(paused) or 'all open'}"
    if shared["deletions"]:
        yield "to delete", f"{count(shared['deletions'], 'contact')} in Dotdigital"


def _setting_lines(settings: Sequence[SettingDocument]) -> list[str]:
    wide = max((len(one["name"]) for one in settings), default=0)
    return [
        f"{one['name']:<{wide}}  {one['origin']:<11}  {printable(_value(one))}" for one in settings
    ]


def _value(setting: SettingDocument) -> str:
    file = setting.get("file")
    return f"{setting['value']}, by {file}" if file else setting["value"]
