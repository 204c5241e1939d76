"""Notices: what people are told of a change, in words that hold nothing personal."""

from __future__ import annotations

from collections.abc import Iterator

from engine.alerts.kinds import KINDS, Kind, Name
from engine.clock import read_time
from engine.report.ages import tell_seconds
from engine.state.alerts import AlertKey, AlertState, Notice

_TO_THE_MINUTE = 16


def write_notices(
    key: AlertKey, kind: Name, states: tuple[AlertState, AlertState], address: str
) -> Notice:
    """Give the notice of a change, to nobody yet; `states` are those before and after it.

    `address` is where people find the page, '' where nobody said.
    """
    before, after = states
    about, over = KINDS[kind], "" if after.raised else "over: "
    part = f" ({key.part})" if key.part else ""
    lines = _raised(about, after) if after.raised else _over(before, after)
    look = f"Look at: {address}{about.page}" if address else f"Look with: {about.command}"
    return Notice(
        key=key,
        flip=after.flips,
        target="",
        raised=after.raised,
        title=f"miradot, {key.flow}: {over}{about.title}{part}",
        body="\n".join((*lines, look)),
    )


def tell_time(moment: str) -> str:
    """Give a moment to the minute, with its zone."""
    return f"{moment[:_TO_THE_MINUTE].replace('T', ' ')} UTC"


def _raised(about: Kind, state: AlertState) -> Iterator[str]:
    yield f"{_sentence(state.said)}."
    yield f"Since: {tell_time(state.since)}"
    if state.cause:
        yield f"Top cause: {state.cause}"
    yield f"For: {state.owner}"
    yield "What to do:"
    yield from (f"- {step}" for step in about.do)


def _over(before: AlertState, after: AlertState) -> Iterator[str]:
    lasted = (read_time(after.since) - read_time(before.since)).total_seconds()
    yield f"It is over since {tell_time(after.since)}; it lasted {tell_seconds(lasted)}."
    yield f"Now: {after.said}"
    yield f"For: {after.owner}"


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:]
