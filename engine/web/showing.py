"""Showing: templates that escape everything, and the words in which figures and states are told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from engine.handbook.calls import duration
from engine.report.ages import count, tell_age, tell_seconds
from engine.report.findings import printable
from engine.report.handbook_html import handbook_style, render_handbook_body
from engine.report.reconciliation import (
    amounts_of,
    asides_of,
    group_thousands,
    names_of,
    sides_of,
)
from engine.web.drawing import draw_bars, draw_line

_LONGEST, _PIECE = 24, 8
# A command of ours within a sentence: its words, options, and blanks to be filled.
_COMMAND = re.compile(
    r"miradot [a-z]+(?: (?:list|show|replay|resolve|consent|--[a-z-]+|[A-Z]{2,}))*"
)
_NAMED = re.compile(r"\{{1,2}\s*([A-Za-z0-9_.]+)\s*\}{1,2}")
WORDS: Mapping[str, str] = {
    "ok": "Running well",
    "late": "Late",
    "stuck": "Stuck",
    "failed": "Failed",
    "never ran": "Never ran",
    "done": "Went well",
    "running": "Going on",
    "stopped": "Stopped",
    "sent": "Sent",
    "unchanged": "Unchanged",
    "held": "Held",
    "rejected": "Rejected",
    "waiting": "Waiting",
    "sync": "Keep in step",
    "send": "Single orders",
    "backfill": "History",
    "replay": "Sent again",
    "forget": "Erasure",
    "sending": "under way",
    "accepted": "in an import, its report is awaited",
    "refused": "refused by Dotdigital",
    "unknown": "nobody knows whether it happened",
    "superseded": "counts no more",
    "took effect": "took effect",
    "hold": "holds the order",
    "review": "needs a decision",
    "reject": "refused",
    "note": "for your information",
    "read": "status read",
    "decided": "decided",
    "created": "contact created",
    "withdrawn": "consent withdrawn",
    "resolved": "closed it",
    "undone": "took the decision back",
    "replayed": "sent the order again",
    "revealed": "looked at personal data",
    "erased": "erased the person",
    "planned": "something to send",
    "below": "Below its floor",
    "agrees": "Agree",
    "differs": "Disagree",
    "breach": "Breach",
    "known": "To be known",
    "as wanted": "As it should be",
    "look": "Needs a look",
    "too old": "Too old",
}


_TIERS: Mapping[str, str] = {
    "low": "slow calls (tier low)",
    "medium": "usual calls (tier medium)",
    "high": "fast calls (tier high)",
    "enrolment": "enrolments in programmes",
    "unlimited": "calls without a published limit",
    "orders": "reading orders",
    "exports": "exports of history",
}


# Figures of runs, by their names there; each goes before its words.
_FIGURES: Mapping[str, tuple[str, str]] = {
    "seen": ("order seen", "orders seen"),
    "landed": ("of them new", "of them new"),
    "erased": ("left out, whose buyer was erased", "left out, whose buyers were erased"),
    "made": ("field or collection made", "fields and collections made"),
    "early": ("second too early to read Mirakl", "seconds too early to read Mirakl"),
    "events": ("person served", "people served"),
    "batches": ("person served by imports", "people served by imports"),
    "people": ("person", "people"),
    "orders": ("order", "orders"),
    "sent": ("order sent", "orders sent"),
    "unchanged": ("order unchanged", "orders unchanged"),
    "held": ("order held", "orders held"),
    "rejected": ("order rejected", "orders rejected"),
    "deleted": ("contact deleted", "contacts deleted"),
    "owed": ("contact still to be deleted", "contacts still to be deleted"),
}


def render(template: str, told: Mapping[str, object]) -> str:
    """Give a page; everything in `told` is shown as typed."""
    return _environment().get_template(template).render(**told)


def read_style() -> str:
    """Give the one stylesheet: that of handbooks, and what the page adds."""
    source, _, _ = _loader().get_source(_environment(), "style.css")
    return f"{handbook_style()}\n{source}"


@cache
def read_script() -> bytes:
    """Give the one script, htmx 4.0.1 as it was published (0BSD); every page works without it.

    Its digest is pinned in the tests; it comes from the package htmx.org of npm.
    """
    return (files("engine.web") / "scripts" / "htmx.min.js").read_bytes()


@cache
def _loader() -> PackageLoader:
    return PackageLoader("engine.web", "templates")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        seconds=tell_seconds,
        long=_tell_long,
        tier=_tell_tier,
        shown=_show,
        word=_word,
        moment=_tell_moment,
        plain=_name_blanks,
        money=_tell_money,
        commands=_mark_commands,
        day=_tell_day,
        month=_tell_month,
        percent=_tell_percent,
        figure=_tell_figure,
        duration=duration,
    )
    environment.globals.update(
        age=tell_age,
        since=_tell_since,
        count=count,
        bars=draw_bars,
        line=draw_line,
        asked=_write_query,
        amounts=amounts_of,
        asides=asides_of,
        sides=sides_of,
        side_names=names_of,
        body_of=lambda handbook: Markup(render_handbook_body(handbook)),  # noqa: S704 - escaped there
    )
    return environment


def _show(text: object) -> Markup:
    """Give a text as typed; a word without end has places where its line may be broken."""
    return Markup(" ").join(_cut(word) for word in printable(str(text)).split(" "))


def _cut(word: str) -> Markup:
    if len(word) <= _LONGEST:
        return escape(word)
    pieces = (word[start : start + _PIECE] for start in range(0, len(word), _PIECE))
    return Markup("<wbr>").join(pieces)


def _word(name: str) -> str:
    """Give the words for a name of ours; another one is shown as it is."""
    return WORDS.get(name, printable(name))


def _name_blanks(sentence: str) -> str:
    """Give a sentence of a mapping with its blanks named: [order id] for {{ order_id }}."""
    return _NAMED.sub(lambda found: f"[{found[1].replace('_', ' ')}]", sentence)


def _tell_long(seconds: float) -> str:
    return tell_seconds(seconds) if seconds >= 1 else "under a second"


def _tell_since(since: str, now: str) -> str:
    told = tell_age(since, now)
    return "just now" if told == "0 s" else f"{told} ago"


def _tell_tier(tier: str) -> str:
    """Give the words for a kind of call, by the vendor's name of its tier."""
    return _TIERS.get(tier, printable(tier))


def _tell_moment(text: str) -> Markup:
    """Give a moment with its zone, readable by machines as well."""
    moment = datetime.fromisoformat(text)
    told = f"{moment.day} {moment:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(text, told)


def _tell_day(text: str) -> Markup:
    """Give the day of a moment, in UTC."""
    moment = datetime.fromisoformat(text)
    return Markup('<time datetime="{}">{}</time>').format(text, f"{moment.day} {moment:%b %Y}")


def _tell_month(name: str) -> str:
    """Give a month such as 2026-02 as people say it."""
    return f"{datetime.strptime(name, '%Y-%m').replace(tzinfo=UTC):%B %Y}"


def _tell_money(amount: str) -> str:
    """Give an amount in groups of thousands, with a minus that is one."""
    return group_thousands(amount).replace("-", "\N{MINUS SIGN}")


def _mark_commands(sentence: str) -> Markup:
    """Give what is to be done as a sentence, with the commands in it marked as such."""
    parts, at = [escape(sentence[:1].upper())], 1
    for found in _COMMAND.finditer(sentence, 1):
        words = (Markup('<span class="nowrap">{}</span>').format(one) for one in found[0].split())
        command = Markup("<code>{}</code>").format(Markup(" ").join(words))
        parts += [_show(sentence[at : found.start()]), command]
        at = found.end()
    return Markup("").join([*parts, _show(sentence[at:])])


def _tell_figure(name: str, number: object) -> str:
    """Give a figure of a run in words; one that has none is named as the run does."""
    if name not in _FIGURES or not isinstance(number, int):
        return printable(f"{name.replace('_', ' ')} {number}")
    return f"{number:,} {_FIGURES[name][number != 1]}"


def _tell_percent(share: float | None) -> str:
    return "none" if share is None else f"{share:g} %"


def _write_query(wanted: object, **more: object) -> str:
    """Give the query that asks for what a filter wants, and what is to be other than there."""
    asked = {name: value for name in _fields_of(wanted) if (value := getattr(wanted, name))}
    return urlencode(asked | more)


def _fields_of(wanted: object) -> list[str]:
    return [one.name for one in fields(wanted)] if is_dataclass(wanted) else []
