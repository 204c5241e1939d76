"""What a backfill would do, or did, as a person reads it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.changes.cost import CostView
from engine.published import publish
from engine.report.ages import count
from engine.report.findings import printable
from engine.report.json_text import write_json
from engine.report.sync import CauseDocument, tell_calls

BACKFILL_SCHEMA: Literal["miradot/backfill.v1"] = "miradot/backfill.v1"
_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class TierCalls(TypedDict):
    """Calls to Dotdigital of one rate tier."""

    tier: str
    calls: int
    minutes: Annotated[float | None, Field(description="At the limit; null where there is none.")]
    limit: Annotated[str, Field(description="The limit in words, and where it is known from.")]


@with_config(_CLOSED)
class ForecastDocument(TypedDict):
    """What the orders would become, planned on what is known now."""

    here: Annotated[int, Field(description="Orders that are here already, as they are.")]
    erased: Annotated[int, Field(description="Orders of people who were erased; left out.")]
    planned: int
    unchanged: int
    held: int
    exceptions: Annotated[list[CauseDocument], Field(description="What holds orders, by cause.")]
    people: Annotated[int, Field(description="People who have something to be sent.")]
    known: Annotated[int, Field(description="Of them, whom Dotdigital knows.")]
    new_by_import: Annotated[
        int, Field(description="Relay addresses, created by import as not opted in.")
    ]
    new_one_by_one: Annotated[int, Field(description="Real addresses, created by a call each.")]
    imports: Annotated[dict[str, int], Field(description="Bulk imports, by operation.")]
    calls: list[TierCalls]
    minutes: Annotated[float, Field(description="All tiers, one after the other.")]


@with_config(_CLOSED)
class ResultDocument(TypedDict):
    """What became of the orders, over all attempts of this backfill."""

    landed: Annotated[int, Field(description="Versions that were new.")]
    erased: Annotated[int, Field(description="Orders of people who were erased; left out.")]
    outcomes: Annotated[dict[str, int], Field(description="How they ended.")]
    waiting: Annotated[int, Field(description="Versions that wait for another attempt.")]
    calls: Annotated[dict[str, int], Field(description="Calls that took effect, by operation.")]
    exceptions: Annotated[list[CauseDocument], Field(description="What is open now, by cause.")]


@with_config(_CLOSED)
class BackfillDocument(TypedDict):
    """One backfill: a forecast, or with --send its result."""

    schema: Literal["miradot/backfill.v1"]
    mapping: str
    version: str
    spec_sha256: str
    first_day: str
    last_day: str
    windows: int
    sent: bool
    run: Annotated[str, Field(description="The run; empty for a forecast.")]
    resumed: Annotated[bool, Field(description="Whether it went on where another had come to.")]
    orders: Annotated[int, Field(description="Orders that Mirakl showed.")]
    exports: Annotated[int, Field(description="Exports that Mirakl was asked for by this call.")]
    requests: Annotated[int, Field(description="Requests to Mirakl by this call.")]
    forecast: ForecastDocument | None
    result: ResultDocument | None
    note: Annotated[str, Field(description="What went wrong with the run itself, if anything.")]


def backfill_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("backfill.v1", TypeAdapter(BackfillDocument))


def show_tiers(calls: list[CostView]) -> list[TierCalls]:
    """Give the calls of one side, tier by tier."""
    return [
        {
            "tier": one["tier"],
            "calls": one["calls"][0],
            "minutes": one["minutes"][0] if one["minutes"] is not None else None,
            "limit": one["limit"],
        }
        for one in calls
    ]


def is_fine(document: BackfillDocument) -> bool:
    """Whether nothing is held, rejected, waiting or broken off."""
    forecast, result = document["forecast"], document["result"]
    if forecast is not None and forecast["held"]:
        return False
    if result is not None:
        outcomes = result["outcomes"]
        if outcomes["held"] or outcomes["rejected"] or result["waiting"]:
            return False
    return not document["note"]


def render_backfill(document: BackfillDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def _lines(document: BackfillDocument) -> Iterator[str]:
    days = f"{document['first_day']} to {document['last_day']}"
    run = f", run {document['run']}" if document["run"] else ", forecast, nothing is sent"
    yield f"{document['mapping']} {document['version']}, {days}{run}"
    exports, requests = document["exports"], document["requests"]
    cost = f"{count(exports, 'export')} and {count(requests, 'request')}"
    yield f"  Mirakl      {count(document['orders'], 'order')} for {cost}"
    if document["resumed"]:
        yield "  resumed     it went on where an earlier call had come to"
    if document["forecast"] is not None:
        yield from _forecast_lines(document["forecast"])
    if document["result"] is not None:
        yield from _result_lines(document["result"])
    if document["note"]:
        yield f"  {document['note']}"
    if not document["sent"]:
        yield "nothing was sent or kept; --send lands and delivers it"


def _forecast_lines(forecast: ForecastDocument) -> Iterator[str]:
    yield (
        f"  would be    {forecast['planned']} sent, {forecast['unchanged']} unchanged,"
        f" {forecast['held']} held; {forecast['here']} here already"
    )
    yield (
        f"  people      {forecast['people']}: {forecast['known']} known,"
        f" {forecast['new_by_import']} new by import (relay addresses, not opted in),"
        f" {forecast['new_one_by_one']} new one by one"
    )
    imports = sum(forecast["imports"].values())
    yield f"  Dotdigital  {count(imports, 'import')}, about {forecast['minutes']:g} minutes in all"
    for one in forecast["calls"]:
        minutes = f"{one['minutes']:g} minutes" if one["minutes"] is not None else "no limit"
        yield f"    {one['tier']:<10}{count(one['calls'], 'call')}, {minutes} ({one['limit']})"
    yield from _causes(forecast["exceptions"], "would hold")
    if forecast["erased"]:
        yield f"  left out    {count(forecast['erased'], 'order')} of people who were erased"


def _result_lines(result: ResultDocument) -> Iterator[str]:
    yield f"  landed      {count(result['landed'], 'version')} that were new"
    yield "  ended       " + ", ".join(
        f"{number} {name}" for name, number in result["outcomes"].items()
    )
    yield f"  Dotdigital  {tell_calls(result['calls'])}"
    if result["waiting"]:
        yield f"  waiting     {count(result['waiting'], 'version')}, to be tried again"
    if result["erased"]:
        yield f"  left out    {count(result['erased'], 'order')} of people who were erased"
    yield from _causes(result["exceptions"], "open")


def _causes(causes: list[CauseDocument], word: str) -> Iterator[str]:
    for one in causes:
        yield f"  {word:<11} {count(one['orders'], 'order')} with {one['code']} ({one['owner']})"
