"""Landing: every order that Mirakl shows is stored before anything else is done with it.

A page and how far it brings the stream are stored in one transaction. The watermark is Mirakl's
clock at the start of the last whole read, never a stamp of an order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.clock import read_time, write_time
from engine.connections.mirakl import MOST_ORDERS, MiraklSource
from engine.connections.order_texts import OrderText
from engine.state.cursors import move_cursor, read_cursor
from engine.state.database import Connection
from engine.state.erasure import exclude_erasure
from engine.state.orders import Arrival, Landed, Lane, land_orders, persons_of_orders
from engine.state.repeats import find_overtaken, prefer
from engine.state.restores import end_catching_up
from engine.state.rings import end_rung, ring_later, take_rung
from engine.state.shops import Feed
from engine.state.tombstones import is_buried
from engine.sync.flow import land_payload
from engine.sync.worker import Worker

ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class Poll:
    """How a stream is polled: its margin of overlap, how far back the first poll looks, how often.

    More often than `at_least` Mirakl does not want to be asked.
    """

    overlap: timedelta = timedelta(minutes=5)
    first: timedelta = timedelta(hours=36)
    at_least: timedelta = timedelta(seconds=60)


@dataclass(slots=True)
class Landing:
    """Where orders are landed: one flow, one shop, one run; see `recognise_shop`."""

    worker: Worker
    source: MiraklSource
    run: str
    poll: Poll = Poll()
    shop: str = ""

    @property
    def feed(self) -> Feed:
        """What is read."""
        return Feed(self.worker.flow.name, self.shop)

    def seconds_left(self) -> float:
        """Give the seconds until Mirakl may be asked for changes again, 0.0 for now."""
        worker = self.worker
        with worker.transaction() as connection:
            cursor = read_cursor(connection, self.feed, ORDERS)
        if cursor is None:
            return 0.0
        since = worker.now - read_time(cursor.moved_at)
        # A clock that was set back must not keep Mirakl unread until it has caught up.
        left = min(self.poll.at_least - since, self.poll.at_least)
        return max(left.total_seconds(), 0.0)

    def read_changes(self) -> Counter[str]:
        """Read everything that changed since the last whole read; raises SourceError."""
        worker, figures = self.worker, Counter[str]()
        since = self._since()
        offset: int | None = 0
        # A Date that runs ahead, once, would hide what changes until then.
        begun, started = worker.now, None
        while offset is not None:
            page = self.source.read_page(since, offset)
            started = started or min(page.server_time, begun)
            offset = page.next_offset
            with worker.transaction() as connection:
                figures += self.land(connection, page.orders, "event")
                if offset is None:
                    moment = write_time(started)
                    move_cursor(connection, self.feed, ORDERS, moment, worker.now)
                    end_catching_up(connection, worker.flow.name, ORDERS, worker.now)
        return figures

    def read_rung(self) -> Counter[str]:
        """Fetch the orders that the doorbell named; they stay named until they have landed.

        One that Mirakl does not know is let go: whoever rings cannot make up orders.
        """
        worker, feed, figures = self.worker, self.feed, Counter[str]()
        while True:
            with worker.transaction() as connection:
                rung = take_rung(connection, feed, MOST_ORDERS, worker.now)
            if not rung:
                return figures
            orders = self.source.read_orders([one.order_key for one in rung])
            with worker.transaction() as connection:
                end_rung(connection, feed, rung)
                figures += self.land(connection, orders, "event", asked=True)

    def land(
        self,
        connection: Connection,
        orders: Iterable[OrderText],
        lane: Lane,
        *,
        asked: bool = False,
    ) -> Counter[str]:
        """Store orders as they came; those of people who were erased are left out.

        `asked`: Mirakl was asked for these orders, so that what it shows is the newest.
        """
        worker, given = self.worker, list(orders)
        kept = self.admit(connection, given)
        arrival = Arrival(worker.flow.name, lane, self.run, worker.now, self.shop)
        new = land_orders(connection, kept, arrival)
        if new < len(kept):
            self._take_again(connection, kept, arrival, asked=asked)
        return Counter(seen=len(given), landed=new, erased=len(given) - len(kept))

    def _take_again(
        self, connection: Connection, kept: Sequence[Landed], arrival: Arrival, *, asked: bool
    ) -> None:
        """Take in what was shown again though another content of the same stamp came later."""
        for one in find_overtaken(connection, arrival.flow, kept):
            if asked:
                prefer(connection, one, arrival)
            else:
                due = arrival.now + self.worker.rules.reread_wait
                ring_later(connection, self.feed, one.landed.order_key, due)

    def admit(self, connection: Connection, orders: Sequence[OrderText]) -> list[Landed]:
        """Give orders ready to be stored, without those of people who were erased."""
        return admit_orders(self.worker, connection, orders)

    def _since(self) -> datetime:
        worker = self.worker
        with worker.transaction() as connection:
            cursor = read_cursor(connection, self.feed, ORDERS)
        if cursor is None or cursor.watermark is None:
            return worker.now - self.poll.first
        return read_time(cursor.watermark) - self.poll.overlap


def admit_orders(
    worker: Worker, connection: Connection, orders: Sequence[OrderText]
) -> list[Landed]:
    """Give orders ready to be stored, without those of people who were erased."""
    known = persons_of_orders(connection, worker.flow.name, [one.key for one in orders])
    landed = [land_payload(worker.flow, one.text.decode(), worker.now, known) for one in orders]
    return _without_erased(worker, connection, landed)


def _without_erased(
    worker: Worker, connection: Connection, landed: Sequence[Landed]
) -> list[Landed]:
    key = worker.tombstone_key
    exclude_erasure(connection)
    named = [name for one in landed for name in (one.subject, one.person) if name]
    people = is_buried(connection, key, "person", named)
    orders = is_buried(connection, key, "order", [one.order_key for one in landed])
    given = [address for one in landed for address in one.addresses]
    addresses = is_buried(connection, key, "address", given)
    return [
        one
        for one in landed
        if people.isdisjoint((one.subject, one.person))
        and one.order_key not in orders
        and addresses.isdisjoint(one.addresses)
    ]
