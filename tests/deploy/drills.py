"""A drill: a day is lived on a database, the state of a day ago is put back, and it goes on."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from engine.sandbox.dotdigital.contacts import Contact
from engine.sandbox.dotdigital.state import State
from engine.sandbox.truth import differences
from engine.sandbox.world.orders import Order, refund
from engine.state.buried import Tombstone, list_tombstones
from engine.state.database import Database
from engine.state.migrations import prepare_database
from engine.state.restores import note_restore
from engine.sync.forgetting import Identifier, deliver_deletions, erase, find
from engine.sync.landing import Landing, Poll
from engine.sync.reburying import bury_again
from tests.deploy.copies import lines_of, run_line
from tests.operations.hands import Hands
from tests.state.databases import Postgres


class Keeper:
    """Makes backups of a database and puts them back, by the commands of the page on backups."""

    def __init__(self, url: str, folder: Path, server: Postgres | None) -> None:
        self.url = url
        self.folder = folder
        self._server = server

    @property
    def environment(self) -> dict[str, str]:
        """What the commands of the page find."""
        back = re.sub(r"/[^/?]+(?=\?)", "/miradot_back", self.url)
        return {"MIRADOT_DATABASE_URL": self.url, "BACK_URL": back}

    def back_up(self) -> None:
        """Make a backup, for nobody else to read."""
        self._run("back up")
        [made] = self.folder.glob("backup.*")
        assert made.stat().st_mode & 0o077 == 0

    def put_back(self) -> str:
        """Give the URL of the database as it was."""
        if self._server is not None:
            self._server.run('DROP DATABASE IF EXISTS "miradot_back" WITH (FORCE)')
        self._run("put back")
        if self._server is not None:
            self.url = self.environment["BACK_URL"]
        return self.url

    def _run(self, what: str) -> None:
        kind = "sqlite" if self._server is None else "postgresql"
        for line in lines_of(f"{kind}, {what}"):
            run_line(line, self.folder, self.environment)


@dataclass
class Day:
    """What happened in the day that is forgotten."""

    early: Order
    known: Order
    new: Order
    relayed: Order
    erased: Order
    silent: Order
    stones: list[Tombstone]


def live(hands: Hands, keeper: Keeper) -> Day:
    """Let people buy, make a backup, and let a day pass on which everything happens."""
    # The sandbox's own shoppers stay away: what follows is counted person by person.
    hands.there.sandbox.world._coming.clear()  # noqa: SLF001 - it has no other end
    early, known, erased = (hands.place(str(7_700_001 + n)) for n in range(3))
    hands.sync()
    keeper.back_up()
    hands.there.wait(hours=6)
    new, silent, relayed = hands.place("7700011"), hands.place("7700012"), hands.place("7700001")
    hands.place("7700013", real=False)
    refund(early, 0, 500, 0, hands.clock.now())
    hands.sync()
    hands.there.wait(hours=12)
    state = hands.there.sandbox.state
    state.contacts.unsubscribe(known.shopper.email, hands.clock.now())
    hands.sync()
    for gone in (erased, silent):
        identifier = Identifier("customer", gone.shopper.customer_id)
        erase(hands.worker, find(hands.worker, identifier), identifier)
    hands.there.wait(hours=6)
    hands.sync()
    with hands.database.transaction() as connection:
        stones = list_tombstones(connection)
    return Day(early, known, new, relayed, erased, silent, stones)


def put_back(hands: Hands, keeper: Keeper) -> None:
    """Go on with the database as it was when the backup was made."""
    hands.database.close()
    hands.database = Database(keeper.put_back())
    prepare_database(hands.database, hands.clock.now())
    hands.worker = hands.hire("two")
    source = hands.landing.source
    hands.landing = Landing(hands.worker, source, "restored", Poll())


def tell(hands: Hands, stones: list[Tombstone]) -> None:
    """Tell the database that it was put back, and who was erased since."""
    with hands.database.transaction() as connection:
        note_restore(connection, [hands.flow.name], hands.clock.now())
        bury_again(hands.worker, connection, stones)
    deliver_deletions(hands.worker)


def enrolments(hands: Hands) -> Counter[tuple[int, int]]:
    return Counter(hands.there.sandbox.state.enrolments)


def contact_of(state: State, order: Order) -> Contact:
    return state.contacts.by_email[order.shopper.email]


def differing(hands: Hands, *, but: list[Order]) -> list[object]:
    """Give the orders on which both sides differ, without those of people who were erased."""
    sandbox = hands.there.sandbox
    found = differences(sandbox.world, sandbox.state, "Orders", "order_total")
    people = {one.shopper.customer_id for one in but}
    orders = sandbox.world.orders
    return [one for one in found if orders[str(one["order"])].shopper.customer_id not in people]
