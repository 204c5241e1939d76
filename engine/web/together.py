"""Pages on which all exceptions of a cause are looked at, closed, taken back or sent again."""

from __future__ import annotations

from typing import cast, get_args

from engine.problem import Failure
from engine.web.asking import Ask, Page, Shown
from engine.web.causes import MOST_CLOSED, MOST_SENT, Fate, Group


def _look(ask: Ask) -> Shown:
    document = ask.desk.causes.look_at(ask.text("code"), ask.text("owner"))
    return Shown("cause.html", document, {"most": MOST_CLOSED})


def _close(ask: Ask) -> Shown:
    fate = ask.text("decision")
    if fate not in get_args(Fate):
        raise Failure("say how they are closed: choose one of the decisions")
    document = ask.desk.causes.close(_read_group(ask), cast("Fate", fate), ask.note())
    return Shown("cause_done.html", document, {"owner": ask.text("owner")})


def _take_back(ask: Ask) -> Shown:
    document = ask.desk.causes.take_back(_read_group(ask), ask.note())
    return Shown("cause_done.html", document, {"owner": ask.text("owner")})


def _look_ahead(ask: Ask) -> Shown:
    document = ask.desk.causes.look_ahead(ask.text("code"), ask.text("owner"))
    return Shown("cause_ahead.html", document, {"most": MOST_SENT})


def _send_again(ask: Ask) -> Shown:
    seen = ask.seen()
    if seen is None:
        raise Failure("look at what it would do first: seen takes how many calls customers see")
    document = ask.desk.causes.send_again(_read_group(ask), seen)
    return Shown("cause_ahead.html", document, {"most": MOST_SENT})


def _read_group(ask: Ask) -> Group:
    return Group(ask.text("code"), ask.text("owner"), ask.numbers(), ask.visitor.name)


_HERE = "/exceptions/together"
PAGES: tuple[Page, ...] = (
    Page(_HERE, _look, "act"),
    Page(f"{_HERE}/close", _close, "act", "POST"),
    Page(f"{_HERE}/undo", _take_back, "act", "POST"),
    Page(f"{_HERE}/replay", _look_ahead, "act"),
    Page(f"{_HERE}/replay", _send_again, "act", "POST"),
)
