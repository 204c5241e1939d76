"""Figures of the audit in words."""

from __future__ import annotations

from collections.abc import Iterable

from engine.report.ages import count
from engine.samples.audit.document import AuditDocument

_MEANINGS = {
    "yes": "A yes to marketing",
    "no": "A no to marketing",
    "not given": "Nobody asked, or no answer came",
    "unclear": "An answer that cannot be read, which counts as no yes",
}


def percent(part: int, whole: int) -> str:
    """Give a share in percent, rounded down; what is little is not nothing."""
    if not whole:
        return "none"
    if part and part * 100 < whole:
        return "under 1%"
    return f"{part * 100 // whole}%"


def meaning(word: str) -> str:
    """Say what an answer to the question for consent means."""
    return _MEANINGS[word]


def people(number: int) -> str:
    """Give a number of people."""
    return "1 person" if number == 1 else f"{number} people"


def repeat_buyers(document: AuditDocument) -> int:
    """Give how many people bought more than once."""
    by_orders = document["people"]["by_orders"]
    return document["people"]["people"] - by_orders.get("1", 0)


def days(document: AuditDocument) -> str:
    """Say which days the orders are from, by the moment that is told first of all."""
    ranges = document["dates"]
    if not ranges:
        return "of no readable day"
    return f"of {min(one['oldest'] for one in ranges)} to {max(one['newest'] for one in ranges)}"


def net_amounts(document: AuditDocument) -> str:
    """Give the last total of each currency, which is what is left of the sales."""
    return ", ".join(
        f"{one['totals'][-1]['amount']} {one['currency']}"
        for one in document["money"]
        if one["totals"]
    )


def duration(hours: float) -> str:
    """Give a length of time in hours."""
    if hours < 1:
        return "less than an hour"
    return f"about {hours:g} hours"


def findings(document: AuditDocument) -> Iterable[str]:
    """Give what matters most, a sentence each."""
    read, seen, who = document["read"], document["outcomes"], document["people"]
    orders, total = read["orders"], who["people"]
    yield f"{count(orders, 'order')} {days(document)}, by {people(total)}."
    yield (
        f"{people(who['marketable'])} ({percent(who['marketable'], total)}) could be marketed to: "
        "a real address, a clear yes, and the whole proof of it."
    )
    yield (
        f"{people(who['relay'])} ({percent(who['relay'], total)}) can only be reached by a relay "
        f"address, which is never marketed to, and {people(who['no_address'])} by none."
    )
    yield f"{people(repeat_buyers(document))} bought more than once."
    if document["money"]:
        yield f"{count(seen['sales'], 'order')} are sales, worth {net_amounts(document)} net."
    yield (
        f"{count(seen['held'], 'order')} ({percent(seen['held'], orders)}) would be held for "
        "people to look at."
    )
    if read["unreadable"]:
        yield f"{count(read['unreadable'], 'record')} could not be read at all."
    hours = document["by_imports"]["hours"]
    calls = document["by_imports"]["calls"]
    yield f"To bring them over takes {count(calls, 'call')} and {duration(hours)}, by imports."
