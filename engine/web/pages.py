"""Pages: every path, who may ask for it, and what is shown; each has a twin in JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from engine.problem import Failure
from engine.report.csv import render_csv
from engine.report.exceptions import ExceptionsDocument, render_exceptions
from engine.state.audit import Act
from engine.web import surveying, together
from engine.web.asking import Ask, Page, Shown, read_number
from engine.web.desk import Decision, DeedFilter, Filter

_MOST_DEEDS, _MOST_DEEDS_IN_TABLE = 200, 10_000


def _health(ask: Ask) -> Shown:
    return Shown("health.html", ask.desk.tell_health())


def _runs(ask: Ask) -> Shown:
    return Shown("runs.html", ask.desk.tell_runs())


def _exceptions(ask: Ask) -> Shown:
    wanted = _read_filter(ask)
    every = ask.desk.list_exceptions(Filter(state=wanted.state))
    owners = sorted({one["owner"] for one in every["causes"]})
    document = ask.desk.list_exceptions(wanted)
    return Shown("exceptions.html", document, {"wanted": wanted, "owners": owners})


def _exceptions_table(ask: Ask) -> str:
    wanted = _read_filter(ask)
    document: ExceptionsDocument = ask.desk.list_exceptions(replace(wanted, rows=True))
    return render_exceptions(document, "csv")


def _read_filter(ask: Ask) -> Filter:
    code, order, person = ask.text("code"), ask.text("order"), ask.text("person")
    rows = bool(code or order or person)
    return Filter(ask.text("owner"), code, order, person, ask.state(), rows)


def _exception(ask: Ask) -> Shown:
    document = ask.desk.show_exception(ask.number)
    return Shown("exception.html", document, {"revealed": False})


def _reveal_exception(ask: Ask) -> Shown:
    document = ask.desk.show_exception(ask.number, ask.visitor.name)
    return Shown("exception.html", document, {"revealed": True})


def _resolve(ask: Ask) -> Shown:
    kind = ask.text("decision") or "closed"
    contact = None
    if kind.startswith("contact-"):
        why = "a contact is named by its number"
        contact, kind = read_number(kind.removeprefix("contact-"), why), "contact"
    if kind not in ("closed", "contact", "recreate", "happened", "did_not_happen"):
        raise Failure("say how it is closed: choose one of the decisions")
    decision = Decision(
        number=ask.number,
        note=ask.note(),
        by=ask.visitor.name,
        contact=contact,
        recreate=kind == "recreate",
        happened={"happened": True, "did_not_happen": False}.get(kind),
    )
    return Shown("done.html", ask.desk.resolve(decision))


def _undo(ask: Ask) -> Shown:
    return Shown("done.html", ask.desk.undo(ask.number, ask.note(), ask.visitor.name))


def _look_ahead(ask: Ask) -> Shown:
    return Shown("replay.html", ask.desk.look_ahead(ask.number), {"number": ask.number})


def _send_again(ask: Ask) -> Shown:
    document = ask.desk.send_again(ask.number, ask.visitor.name, ask.seen())
    return Shown("replay.html", document, {"number": ask.number})


def _reviews(ask: Ask) -> Shown:
    return Shown("reviews.html", ask.desk.list_reviews(ask.state()))


def _person(ask: Ask) -> Shown:
    wanted = ask.text("of")
    document = ask.desk.tell_person(wanted) if wanted else None
    return Shown("person.html", document, {"wanted": wanted})


def _reveal_person(ask: Ask) -> Shown:
    wanted = ask.text("of")
    document = ask.desk.tell_person(wanted, ask.visitor.name)
    return Shown("person.html", document, {"wanted": wanted})


def _mapping(ask: Ask) -> Shown:
    return Shown("mapping.html", ask.desk.tell_mapping())


def _plan(ask: Ask) -> Shown:
    return Shown("plan.html", ask.desk.tell_plan())


def _audit(ask: Ask) -> Shown:
    wanted = _read_deeds(ask)
    document = ask.desk.list_deeds(wanted, _MOST_DEEDS)
    return Shown("audit.html", document, {"wanted": wanted, "acts": get_args(Act)})


def _audit_table(ask: Ask) -> str:
    document = ask.desk.list_deeds(_read_deeds(ask), _MOST_DEEDS_IN_TABLE)
    head = ("id", "at", "who", "act", "exception", "ended")
    rows = (
        [
            str(one["id"]),
            one["at"],
            one["who"],
            one["act"],
            str(one.get("exception", "")),
            one.get("ended", "not known"),
        ]
        for one in document["deeds"]
    )
    return render_csv(head, rows)


def _read_deeds(ask: Ask) -> DeedFilter:
    act = ask.text("act")
    if act not in ("", *get_args(Act)):
        raise Failure(f"act takes one of {', '.join(get_args(Act))}")
    return DeedFilter(
        who=ask.text("who"),
        act=act,
        exception=ask.count("exception"),
        person=ask.text("person"),
        since=ask.day("since"),
        until=ask.day("until"),
        before=ask.count("before"),
    )


PAGES: tuple[Page, ...] = (
    Page("/health", _health),
    Page("/runs", _runs),
    Page("/exceptions", _exceptions, table=_exceptions_table),
    Page("/exceptions/{number:serial}", _exception),
    Page("/exceptions/{number:serial}/reveal", _reveal_exception, "reveal", "POST"),
    Page("/exceptions/{number:serial}/resolve", _resolve, "act", "POST"),
    Page("/exceptions/{number:serial}/undo", _undo, "act", "POST"),
    Page("/exceptions/{number:serial}/replay", _look_ahead, "act"),
    Page("/exceptions/{number:serial}/replay", _send_again, "act", "POST"),
    *together.PAGES,
    Page("/reviews", _reviews),
    Page("/person", _person),
    Page("/person/reveal", _reveal_person, "reveal", "POST"),
    *surveying.PAGES,
    Page("/mapping", _mapping),
    Page("/mapping/plan", _plan),
    Page("/audit", _audit, table=_audit_table),
)
