"""Each change is told once, by one process, to whom it concerns; and again only what never went."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from engine.alerts.judging import Reading
from engine.alerts.kinds import Name
from engine.alerts.posting import open_service
from engine.alerts.routes import Answer, Mood, Routes, Target, open_routes
from engine.alerts.watching import Watch
from engine.problem import Failure
from engine.state.alerts import AlertKey, NoticeEntry, list_notices, take_notice
from engine.state.database import Database
from tests.alerts.facts import NOW
from tests.alerts.listening import Listener, listening
from tests.state.databases import opened

FLOW = "debenhams-orders"


@dataclass
class Clock:
    """A clock that stands until it is set on."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def go_on(self, **time: float) -> None:
        self.moment += timedelta(**time)


@dataclass
class Kept:
    """A log that keeps what it is told."""

    lines: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)

    def bind(self, **_known: object) -> Kept:
        return self

    def debug(self, event: str, **told: object) -> None:
        self.lines.append(("debug", event, told))

    def info(self, event: str, **told: object) -> None:
        self.lines.append(("info", event, told))

    def warning(self, event: str, **told: object) -> None:
        self.lines.append(("warning", event, told))

    def error(self, event: str, **told: object) -> None:
        self.lines.append(("error", event, told))

    def warnings(self) -> list[str]:
        return [event for level, event, _ in self.lines if level == "warning"]


@dataclass
class Mute:
    """A service of which nobody knows whether it took a notice."""

    scheme: str = "mute"
    posted: int = 0

    def post(self, title: str, body: str, mood: Mood) -> Answer:  # noqa: ARG002 - a service's
        self.posted += 1
        return Answer("unknown", "no answer in 20 s")


def watch_on(database: Database, routes: Routes, address: str = "") -> Watch:
    return Watch(database, FLOW, Clock(), routes, address, Kept())


def routed(**addresses: tuple[str, ...]) -> Routes:
    return open_routes(addresses, open_service)


def clock_of(watch: Watch) -> Clock:
    assert isinstance(watch.clock, Clock)
    return watch.clock


def log_of(watch: Watch) -> Kept:
    assert isinstance(watch.log, Kept)
    return watch.log


def figure(value: float | None, kind: Name = "failure", part: str = "", owner: str = "") -> Reading:
    return Reading(FLOW, kind, value, 1.0, f"{value} wrong", part, "a cause", owner)


def cycle(watch: Watch, *readings: Reading) -> None:
    watch.note(readings)
    watch.send()


def recover(watch: Watch, *readings: Reading) -> None:
    """Let figures be well for long enough."""
    watch.note(readings)
    clock_of(watch).go_on(minutes=45)
    cycle(watch, *readings)


def notices(watch: Watch) -> list[NoticeEntry]:
    with watch.database.transaction() as connection:
        return list_notices(connection, FLOW)


def test_a_change_is_told_once_and_its_end_once(database: Database, listener: Listener) -> None:
    watch = watch_on(database, routed(default=(listener.route(),)))
    for _ in range(5):
        cycle(watch, figure(1.0))
        clock_of(watch).go_on(minutes=1)
    recover(watch, figure(0.0))
    cycle(watch, figure(0.0))
    assert listener.titles() == [
        "miradot, debenhams-orders: runs fail",
        "miradot, debenhams-orders: over: runs fail",
    ]
    assert [body["type"] for _, body in listener.heard] == ["warning", "success"]


def test_a_second_time_is_told_again(database: Database, listener: Listener) -> None:
    watch = watch_on(database, routed(default=(listener.route(),)))
    cycle(watch, figure(1.0))
    recover(watch, figure(0.0))
    cycle(watch, figure(1.0))
    assert len(listener.heard) == 3


def test_nothing_is_told_while_nothing_is_wrong(database: Database, listener: Listener) -> None:
    watch = watch_on(database, routed(default=(listener.route(),)))
    cycle(watch, figure(0.0), figure(None, "drift"))
    assert listener.heard == []


def test_an_owner_hears_by_their_own_routes_and_all_others_by_the_default(
    database: Database, listener: Listener
) -> None:
    routes = routed(
        finance=(listener.route("finance"), listener.route("auditors")),
        default=(listener.route("all"),),
    )
    watch = watch_on(database, routes)
    cycle(watch, figure(1.0, "reconciliation", "2026-02"), figure(1.0), figure(1.0, "drift"))
    assert sorted(listener.paths()) == ["/all", "/all", "/auditors", "/finance"]


def test_who_heard_of_it_hears_that_it_is_over(database: Database, listener: Listener) -> None:
    routes = routed(finance=(listener.route("finance"),), default=(listener.route("all"),))
    watch = watch_on(database, routes)
    cycle(watch, figure(1.0, "held", owner="finance"))
    recover(watch, figure(0.0, "held", owner="customer-care"))
    assert listener.paths() == ["/finance", "/finance"]


def test_parts_are_told_apart(database: Database, listener: Listener) -> None:
    watch = watch_on(database, routed(default=(listener.route(),)))
    cycle(watch, figure(1.0, "queue", "today"), figure(0.0, "queue", "imports"))
    cycle(watch, figure(1.0, "queue", "today"), figure(1.0, "queue", "imports"))
    assert listener.titles() == [
        "miradot, debenhams-orders: orders wait long (today)",
        "miradot, debenhams-orders: orders wait long (imports)",
    ]


def test_two_workers_tell_it_once(database_url: str, listener: Listener) -> None:
    def work(_number: int) -> None:
        with opened(database_url) as database:
            watch = watch_on(database, routed(default=(listener.route(),)))
            for _ in range(3):
                cycle(watch, figure(1.0), figure(1.0, "queue", "today"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert sorted(listener.titles()) == [
        "miradot, debenhams-orders: orders wait long (today)",
        "miradot, debenhams-orders: runs fail",
    ]


def test_what_a_service_refuses_is_tried_again_and_told_in_the_log(
    database: Database, listener: Listener
) -> None:
    listener.answers = lambda _path: 503
    watch = watch_on(database, routed(default=(listener.route(),)))
    cycle(watch, figure(1.0))
    cycle(watch, figure(1.0))
    assert len(listener.heard) == 1, "it is let be for a minute"
    clock_of(watch).go_on(minutes=1)
    listener.answers = lambda _path: 200
    cycle(watch, figure(1.0))
    clock_of(watch).go_on(hours=2)
    cycle(watch, figure(1.0))
    assert len(listener.heard) == 2
    assert log_of(watch).warnings() == ["alert raised", "notice not taken and tried again"]
    assert [(one.state, one.attempts) for one in notices(watch)] == [("sent", 2)]


def test_only_the_route_that_failed_is_tried_again(database: Database, listener: Listener) -> None:
    listener.answers = lambda path: 500 if path == "/bad" else 200
    routes = routed(default=(listener.route("good"), listener.route("bad")))
    watch = watch_on(database, routes)
    cycle(watch, figure(1.0))
    clock_of(watch).go_on(minutes=5)
    cycle(watch, figure(1.0))
    assert sorted(listener.paths()) == ["/bad", "/bad", "/good"]


def test_a_service_that_is_away_is_no_end_of_the_cycle(database: Database) -> None:
    with listening() as gone:
        address = gone.route()
    watch = watch_on(database, routed(default=(address,)))
    cycle(watch, figure(1.0))
    assert [(one.state, one.said) for one in notices(watch)] == [
        ("due", "no connection, or it broke off")
    ]


def test_what_nobody_takes_is_given_up_after_a_day(database: Database, listener: Listener) -> None:
    listener.answers = lambda _path: 500
    watch = watch_on(database, routed(default=(listener.route(),)))
    for _ in range(40):
        cycle(watch, figure(1.0))
        clock_of(watch).go_on(hours=1)
    assert len(listener.heard) == 25
    assert [one.state for one in notices(watch)] == ["dropped"]
    assert log_of(watch).warnings()[-1] == "notice given up"


def test_of_what_was_never_told_its_end_is_not_told(database: Database, listener: Listener) -> None:
    listener.answers = lambda _path: 500
    watch = watch_on(database, routed(default=(listener.route(),)))
    cycle(watch, figure(1.0))
    listener.answers = lambda _path: 200
    recover(watch, figure(0.0))
    clock_of(watch).go_on(hours=2)
    cycle(watch, figure(0.0))
    assert len(listener.heard) == 1


def test_without_an_answer_it_is_not_sent_again_but_its_end_is(database: Database) -> None:
    service = Mute()
    watch = watch_on(database, Routes({"default": (Target("default", "default 1", service),)}))
    cycle(watch, figure(1.0))
    clock_of(watch).go_on(hours=2)
    cycle(watch, figure(1.0))
    assert (service.posted, [one.state for one in notices(watch)]) == (1, ["unknown"])
    assert log_of(watch).warnings()[-1] == "notice without an answer and not sent again"
    recover(watch, figure(0.0))
    assert service.posted == 2


def test_what_a_process_died_of_sending_is_not_sent_again_and_told_in_the_log(
    database: Database, listener: Listener
) -> None:
    watch = watch_on(database, routed(default=(listener.route(),)))
    watch.note([figure(1.0)])
    with database.transaction() as connection:
        taken = take_notice(connection, FLOW, NOW)
    assert taken is not None
    watch.send()
    clock_of(watch).go_on(minutes=11)
    cycle(watch, figure(1.0))
    assert listener.heard == []
    assert [one.state for one in notices(watch)] == ["unknown"]
    assert "notice cut off and not sent again" in log_of(watch).warnings()


def test_who_gets_a_route_later_is_told_of_what_is_raised(
    database: Database, listener: Listener
) -> None:
    cycle(watch_on(database, Routes()), figure(1.0))
    watch = watch_on(database, routed(default=(listener.route(),)))
    cycle(watch, figure(1.0))
    cycle(watch, figure(1.0))
    assert listener.titles() == ["miradot, debenhams-orders: runs fail"]


def test_a_route_that_was_taken_away_is_no_end_of_the_cycle(
    database: Database, listener: Listener
) -> None:
    listener.answers = lambda _path: 500
    cycle(watch_on(database, routed(default=(listener.route(),))), figure(1.0))
    watch = watch_on(database, Routes())
    clock_of(watch).go_on(minutes=5)
    cycle(watch, figure(1.0))
    assert [(one.state, one.said) for one in notices(watch)] == [
        ("due", "its route is no longer set")
    ]


def test_what_is_no_longer_watched_is_over_after_a_while(
    database: Database, listener: Listener
) -> None:
    watch = watch_on(database, routed(default=(listener.route(),)))
    cycle(watch, figure(1.0, "late", "shop 1"), figure(0.0))
    recover(watch, figure(0.0))
    assert [body["type"] for _, body in listener.heard] == ["warning", "success"]
    assert "Now: it is no longer watched" in listener.heard[1][1]["message"]


def test_sending_ends_when_it_may_not_go_on(database: Database, listener: Listener) -> None:
    watch = watch_on(database, routed(default=(listener.route(),)))
    watch.note([figure(1.0), figure(1.0, "late")])
    turns = iter((True, False))
    watch.send(lambda: next(turns))
    assert len(listener.heard) == 1


def test_a_notice_says_what_since_when_why_who_and_where(
    database: Database, listener: Listener
) -> None:
    routes = routed(default=(listener.route(),))
    watch = watch_on(database, routes, "https://ops.example.com")
    said = "12 of 80 orders of the last 24 hours were held (15 %)"
    cause = "NO_SKU, 9 orders. What its owner does: Give the offer a SKU"
    cycle(watch, Reading(FLOW, "held", 15.0, 10.0, said, "", cause, "customer-care"))
    assert listener.heard[0][1]["title"] == "miradot, debenhams-orders: many orders are held"
    assert listener.heard[0][1]["message"].splitlines() == [
        f"{said}.",
        "Since: 2026-03-01 09:00 UTC",
        f"Top cause: {cause}",
        "For: customer-care",
        "What to do:",
        "- Open the exceptions of the top cause: one decision often serves all of them.",
        "- Where the cause is new, ask what changed in the shop: a promotion, a field, a code.",
        "- Decide or correct, then replay; the orders go out as if nothing had been.",
        "Look at: https://ops.example.com/exceptions",
    ]


def test_the_notice_of_an_end_says_how_long_it_lasted(
    database: Database, listener: Listener
) -> None:
    watch = watch_on(database, routed(default=(listener.route(),)))
    cycle(watch, figure(1.0))
    clock_of(watch).go_on(hours=3)
    recover(watch, Reading(FLOW, "failure", 0.0, 1.0, "the last run did its work"))
    assert listener.heard[1][1]["message"].splitlines() == [
        "It is over since 2026-03-01 12:00 UTC; it lasted 3 h.",
        "Now: the last run did its work",
        "For: engineering",
        "Look with: miradot status",
    ]


def test_a_redirect_is_not_followed(database: Database, listener: Listener) -> None:
    listener.answers = lambda _path: 302
    watch = watch_on(database, routed(default=(listener.route("here"),)))
    cycle(watch, figure(1.0))
    assert listener.paths() == ["/here"]
    assert [(one.key, one.said) for one in notices(watch)] == [
        (AlertKey(FLOW, "failure", ""), "answered 302")
    ]


@pytest.mark.parametrize("address", ["nosuch://key-of-mine", "slack://key-of-mine"])
def test_an_address_that_nothing_can_send_to_is_told_without_it(address: str) -> None:
    with pytest.raises(Failure, match="the address 2 of finance") as raised:
        routed(finance=("json://localhost", address))
    assert "key-of-mine" not in str(raised.value)
