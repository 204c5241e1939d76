"""How alerts stand and where they go, as a person reads it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count, tell_age, tell_moment
from engine.report.findings import printable
from engine.report.json_text import write_json
from engine.report.width import wrap_text

ALERTS_SCHEMA: Literal["miradot/alerts.v1"] = "miradot/alerts.v1"
_CLOSED = ConfigDict(extra="forbid")
_NO_ROUTE = "nobody is told: no route is set for {}, and none for default (MIRADOT_ALERT_ROUTES)"


@with_config(_CLOSED)
class NoticeView(TypedDict):
    """Who was told of the latest change, or is to be."""

    to: Annotated[str, Field(description="The route: its owner, and which of theirs.")]
    state: Literal["due", "sending", "sent", "unknown", "dropped"]
    attempts: int
    said: Annotated[str, Field(description="What came back, in a few words.")]


@with_config(_CLOSED)
class AlertView(TypedDict):
    """How one alert stands."""

    mapping: str
    kind: str
    part: Annotated[str, Field(description="Of what, such as a tier or a month; '' of all.")]
    title: str
    raised: bool
    known: Annotated[bool, Field(description="Whether its figure is known at present.")]
    since: Annotated[str, Field(description="When it became so.")]
    turning: NotRequired[
        Annotated[str, Field(description="Since when its figure says otherwise, for too short.")]
    ]
    said: Annotated[str, Field(description="Its figure, in a sentence.")]
    cause: Annotated[str, Field(description="The top cause; '' where none is known.")]
    owner: Annotated[str, Field(description="Who hears of it.")]
    notices: list[NoticeView]


@with_config(_CLOSED)
class RouteView(TypedDict):
    """Where notices of an owner go; of an address only the service is told."""

    owner: str
    services: list[str]


@with_config(_CLOSED)
class TestView(TypedDict):
    """What came back when a notice was sent to see whether it arrives."""

    to: str
    service: str
    taken: bool
    said: str


@with_config(_CLOSED)
class AlertsDocument(TypedDict):
    """How alerts stand, where they go, and with --test what came back."""

    schema: Literal["miradot/alerts.v1"]
    at: str
    ok: Annotated[bool, Field(description="Whether nothing is raised, and every test was taken.")]
    alerts: list[AlertView]
    routes: list[RouteView]
    ping: Annotated[bool, Field(description="Whether an address is pinged after good cycles.")]
    sent: NotRequired[Annotated[int, Field(description="With --send: notices that went.")]]
    tests: NotRequired[Annotated[list[TestView], Field(description="With --test.")]]


def alerts_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("alerts.v1", TypeAdapter(AlertsDocument))


def render_alerts(document: AlertsDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def _lines(document: AlertsDocument) -> Iterator[str]:
    alerts = document["alerts"]
    if not alerts:
        yield "nothing is watched yet; it begins with: miradot sync"
    else:
        yield from _alert_lines(alerts, document["at"])
    yield ""
    yield from _route_lines(document["routes"])
    yield from () if document["ping"] else ("no ping after good cycles (MIRADOT_ALERT_PING)",)
    if "sent" in document:
        yield f"{count(document['sent'], 'notice')} sent"
    yield from _test_lines(document.get("tests", []))


def _alert_lines(alerts: Sequence[AlertView], now: str) -> Iterator[str]:
    raised = [one for one in alerts if one["raised"]]
    calm = [one for one in alerts if not one["raised"]]
    yield f"{count(len(raised), 'alert')} raised, {len(calm)} calm"
    for one in raised:
        yield ""
        yield from _raised_lines(one, now)
    if calm:
        yield ""
        yield from _calm_lines(calm)


def _raised_lines(one: AlertView, now: str) -> Iterator[str]:
    part = f" ({one['part']})" if one["part"] else ""
    since = f"since {tell_moment(one['since'])}, {tell_age(one['since'], now)}"
    yield from _wrap(f"{one['mapping']}: {one['title']}{part}, {since}", "! ")
    yield from _wrap(one["said"], "  ")
    if one["cause"]:
        yield from _wrap(f"top cause: {one['cause']}", "  ")
    if "turning" in one:
        yield from _wrap(f"it is better since {tell_moment(one['turning'])}", "  ")
    told = ", ".join(_tell_notice(notice) for notice in one["notices"])
    yield from _wrap(f"{one['owner']}: {told}" if told else _NO_ROUTE.format(one["owner"]), "  ")


def _tell_notice(notice: NoticeView) -> str:
    tries = f" after {count(notice['attempts'], 'attempt')}" if notice["attempts"] > 1 else ""
    words = {
        "sent": f"{notice['to']} was told{tries}",
        "sending": f"{notice['to']} is being told",
        "due": f"{notice['to']} is to be told",
        "unknown": f"nobody knows whether {notice['to']} was told",
        "dropped": f"{notice['to']} was not told{tries}",
    }[notice["state"]]
    # What came back is worth telling only where it was no plain yes.
    said = notice["said"] if notice["state"] != "sent" else ""
    return f"{words} ({said})" if said else words


def _calm_lines(calm: Sequence[AlertView]) -> Iterator[str]:
    names = [f"{one['kind']} {one['part']}".strip() for one in calm]
    wide = max(map(len, names))
    for name, one in zip(names, calm, strict=True):
        said = one["said"] if one["known"] else f"not known now; last: {one['said'] or 'nothing'}"
        yield from _wrap(said, f"  {name:<{wide}}  ")


def _route_lines(routes: Sequence[RouteView]) -> Iterator[str]:
    if not routes:
        yield "no route is set, so nobody is told (MIRADOT_ALERT_ROUTES)"
        return
    wide = max(len(one["owner"]) for one in routes)
    for one in routes:
        yield f"notices for {one['owner']:<{wide}}  by {', '.join(one['services'])}"


def _test_lines(tests: Sequence[TestView]) -> Iterator[str]:
    if not tests:
        return
    yield ""
    wide = max(len(one["to"]) for one in tests)
    for one in tests:
        sign = " " if one["taken"] else "!"
        yield f"{sign} test to {one['to']:<{wide}}  by {one['service']}: {one['said']}"


def _wrap(text: str, first: str) -> list[str]:
    return wrap_text(text, first=first, rest=" " * len(first))
