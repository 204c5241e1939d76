"""Executors: one place per process that takes part, each held by one process at a time.

DBOS gives the jobs of an executor back to the same id only. So ids are few and used again, and no
two live processes share one. A process shows that it lives by its beats; the others count how often
they themselves beat without seeing one. No clocks are compared, and a database that was away
for a while makes nobody look dead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import (
    Column,
    ColumnElement,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from engine.jobs.dbos.store import SCHEMA

_FREE = ""
_LOCK = int.from_bytes(b"executor")


def _table(schema: str | None) -> Table:
    return Table(
        "miradot_executor",
        MetaData(schema=schema),
        Column("application", Text, primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("holder", Text, nullable=False),
        Column("beats", Integer, nullable=False),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """The last that was seen of another executor."""

    holder: str
    beats: int
    missed: int


@dataclass(slots=True)
class Executors:
    """The places of one application, seen by one process; `holder` is a name of it alone."""

    engine: Engine
    application: str
    holder: str
    missed: int
    """After so many beats of ours without one of theirs, a process is taken for dead."""
    number: int = 0
    _seen: dict[int, Seen] = field(default_factory=dict)
    _table: Table = field(init=False)

    def __post_init__(self) -> None:
        self._table = _table(None if self.engine.dialect.name == "sqlite" else SCHEMA)
        with self.engine.begin() as connection:
            if self.engine.dialect.name != "sqlite":
                # Made by two processes at once, a table is refused to one of them.
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            connection.execute(CreateTable(self._table, if_not_exists=True))

    @property
    def id(self) -> str:
        """The id of the place that this process holds."""
        return self.name(self.number)

    def name(self, number: int) -> str:
        """Give the id of a place."""
        return f"{self.application}.{number}"

    def take(self) -> str:
        """Take the first free place, or a new one; give its id."""
        table = self._table
        with self.engine.connect() as connection:
            free = connection.execute(
                select(table.c.number)
                .where(table.c.application == self.application, table.c.holder == _FREE)
                .order_by(table.c.number)
            ).scalars()
            numbers = list(free)
        for number in numbers:
            if self._replace(number, _FREE):
                return self._hold(number)
        return self._hold(next(number for number in count(1) if self._add(number)))

    def beat(self) -> bool:
        """Show that this process lives; False when its place was taken over."""
        table = self._table
        with self.engine.begin() as connection:
            done = connection.execute(
                update(table)
                .where(*self._place(self.number), table.c.holder == self.holder)
                .values(beats=table.c.beats + 1)
            )
        return done.rowcount == 1

    def find_dead(self) -> list[int]:
        """Give the places whose processes are gone for good; to be called after each beat."""
        found = {}
        for number, holder, beats in self._others():
            seen = self._seen.get(number)
            same = seen is not None and (seen.holder, seen.beats) == (holder, beats)
            found[number] = Seen(holder, beats, seen.missed + 1 if same and seen else 0)
        self._seen = found
        return [number for number, seen in found.items() if seen.missed >= self.missed]

    def bury(self, number: int) -> bool:
        """Take the place of a process that was found dead; False when it beat, or another did."""
        seen = self._seen.pop(number)
        return self._replace(number, seen.holder, seen.beats)

    def free(self, number: int) -> None:
        """Let go of a place."""
        table = self._table
        with self.engine.begin() as connection:
            connection.execute(
                update(table)
                .where(*self._place(number), table.c.holder == self.holder)
                .values(holder=_FREE)
            )

    def list_held(self) -> list[str]:
        """Give the ids of all places that processes hold."""
        table = self._table
        with self.engine.connect() as connection:
            held = connection.execute(
                select(table.c.number)
                .where(table.c.application == self.application, table.c.holder != _FREE)
                .order_by(table.c.number)
            ).scalars()
            return [self.name(number) for number in held]

    def has_run(self) -> bool:
        """Whether any process ever came so far that the tables of DBOS are there."""
        table = self._table
        with self.engine.connect() as connection:
            beaten = select(table.c.number).where(
                table.c.application == self.application, table.c.beats > 0
            )
            return connection.execute(beaten).first() is not None

    def _others(self) -> Iterator[tuple[int, str, int]]:
        table = self._table
        with self.engine.connect() as connection:
            rows = connection.execute(
                select(table.c.number, table.c.holder, table.c.beats).where(
                    table.c.application == self.application,
                    table.c.holder != _FREE,
                    table.c.number != self.number,
                )
            )
            yield from [(row.number, row.holder, row.beats) for row in rows]

    def _hold(self, number: int) -> str:
        self.number = number
        return self.id

    def _add(self, number: int) -> bool:
        row = {"application": self.application, "number": number, "holder": self.holder, "beats": 0}
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(self._table).values(row))
        except IntegrityError:
            return False
        return True

    def _replace(self, number: int, holder: str, beats: int | None = None) -> bool:
        table = self._table
        seen = [table.c.holder == holder]
        if beats is not None:
            seen.append(table.c.beats == beats)
        with self.engine.begin() as connection:
            done = connection.execute(
                update(table)
                .where(*self._place(number), *seen)
                .values(holder=self.holder, beats=table.c.beats + 1)
            )
        return done.rowcount == 1

    def _place(self, number: int) -> tuple[ColumnElement[bool], ...]:
        table = self._table
        return (table.c.application == self.application, table.c.number == number)
