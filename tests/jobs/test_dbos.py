"""The adapter of DBOS: what it keeps, whom it takes for dead, and where it does not start."""

from __future__ import annotations

import logging
import pickle
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text

from engine.clock import SystemClock
from engine.connections.answers import DeniedError
from engine.jobs.dbos.adapter import DbosJobs, Timing, name_application
from engine.jobs.dbos.executors import Executors
from engine.jobs.dbos.flood import Dam
from engine.jobs.dbos.json_only import JsonOnly
from engine.jobs.dbos.store import open_store, probe_sqlite
from engine.jobs.performing import Performer
from engine.jobs.port import Figures, Request, Turn
from engine.jobs.stopping import Stopping
from engine.jobs.table import make_schedules
from engine.log import get_log
from engine.problem import Failure
from tests.jobs.bodies import Script
from tests.jobs.workers import PATIENCE, ask, lose_end, wait_until

TIMING = Timing(turn=0.02, beat=timedelta(seconds=0.05), events=0.02, others=0.02, grace=10)


def make_jobs(url: str, script: Script, lost: timedelta = TIMING.lost) -> DbosJobs:
    performer = Performer(script.bodies(), SystemClock(), Stopping(), get_log("none"))
    return DbosJobs(url, "orders", performer, replace(TIMING, lost=lost))


@contextmanager
def running(jobs: DbosJobs) -> Iterator[list[str]]:
    """Run jobs in a thread; what ended them is given."""
    ended: list[str] = []

    def run() -> None:
        try:
            jobs.run()
        except Failure as failure:
            ended.append(str(failure))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ended
    finally:
        jobs.stop()
        thread.join(30)
        jobs.close()
    assert not thread.is_alive()


def outcome(jobs: DbosJobs, name: str) -> str:
    return next(one.outcome for one in jobs.health().jobs if one.name == name)


def test_a_job_is_done_once_while_its_key_is_taken(database_url: str) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(turn: Turn) -> Figures:
        begun.set()
        go_on.wait(PATIENCE)
        return {"seen": int(turn.arguments["offset"])}

    script = Script({"poll": hold})
    jobs = make_jobs(database_url, script)
    with running(jobs):
        assert wait_until(lambda: len(jobs.health().executors) == 1)
        assert jobs.enqueue(Request("poll", {"offset": 7}, key="poll"))
        assert begun.wait(PATIENCE)
        assert not jobs.enqueue(Request("poll", {"offset": 7}, key="poll"))
        upkeep = next(one for one in jobs.health().queues if one.name == "upkeep")
        assert (upkeep.running, upkeep.waiting) == (1, 0)
        go_on.set()
        assert wait_until(lambda: outcome(jobs, "poll") == "done")
        assert jobs.enqueue(Request("poll", {"offset": 7}, key="poll"))
    assert script.called[0] == "poll"


def test_a_tick_is_done_once(database_url: str) -> None:
    script = Script()
    jobs = make_jobs(database_url, script)
    with running(jobs):
        assert wait_until(lambda: len(jobs.health().executors) == 1)
        assert jobs.enqueue(Request("mirror", tick="7"))
        assert wait_until(lambda: outcome(jobs, "mirror") == "done")
        assert not jobs.enqueue(Request("mirror", tick="7"))
        assert jobs.purge(SystemClock().now() + timedelta(minutes=1)) == 1
        assert outcome(jobs, "mirror") == "never"
    assert script.called == ["mirror"]


def test_schedules_start_jobs_and_the_history_is_swept(database_url: str) -> None:
    script = Script()
    jobs = make_jobs(database_url, script)
    jobs.schedule(make_schedules(timedelta(days=1)))
    at_once = {"mirror", "poll", "reconcile", "retention"}
    with running(jobs):
        assert wait_until(lambda: at_once <= set(script.called))
    # A minute or an hour may begin meanwhile.
    assert sorted(set(script.called) - {"alerts", "surveys"}) == sorted(at_once)
    assert [script.called.count(name) for name in at_once] == [1, 1, 1, 1]


def test_what_is_kept_is_json_and_nothing_that_an_error_said(
    tmp_path: Path, database_url: str
) -> None:
    def fail(_turn: Turn) -> Figures:
        raise Failure("jo@example.com is not to be kept")

    jobs = make_jobs(database_url, Script({"poll": fail}))
    with running(jobs):
        assert wait_until(lambda: len(jobs.health().executors) == 1)
        jobs.enqueue(Request("poll", {"offset": 7}))
        assert wait_until(lambda: outcome(jobs, "poll") == "failed")
    store = open_store(database_url)
    inputs = ask(store, "SELECT inputs FROM {schema}workflow_input")
    errors = ask(store, "SELECT error FROM {schema}workflow_output")
    store.dispose()
    assert inputs == ['{"args":["poll",{"offset":7}],"kwargs":{}}']
    assert errors == ['{"error":"Failure"}']
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("*-jobs.db*"))
    assert b"jo@example.com" not in kept


def test_what_people_have_to_mend_ends_the_run(database_url: str) -> None:
    def deny(_turn: Turn) -> Figures:
        raise DeniedError("the API user is refused")

    jobs = make_jobs(database_url, Script({"poll": deny}))
    with running(jobs) as ended:
        assert wait_until(lambda: len(jobs.health().executors) == 1)
        jobs.enqueue(Request("poll"))
        assert wait_until(lambda: bool(ended))
    assert ended == ["the API user is refused"]


def test_a_job_held_for_begun_with_no_thread_in_it_is_started_again(database_url: str) -> None:
    script = Script()
    jobs = make_jobs(database_url, script, lost=timedelta(seconds=0.2))
    with running(jobs):
        assert wait_until(lambda: len(jobs.health().executors) == 1)
        jobs.enqueue(Request("poll"))
        assert wait_until(lambda: outcome(jobs, "poll") == "done")
        lose_end(database_url)
        assert wait_until(lambda: outcome(jobs, "poll") == "done")
    # Where the end of a job is slow to be written, it is done once more: that does no harm.
    assert script.called.count("poll") >= 2


def test_a_long_job_is_not_taken_for_lost(database_url: str) -> None:
    go_on = threading.Event()
    script = Script({"poll": lambda _turn: {"seen": int(go_on.wait(PATIENCE))}})
    jobs = make_jobs(database_url, script, lost=timedelta(seconds=2))
    with running(jobs):
        assert wait_until(lambda: len(jobs.health().executors) == 1)
        jobs.enqueue(Request("poll"))
        assert wait_until(lambda: outcome(jobs, "poll") == "running")
        threading.Event().wait(3)
        go_on.set()
        assert wait_until(lambda: outcome(jobs, "poll") == "done")
    assert script.called == ["poll"]


def test_who_was_taken_for_dead_ends(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'miradot.db'}"
    jobs = make_jobs(url, Script())
    with running(jobs) as ended:
        assert wait_until(lambda: len(jobs.health().executors) == 1)
        with sqlite3.connect(tmp_path / "miradot-jobs.db", timeout=30) as other:
            other.execute("UPDATE miradot_executor SET holder = 'another'")
        assert wait_until(lambda: bool(ended))
    assert ended == ["another process took this one for dead; start it again"]


def test_nothing_is_connected_to_beyond_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise AssertionError("something was to be reached")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    script = Script()
    jobs = make_jobs(f"sqlite:///{tmp_path / 'miradot.db'}", script)
    jobs.schedule(make_schedules(timedelta(days=1)))
    with running(jobs):
        assert wait_until(lambda: len(script.called) == 4)


def test_the_file_of_the_engine_is_its_owners_and_logs_ahead(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'miradot.db'}")
    with store.connect() as connection:
        modes = [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in PRAGMAS]
    store.dispose()
    assert modes == ["wal", 1, 30000]
    assert (tmp_path / "miradot-jobs.db").stat().st_mode & 0o077 == 0


PRAGMAS = ("journal_mode", "synchronous", "busy_timeout")


def test_an_engine_without_a_file_is_refused() -> None:
    with pytest.raises(Failure, match="needs a database in a file, or PostgreSQL"):
        open_store("sqlite://")


def test_an_sqlite_on_which_the_engine_does_not_start_is_told_before() -> None:
    old = create_engine("sqlite://")
    event.listen(old, "connect", forget_fractions)
    probe_sqlite(old, (3, 11))
    with pytest.raises(Failure, match=r"needs SQLite 3\.42 on Python 3\.12, .*inline engine"):
        probe_sqlite(old, (3, 12))
    old.dispose()


def forget_fractions(connection: sqlite3.Connection, _entry: object) -> None:
    """Have SQLite answer as one before 3.42 does."""
    connection.create_function("unixepoch", 1, lambda _form: None)


def make_places(engine: Engine, *holders: str) -> list[Executors]:
    return [Executors(engine, "miradot-orders", holder, missed=3) for holder in holders]


def test_a_place_is_one_process_s_and_is_used_again(database_url: str) -> None:
    engine = open_store(database_url)
    first, second, third = make_places(engine, "a", "b", "c")
    assert [one.take() for one in (first, second)] == ["miradot-orders.1", "miradot-orders.2"]
    first.free(1)
    assert third.take() == "miradot-orders.1"
    assert third.list_held() == ["miradot-orders.1", "miradot-orders.2"]
    assert not first.beat()
    engine.dispose()


def test_only_who_does_not_beat_is_taken_for_dead(database_url: str) -> None:
    engine = open_store(database_url)
    watcher, living, silent = places = make_places(engine, "a", "b", "c")
    for one in places:
        one.take()
    found = []
    for _ in range(5):
        watcher.beat()
        living.beat()
        found.append(watcher.find_dead())
    assert found == [[], [], [], [3], [3]]
    # It beats after all, between the look and the deed.
    silent.beat()
    assert not watcher.bury(3)
    assert silent.beat()
    engine.dispose()


def test_json_is_all_that_is_read_back() -> None:
    form = JsonOnly()
    assert form.deserialize(form.serialize({"args": ["poll", {"offset": 7}]})) == {
        "args": ["poll", {"offset": 7}]
    }
    assert form.serialize(ValueError("jo@example.com")) == '{"error":"ValueError"}'
    with pytest.raises(TypeError):
        form.serialize(object())
    with pytest.raises(ValueError, match="unexpected"):
        form.deserialize(pickle.dumps("poll").decode("latin-1"))


def test_a_library_that_repeats_itself_is_heard_once_in_a_while() -> None:
    dam, heard = Dam(pause=30), []
    for second in (0, 1, 29, 31, 32):
        record = logging.LogRecord("dbos", logging.WARNING, "file", 1, "away", None, None)
        record.created = 1_000.0 + second
        heard.append(dam.filter(record))
    assert heard == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("flow", "name"),
    [("orders", "miradot-orders"), ("Orders v2", "miradot-orders-v2-ebc9b4")],
)
def test_an_application_is_named_after_its_flow(flow: str, name: str) -> None:
    assert name_application(flow) == name
