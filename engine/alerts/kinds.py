"""The table of alerts: what each means, who hears of it, what is to be done, and how it is judged.

The page for operators is made from it, and so is what a notice says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Name = Literal[
    "failure",
    "late",
    "queue",
    "held",
    "rejected",
    "budget",
    "usability",
    "drift",
    "reconciliation",
    "consent",
]
_AT_ONCE = timedelta()
_TEN_MINUTES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of alert.

    It is raised when its figure has been at the limit or above for `raised_after`, and is over when
    it has been below `calm` of the limit for `calm_after`: what wavers is told once. `owner` hears
    of it where no cause names another. `page` is the path on the page, `command` the same in a
    terminal. `limits` are names of the settings, each with what it counts.
    """

    title: str
    means: str
    do: tuple[str, ...]
    owner: str
    page: str
    command: str
    limits: Mapping[str, str]
    calm: float = 1.0
    raised_after: timedelta = _AT_ONCE
    calm_after: timedelta = _TEN_MINUTES
    by_cause: bool = False
    """Whether the owner of the top cause hears of it."""


KINDS: Mapping[Name, Kind] = {
    "failure": Kind(
        title="runs fail",
        means="The last run ended without having done its work: Mirakl or Dotdigital refused or did"
        " not answer, or a setting is wrong. Orders wait, and none is lost.",
        do=(
            "Open the runs: the note of the last one says what refused.",
            "A key or password that was refused has to be renewed; until then nothing moves.",
            "Where the other side is down, wait: the next run takes everything up again.",
        ),
        owner="engineering",
        page="/runs",
        command="miradot status",
        limits={"failure": "runs that failed one after another"},
    ),
    "late": Kind(
        title="Mirakl is read late",
        means="Mirakl's orders were not read whole for several times as long as they should be:"
        " nothing runs, or each run is cut short. What was sold since then is not in Dotdigital.",
        do=(
            "See whether `miradot sync` runs at all: its service, or its line in the timetable.",
            "If it runs, look at the runs: one that fails says why.",
            "After a long pause nothing has to be made good: it reads on from where it was.",
        ),
        owner="engineering",
        page="/health",
        command="miradot status",
        limits={"late": "reads of Mirakl that were missed"},
    ),
    "queue": Kind(
        title="orders wait long",
        means="Orders have landed and are not delivered, the oldest of them for too long.",
        do=(
            "Look at the calls that are left: where they are used up, it goes on by itself.",
            "Look at who is blocked: one order that fails again and again is an exception soon.",
            "History (`backfill`) may take a day; orders of today may not.",
        ),
        owner="engineering",
        page="/health",
        command="miradot status",
        limits={
            "queue": "minutes that an order of today may wait",
            "history": "minutes that an order of history may wait",
            "imports": "minutes that the report of an import may take",
        },
        calm=0.8,
    ),
    "held": Kind(
        title="many orders are held",
        means="A larger share of the last day's orders than usual waits for a decision. Each is"
        " held because the mapping cannot be sure; nothing of them was sent.",
        do=(
            "Open the exceptions of the top cause: one decision often serves all of them.",
            "Where the cause is new, ask what changed in the shop: a promotion, a field, a code.",
            "Decide or correct, then replay; the orders go out as if nothing had been.",
        ),
        owner="marketing-ops",
        page="/exceptions",
        command="miradot exceptions list",
        limits={
            "held": "percent of the orders that ended in 24 hours",
            "least": "orders that it takes at least",
        },
        calm=0.8,
        calm_after=timedelta(minutes=30),
        by_cause=True,
    ),
    "rejected": Kind(
        title="many orders are rejected",
        means="Dotdigital said no to a larger share of the last day's orders than usual.",
        do=(
            "Open the exceptions: each shows Dotdigital's own words.",
            "Where a data field, a list or a programme is gone, run `miradot drift`.",
            "Correct the account or the mapping, then replay.",
        ),
        owner="engineering",
        page="/exceptions",
        command="miradot exceptions list",
        limits={
            "rejected": "percent of the orders that ended in 24 hours",
            "least": "orders that it takes at least",
        },
        calm=0.8,
        calm_after=timedelta(minutes=30),
        by_cause=True,
    ),
    "budget": Kind(
        title="calls run out",
        means="Nearly all calls that a vendor allows are used, and have been for a while. Orders go"
        " out more slowly, and in the end they wait.",
        do=(
            "See what uses them: a backfill leaves room for today's orders, another tool does not.",
            "Where the package allows more, set `MIRADOT_DOTDIGITAL_TIERS`.",
            "Otherwise wait: nothing is lost, and it catches up.",
        ),
        owner="engineering",
        page="/health",
        command="miradot status",
        limits={"budget": "percent of the calls of a tier that are used, for 10 minutes"},
        calm=0.9,
        raised_after=_TEN_MINUTES,
    ),
    "usability": Kind(
        title="fields are filled less often",
        means="A field that campaigns need is filled in fewer orders than its floor asks for."
        " Segments and mails that rest on it miss people.",
        do=(
            "Open the usability: it names the field, its place in the order, and the first miss.",
            "Ask the shop or the operator what changed at that time.",
            "Pause campaigns that would say something wrong without the field.",
        ),
        owner="marketing-ops",
        page="/usability",
        command="miradot usability --since 7d",
        limits={"usability": "fields below their floor"},
        calm_after=_AT_ONCE,
    ),
    "drift": Kind(
        title="Mirakl or Dotdigital changed",
        means="Something is no longer as the mapping was written for: a field, a code or a type in"
        " Mirakl's orders, a data field or a programme in Dotdigital, a record without its order.",
        do=(
            "Open the drift: each item names the lines of the mapping it touches, and what to do.",
            "What is only new breaks nothing; what is gone or has another type will hold orders.",
        ),
        owner="engineering",
        page="/drift",
        command="miradot drift",
        limits={"drift": "things that drifted"},
        calm_after=_AT_ONCE,
    ),
    "reconciliation": Kind(
        title="the month does not agree",
        means="Mirakl, our ledger and Dotdigital do not agree to the penny on a month's orders.",
        do=(
            "Open the reconciliation: it lists each order with its cause.",
            "Close what is held or waits, then reconcile again; only what is left is a fault.",
            "Report no figure of that month before the sides agree.",
        ),
        owner="finance",
        page="/reconciliation",
        command="miradot reconcile --month MONTH",
        limits={"reconciliation": "orders on which the sides disagree"},
        calm_after=_AT_ONCE,
    ),
    "consent": Kind(
        title="consent does not hold",
        means="The audit of consent found contacts that have a status, or stand on a marketing"
        " list, without anybody having given consent. Every mail to them may be a breach.",
        do=(
            "Pause sends to the list that the audit names.",
            "Run `miradot audit consent`: it names each contact, by number, and what was found.",
            "Find out who changed it in Dotdigital, and set it right there.",
        ),
        owner="data-protection",
        page="/health",
        command="miradot audit consent",
        limits={"consent": "contacts in breach"},
        calm_after=_AT_ONCE,
    ),
}
