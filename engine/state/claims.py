"""Claims: each subject is written by one worker at a time, and a claim that ran out is fenced.

A moment further ahead than any worker sets one is not believed: the clock was set back since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)

from engine.clock import read_time, write_time
from engine.state.orders import Lane
from engine.state.tables import ORDER_VERSION, PERSON

LEASE = timedelta(minutes=15)
"""How long a claim holds; the clocks of two machines may be as far apart."""
LONGEST_REST = timedelta(hours=1)
"""How long whoever could not be served is let be, at most: as long as a vendor's pause."""

_WAITING = (
    select(ORDER_VERSION.c.subject, func.min(ORDER_VERSION.c.id).label("first"))
    .where(
        ORDER_VERSION.c.flow == bindparam("flow"),
        ORDER_VERSION.c.lane == bindparam("lane"),
        ORDER_VERSION.c.outcome.is_(None),
    )
    .group_by(ORDER_VERSION.c.subject)
    .subquery()
)
_UNHELD = or_(
    PERSON.c.claimed_until.is_(None),
    PERSON.c.claimed_until <= bindparam("moment"),
    PERSON.c.claimed_until > bindparam("no_claim"),
)
_LIST_FREE = (
    select(PERSON.c.subject, PERSON.c.epoch, PERSON.c.attempts)
    .join(_WAITING, _WAITING.c.subject == PERSON.c.subject)
    .where(
        _UNHELD,
        or_(
            PERSON.c.not_before.is_(None),
            PERSON.c.not_before <= bindparam("moment"),
            PERSON.c.not_before > bindparam("no_rest"),
        ),
    )
    .order_by(_WAITING.c.first)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(of=PERSON, skip_locked=True)
)
_FIND_FREE = (
    select(PERSON.c.subject, PERSON.c.epoch, PERSON.c.attempts)
    .where(PERSON.c.subject == bindparam("subject"), _UNHELD)
    .with_for_update()
)
# What is set comes with the parameters, by the names of the columns.
_UPDATE_PERSON = update(PERSON).where(PERSON.c.subject == bindparam("whose"))
_UPDATE_CLAIMED = _UPDATE_PERSON.where(PERSON.c.epoch == bindparam("claimed_epoch"))


class ClaimLost(Exception):  # noqa: N818 - what happened, as a stop and no fault
    """Another worker took the subject over; nothing may be recorded for it here."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A subject that one worker may write; `epoch` fences it."""

    subject: str
    epoch: int
    worker: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Claimant:
    """A worker and how long its claims hold; it claims what waits in one lane of a flow."""

    flow: str
    worker: str
    lease: timedelta

    def claim(
        self, connection: Connection, lane: Lane, now: datetime, limit: int = 1
    ) -> list[Claim]:
        """Claim subjects with versions that wait, those that waited longest first."""
        wanted = {"flow": self.flow, "lane": lane, "limit": limit, **_moments(now, self.lease)}
        free = connection.execute(_LIST_FREE, wanted).all()
        return [self._take(connection, *row, now) for row in free]

    def claim_subject(self, connection: Connection, subject: str, now: datetime) -> Claim | None:
        """Claim one subject, whatever waits of it; None where another worker holds it."""
        moments = _moments(now, self.lease)
        wanted = {"subject": subject, "moment": moments["moment"], "no_claim": moments["no_claim"]}
        row = connection.execute(_FIND_FREE, wanted).one_or_none()
        return self._take(connection, *row, now) if row is not None else None

    def _take(
        self, connection: Connection, subject: str, epoch: int, attempts: int, now: datetime
    ) -> Claim:
        taken = {
            "whose": subject,
            "claimed_by": self.worker,
            "claimed_until": write_time(now + self.lease),
            "epoch": epoch + 1,
        }
        connection.execute(_UPDATE_PERSON, taken)
        return Claim(subject, epoch + 1, self.worker, attempts)


def _moments(now: datetime, lease: timedelta) -> dict[str, str]:
    """Give the moment, and those after which no claim and no rest can end that was set till now."""
    return {
        "moment": write_time(now),
        "no_claim": write_time(now + 2 * lease),
        "no_rest": write_time(now + LONGEST_REST + lease),
    }


_HOLD = select(PERSON.c.epoch).where(PERSON.c.subject == bindparam("subject")).with_for_update()


def lock_people(connection: Connection, subjects: Iterable[str]) -> None:
    """Lock subjects until the transaction ends, in order of their names.

    Whoever writes for several in one transaction begins so, or takes them in that order: two that
    want the same people then wait for each other, not in a ring.
    """
    # One by one: how PostgreSQL sorts texts is a matter of its locale.
    for subject in sorted(set(subjects)):
        connection.execute(_HOLD, {"subject": subject})


def hold_claim(connection: Connection, claim: Claim) -> None:
    """Keep a claim until the transaction ends; ClaimLost when it is no longer ours."""
    row = connection.execute(_HOLD, {"subject": claim.subject}).one_or_none()
    if row is None or row[0] != claim.epoch:
        raise ClaimLost(claim.subject)


_REVOKE = _UPDATE_PERSON.values(epoch=PERSON.c.epoch + 1, claimed_by=None, claimed_until=None)


def revoke_claims(
    connection: Connection, subject: str, *, not_before: datetime | None = None
) -> None:
    """Take a subject from whoever writes it now: what they planned from is no longer so.

    With `not_before` nobody writes it before then.
    """
    wait = write_time(not_before) if not_before is not None else None
    connection.execute(_REVOKE, {"whose": subject, "not_before": wait})


def renew_claims(connection: Connection, claims: list[Claim], until: datetime) -> None:
    """Let claims hold longer; those that were lost stay lost."""
    for claim in sorted(claims, key=lambda one: one.subject):
        connection.execute(
            _UPDATE_CLAIMED,
            {
                "whose": claim.subject,
                "claimed_epoch": claim.epoch,
                "claimed_until": write_time(until),
            },
        )


def release_claim(
    connection: Connection, claim: Claim, *, not_before: datetime | None = None
) -> None:
    """Give a subject back; with `not_before` it is tried again then, and the attempt counted."""
    released = {
        "whose": claim.subject,
        "claimed_epoch": claim.epoch,
        "claimed_by": None,
        "claimed_until": None,
        "not_before": write_time(not_before) if not_before is not None else None,
        "attempts": claim.attempts + 1 if not_before is not None else 0,
    }
    connection.execute(_UPDATE_CLAIMED, released)


def next_due(connection: Connection, flow: str, now: datetime) -> datetime | None:
    """Give when the next subject that waits may be tried, or could have been; None for none.

    One whom somebody holds is due when that claim runs out.
    """
    version, person, moments = ORDER_VERSION, PERSON, _moments(now, LEASE)
    wait = _believed(person.c.not_before, moments["no_rest"])
    held = _believed(person.c.claimed_until, moments["no_claim"])
    row = connection.execute(
        select(func.min(case((wait > held, wait), else_=held)))
        .select_from(person.join(version, version.c.subject == person.c.subject))
        .where(version.c.flow == flow, version.c.outcome.is_(None))
    ).one()
    found: str | None = row[0]
    if found is None:
        return None
    return read_time(found) if found else now


def _believed(column: Column[str | None], latest: str) -> ColumnElement[str]:
    return case((column > latest, ""), else_=func.coalesce(column, ""))
