"""How usable what was delivered is, as people read it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.ages import count, tell_age
from engine.report.findings import printable
from engine.report.json_text import write_json
from engine.report.width import wrap_text

USABILITY_SCHEMA: Literal["miradot/usability.v1"] = "miradot/usability.v1"
_CLOSED = ConfigDict(extra="forbid")
_MOST_PLACES = 3
_ALL = 100.0
_TITLE = "filled, percent of orders"
_COLUMNS = ("all", "real", "relay", "subscribed", "not_subscribed")
_WHOSE = {
    "real": "orders with a real address",
    "relay": "orders with a relay address",
    "subscribed": "orders of subscribed people",
    "not_subscribed": "orders of people not subscribed",
}
_HEADS = ("all", "real", "relay", "subscr.", "not s.")


@with_config(_CLOSED)
class FallView(TypedDict):
    """Since when a field is filled less often."""

    order: Annotated[str, Field(description="The first order without it.")]
    at: Annotated[str, Field(description="When that order changed in Mirakl; '' if unreadable.")]
    before: Annotated[float, Field(description="Percent of the orders before it.")]
    after: Annotated[float, Field(description="Percent of the orders from it on.")]


@with_config(_CLOSED)
class FloorView(TypedDict):
    """One floor of a field, as the mapping declares it or as it was typed."""

    segment: Annotated[str, Field(description="Whose orders count.")]
    percent: Annotated[float, Field(description="Percent of them that it must reach.")]
    reached: Annotated[
        float | None, Field(description="What it reaches; null where nobody is in the segment.")
    ]
    below: bool
    fresh_within: NotRequired[Annotated[str, Field(description="An ISO 8601 duration.")]]
    stale: Annotated[bool, Field(description="Whether the newest that fills it is older.")]
    about: Annotated[str, Field(description="What stops working below it.")]


@with_config(_CLOSED)
class FieldView(TypedDict):
    """One field of one call."""

    field: Annotated[str, Field(description="The call in the mapping, and the target's field.")]
    value: Annotated[str, Field(description="The name in the mapping.")]
    places: Annotated[list[str], Field(description="Where in the order it comes from.")]
    orders: Annotated[int, Field(description="Orders whose call was done.")]
    percent: Annotated[
        dict[str, float | None],
        Field(description="How often it is filled, by segment; null for a segment of nobody."),
    ]
    newest: NotRequired[Annotated[str, Field(description="The latest order that fills it.")]]
    latest: Annotated[
        dict[str, str],
        Field(description="The same by segment, of those in which any order fills it."),
    ]
    floor: NotRequired[
        Annotated[float, Field(description="Percent that it must reach, by its floor missed most.")]
    ]
    floors: NotRequired[list[FloorView]]
    below: Annotated[bool, Field(description="Whether it is below a floor, or older than one.")]
    fall: NotRequired[FallView]


@with_config(_CLOSED)
class LackView(TypedDict):
    """A contact field that people lack."""

    field: str
    people: int


@with_config(_CLOSED)
class ProgrammeView(TypedDict):
    """Who is ready for a programme, of the people whose orders were delivered."""

    send: str
    programme: Annotated[str, Field(description="Its number in Dotdigital.")]
    reachable: Annotated[int, Field(description="Subscribed, at a real address.")]
    ready: Annotated[int, Field(description="Of those, with every contact field filled.")]
    lacking: list[LackView]


@with_config(_CLOSED)
class UsabilityDocument(TypedDict):
    """How usable what was delivered is."""

    schema: Literal["miradot/usability.v1"]
    mapping: str
    version: str
    at: str
    since: str
    orders: Annotated[int, Field(description="Orders that were sent, each as it was sent last.")]
    unreadable: Annotated[int, Field(description="Orders whose text is no longer kept.")]
    people: int
    segments: Annotated[dict[str, int], Field(description="Orders by segment.")]
    fields: list[FieldView]
    programmes: list[ProgrammeView]
    ok: Annotated[bool, Field(description="Whether every field is at its floor or above.")]


def usability_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("usability.v1", TypeAdapter(UsabilityDocument))


def render_usability(document: UsabilityDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def worst_floor(floors: Sequence[FloorView]) -> FloorView:
    """Give the floor that is missed most, of those that are stale one; of at least one."""

    def margin(one: FloorView) -> tuple[bool, bool, float]:
        share = one["reached"] if one["reached"] is not None else _ALL
        return not one["below"], not one["stale"], share - one["percent"]

    return min(floors, key=margin)


def margin_of(one: FieldView) -> float:
    """Give by how many percent a field with a floor is above the one it misses most."""
    worst = worst_floor(one["floors"])
    return (worst["reached"] or 0.0) - worst["percent"]


def tell_floor(one: FieldView) -> str:
    """Say which floor of a field is missed, and by what; '' where none is."""
    floors = one.get("floors", [])
    if not one["below"] or not floors:
        return ""
    worst = worst_floor(floors)
    whose = "" if worst["segment"] == "all" else f" of {_WHOSE[worst['segment']]}"
    if not worst["below"]:
        return f"no order{whose} has filled it within {worst.get('fresh_within', '')}"
    return f"{worst['reached'] or 0.0:g} %{whose}, below {worst['percent']:g}"


def _lines(document: UsabilityDocument) -> Iterator[str]:
    name, since = f"{document['mapping']} {document['version']}", _moment(document["since"])
    orders, number = count(document["orders"], "order"), document["people"]
    people = "1 person" if number == 1 else f"{number} people"
    yield f"{name}, {orders} of {people} delivered since {since}"
    if document["unreadable"]:
        gone = count(document["unreadable"], "more order")
        yield f"  {gone} cannot be looked at: the text is no longer kept"
    if not document["orders"]:
        yield "nothing was delivered, so nothing can be said"
        return
    yield from _table_lines(document)
    for one in document["fields"]:
        yield from _fall_lines(one)
    for programme in document["programmes"]:
        yield from _programme_lines(programme)
    floors = [floor for one in document["fields"] for floor in one.get("floors", [])]
    below = sum(floor["below"] or floor["stale"] for floor in floors)
    yield ""
    if not floors:
        yield "the mapping declares no floor, so nothing is judged; --floor FIELD=PERCENT gives one"
    else:
        yield (
            f"{below} of {count(len(floors), 'floor')} not reached"
            if below
            else f"every floor is reached ({len(floors)})"
        )


def _table_lines(document: UsabilityDocument) -> Iterator[str]:
    """Give the fields that are not filled everywhere, or have a floor; the others as a number."""
    fields = [one for one in document["fields"] if one["orders"]]
    told = [one for one in fields if "floor" in one or one["percent"]["all"] != _ALL]
    if told:
        width = max(len(_TITLE), *(len(one["field"]) for one in told))
        heads = "".join(f"{head:>9}" for head in _HEADS)
        yield from ("", f"  {_TITLE:<{width}}{heads}{'newest':>10}")
        yield from (_field_line(one, width, document["at"]) for one in told)
    if rest := len(fields) - len(told):
        yield from ("", f"  {count(rest, 'other field')} filled in every order")
    never = len(document["fields"]) - len(fields)
    if never:
        yield f"  {count(never, 'field')} of calls that were not made"


def _field_line(one: FieldView, width: int, now: str) -> str:
    cells = (one["percent"].get(column) for column in _COLUMNS)
    rates = "".join("        -" if cell is None else f"{cell:>9.1f}" for cell in cells)
    newest = tell_age(one["newest"], now) if one.get("newest") else "never"
    told = tell_floor(one)
    floor = f"   {told}" if told else ""
    return f"  {one['field']:<{width}}{rates}{newest:>10}{floor}"


def _fall_lines(one: FieldView) -> Iterator[str]:
    if not one["below"] and "fall" not in one:
        return
    yield ""
    more = len(one["places"]) - _MOST_PLACES
    places = ", ".join(one["places"][:_MOST_PLACES]) + (f" and {more} more" if more > 0 else "")
    for line in wrap_text(f"{tell_fall(one)}: {places}", rest="    "):
        yield f"  {line}"


def tell_fall(one: FieldView) -> str:
    """Say since when a field is empty, or filled less often."""
    fall = one.get("fall")
    if fall is None:
        return f"the field {one['field']} is filled in {one['percent']['all']:g}% all along"
    how = "is empty" if not fall["after"] else f"is filled in {fall['after']:g}%"
    before = f"before {fall['before']:g}%"
    return f"since order {fall['order']} of {fall['at'][:10]} {one['field']} {how}, {before}"


def _programme_lines(one: ProgrammeView) -> Iterator[str]:
    yield ""
    yield (
        f"  ready for programme {one['programme']} ({one['send']}): {one['ready']} of "
        f"{one['reachable']} people who are subscribed at a real address"
    )
    for lack in one["lacking"]:
        yield f"    {lack['people']} without {lack['field']}"


def _moment(text: str) -> str:
    return f"{text[:16]}Z"
