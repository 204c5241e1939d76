"""Workers take turns: an alert is one's to change at a time, and a notice one's to send."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.state.alerts import (
    AlertKey,
    Notice,
    add_notices,
    lock_alerts,
    read_alerts,
    take_notice,
)
from engine.state.database import Database, DatabaseUnavailable
from tests.alerts.facts import FLOW, NOW
from tests.alerts.listening import Listener
from tests.alerts.test_watching import cycle, figure, routed, watch_on
from tests.state.databases import PREPARED, Postgres, opened

KEY = AlertKey(FLOW, "failure", "")


@pytest.fixture
def shared(postgres: Postgres) -> Iterator[tuple[Database, Database]]:
    """The same database twice, where several may write at once; nobody waits long."""
    url = postgres.make(PREPARED)
    with opened(url, 0.2) as one, opened(url, 0.2) as other:
        yield one, other
    postgres.drop(url)


def test_who_judges_has_the_alerts_of_a_flow_alone(shared: tuple[Database, Database]) -> None:
    one, other = shared
    with one.transaction() as connection:
        lock_alerts(connection, FLOW, [KEY], NOW)
    with one.transaction() as mine:
        lock_alerts(mine, FLOW, [KEY], NOW)
        with other.transaction() as theirs:
            assert list(read_alerts(theirs, FLOW)) == [KEY]
            assert lock_alerts(theirs, "another", [KEY._replace(flow="another")], NOW)
        with pytest.raises(DatabaseUnavailable), other.transaction() as theirs:
            lock_alerts(theirs, FLOW, [KEY], NOW)


def test_a_notice_that_one_takes_is_passed_over_by_others(
    shared: tuple[Database, Database],
) -> None:
    one, other = shared
    notices = [
        Notice(KEY, 1, target, raised=True, title="", body="") for target in ("finance 1", "b 1")
    ]
    with one.transaction() as connection:
        add_notices(connection, notices, NOW)
    with one.transaction() as mine, other.transaction() as theirs:
        taken = [take_notice(mine, FLOW, NOW), take_notice(theirs, FLOW, NOW)]
        assert take_notice(theirs, FLOW, NOW) is None
    assert [one.notice.target for one in taken if one is not None] == ["b 1", "finance 1"]


def test_what_is_on_its_way_is_not_sent_by_another(database: Database, listener: Listener) -> None:
    one = watch_on(database, routed(default=(listener.route(),)))
    other = watch_on(database, routed(default=(listener.route(),)))
    asked: list[int] = []

    def come_in_between() -> None:
        listener.meanwhile = lambda: None
        cycle(other, figure(1.0))
        asked.append(len(listener.heard))

    listener.meanwhile = come_in_between
    cycle(one, figure(1.0))
    assert (asked, len(listener.heard)) == ([1], 1)
