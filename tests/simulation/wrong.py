"""Known mistakes, built into the real code one at a time: each must be caught.

A mistake is a function that gives what is to be put in the place of what, for `mistaken`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import orjson
from sqlalchemy import Connection, select

from engine.clock import write_time
from engine.connections.dotdigital import DotdigitalClient
from engine.connections.imports import ImportReport
from engine.connections.outcomes import Failed, Unknown
from engine.connections.wire import Sent
from engine.state import orders, outbox
from engine.state.claims import Claimant
from engine.state.cursors import move_cursor, read_cursor
from engine.state.orders import End, Landed, newest_settled, settle_version
from engine.state.outbox import DONE, end_calls
from engine.state.shops import Feed
from engine.state.tables import CALL, ORDER_VERSION, PERSON
from engine.sync import batching, creating, cycle, flow, imports, landing, planning, settling
from engine.sync.imports import INSIGHT, Importer
from engine.sync.landing import ORDERS, Landing
from engine.sync.mirror import ACCOUNT, STREAM, refresh_mirror
from engine.sync.settling import Delivery

Swaps = list[tuple[Any, str, Any]]
Mistake = Callable[[], Swaps]


@contextmanager
def mistaken(mistake: Mistake) -> Iterator[None]:
    """Let a mistake be in the code for a while."""
    with ExitStack() as stack:
        for owner, name, value in mistake():
            stack.enter_context(patch.object(owner, name, value))
        yield


def no_overlap() -> Swaps:
    real = Landing._since  # noqa: SLF001 - the mistake is inside

    def since(self: Landing) -> Any:
        found = real(self)
        early = self.worker.now - found > timedelta(days=1)
        return found if early else found + self.poll.overlap + timedelta(seconds=30)

    return [(Landing, "_since", since)]


def newest_stamp_as_watermark() -> Swaps:
    def move(connection: Connection, feed: Feed, stream: str, *rest: Any) -> None:
        moment, now = rest
        if stream == ORDERS:
            newest = select(ORDER_VERSION.c.version).order_by(ORDER_VERSION.c.version.desc())
            moment = connection.execute(newest.limit(1)).scalar_one_or_none() or moment
        move_cursor(connection, feed, stream, moment, now)

    return [(landing, "move_cursor", move)]


def watermark_before_the_page() -> Swaps:
    real = Landing.read_changes

    def read(self: Landing) -> Any:
        since = self._since()
        with self.worker.transaction() as connection:
            now = self.worker.now
            move_cursor(connection, self.feed, ORDERS, write_time(now), now)
        with patch.object(Landing, "_since", lambda _self: since):
            return real(self)

    return [(Landing, "read_changes", read)]


def nobody_checks_claims() -> Swaps:
    def hold(_connection: Connection, _claim: Any) -> None:
        return None

    return [(one, "hold_claim", hold) for one in (planning, settling, batching)]


def claims_do_not_exclude() -> Swaps:
    real = Claimant.claim

    def claim(self: Claimant, connection: Connection, *given: Any) -> Any:
        connection.execute(PERSON.update().values(claimed_until=None))
        return real(self, connection, *given)

    held = nobody_checks_claims()
    return [(Claimant, "claim", claim), *held]


def a_late_call_is_left_alone() -> Swaps:
    def check(_self: Delivery, *_given: object) -> bool:
        return False

    return [(Delivery, "_check_claim", check)]


def _changed(operation: str, change: Callable[[dict[str, Any]], None]) -> Swaps:
    """Change the body of a call behind the back of what checks it."""
    real = DotdigitalClient.send

    def send(self: DotdigitalClient, name: str, *given: Any) -> Any:
        if name != operation:
            return real(self, name, *given)
        method, path, query, body = given
        told = orjson.loads(orjson.dumps(body))
        change(told)
        sent = Sent(method, path, query, orjson.dumps(told))
        return self._ask(sent, "high", idempotent=True)

    return [(DotdigitalClient, "send", send)]


def figures_are_added() -> Swaps:
    held: dict[str, float] = {}

    def add(body: dict[str, Any]) -> None:
        fields = body["dataFields"]
        person = fields["MIRAKL_PERSON"]
        held[person] = held.get(person, 0.0) + float(fields.get("MKT_NET_VALUE") or 0)
        fields["MKT_NET_VALUE"] = round(held[person], 2)

    return _changed("contacts.update", add)


def status_on_update() -> Swaps:
    def add(body: dict[str, Any]) -> None:
        body["channelProperties"] = {"email": {"status": "subscribed"}}

    return _changed("contacts.update", add)


def subscribed_without_evidence() -> Swaps:
    def add(body: dict[str, Any]) -> None:
        body["channelProperties"]["email"]["status"] = "subscribed"

    return _changed("contacts.create", add)


def cancelations_subtracted_twice() -> Swaps:
    real = flow.read_payload

    def read(text: str) -> Any:
        payload: Any = real(text)
        lines = payload.get("order_lines") if isinstance(payload, Mapping) else None
        for line in lines or []:
            for one in line.get("cancelations") or []:
                gone, shipping = one.get("amount") or 0, one.get("shipping_amount") or 0
                line["price"] = round(line["price"] - gone, 2)
                line["shipping_price"] = round(line["shipping_price"] - shipping, 2)
                line["total_price"] = round(line["total_price"] - gone - shipping, 2)
                if line["order_line_state"] != "REFUSED":
                    payload["total_price"] = round(payload["total_price"] - gone - shipping, 2)
        return payload

    return [(one, "read_payload", read) for one in (planning, settling, creating)]


def settled_before_the_call() -> Swaps:
    real = Delivery.run

    def run(self: Delivery) -> None:
        with self.worker.transaction() as connection:
            end = End("sent", "", self.worker.flow.sha256)
            version = self.planned.version.id
            settle_version(connection, version, end, self.worker.now)
        real(self)

    return [(Delivery, "run", run)]


def equal_stamps_are_one() -> Swaps:
    real = orders.land_orders

    def land(connection: Connection, given: Any, arrival: Any) -> int:
        table = ORDER_VERSION
        rows = connection.execute(select(table.c.order_key, table.c.version))
        known = {(key, version) for key, version in rows}
        fresh: list[Landed] = [one for one in given if (one.order_key, one.version) not in known]
        return real(connection, fresh, arrival)

    return [(landing, "land_orders", land)]


class _NeverNewer(str):
    __slots__ = ()

    def __gt__(self, other: str) -> bool:
        return False


def the_older_version_wins() -> Swaps:
    real = newest_settled

    def newest(*given: Any) -> Any:
        found = real(*given)
        return None if found is None else (_NeverNewer(found[0]), found[1])

    return [(planning, "newest_settled", newest)]


def equal_stamps_are_not_asked_about() -> Swaps:
    return [(planning, "ring_later", lambda *_given: None)]


def latecomers_have_the_last_word() -> Swaps:
    return [(one, "doubt_calls", lambda *_given: None) for one in (settling, planning, imports)]


def the_unknown_is_tried_again() -> Swaps:
    real = Delivery._take  # noqa: SLF001 - the mistake is inside

    def take(self: Delivery, position: int, row: int, call: Any, outcome: Any) -> bool:
        if isinstance(outcome, Unknown):
            outcome = Failed(outcome.why)
        return real(self, position, row, call, outcome)

    return [(Delivery, "_take", take)]


def enrolment_outside_the_outbox() -> Swaps:
    real = outbox.begin_call

    def begin(connection: Connection, row: int, now: Any) -> None:
        rows = settling_rows(connection, row)
        if rows:
            real(connection, row, now)

    return [(settling, "begin_call", begin)]


def settling_rows(connection: Connection, row: int) -> bool:
    """Whether a call of the outbox may be repeated."""
    found = connection.execute(select(CALL.c.idempotent).where(CALL.c.id == row))
    return bool(found.scalar_one())


def the_mirror_stays_as_it_was() -> Swaps:
    real = refresh_mirror

    def refresh(worker: Any) -> int:
        with worker.transaction() as connection:
            if read_cursor(connection, Feed(ACCOUNT), STREAM) is not None:
                return 0
        return real(worker)

    return [(cycle, "refresh_mirror", refresh)]


def no_report_is_read() -> Swaps:
    real = Importer._await  # noqa: SLF001 - the mistake is inside

    def wait(self: Importer, import_id: str) -> ImportReport:
        if self.kind == INSIGHT:
            return ImportReport(running=False)
        return real(self, import_id)

    return [(Importer, "_await", wait)]


def a_taken_address_is_ignored() -> Swaps:
    real = Delivery._take_refusal  # noqa: SLF001 - the mistake is inside

    def take(self: Delivery, position: int, row: int, call: Any, outcome: Any) -> None:
        if outcome.status == 409:
            with self.worker.transaction() as connection:
                end_calls(connection, [row], DONE, self.worker.now)
            self.turn.known.sent.add(call["id"])
            return
        real(self, position, row, call, outcome)

    return [(Delivery, "_take_refusal", take)]


SOON: Mapping[str, Mistake] = {
    one.__name__: one
    for one in (
        newest_stamp_as_watermark,
        claims_do_not_exclude,
        figures_are_added,
        status_on_update,
        subscribed_without_evidence,
        cancelations_subtracted_twice,
        equal_stamps_are_one,
        no_report_is_read,
    )
}
"""Mistakes that the first schedules notice."""
MISTAKES: Mapping[str, Mistake] = {
    **SOON,
    **{
        one.__name__: one
        for one in (
            no_overlap,
            watermark_before_the_page,
            nobody_checks_claims,
            a_late_call_is_left_alone,
            settled_before_the_call,
            the_older_version_wins,
            equal_stamps_are_not_asked_about,
            latecomers_have_the_last_word,
            the_unknown_is_tried_again,
            enrolment_outside_the_outbox,
            the_mirror_stays_as_it_was,
            a_taken_address_is_ignored,
        )
    },
}
"""All of them: `scenarios.py` has a story for each, `python -m tests.simulation` tries any."""
