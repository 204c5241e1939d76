"""An old database and new code: its steps are taken, and what was under way goes on, once.

`tests.deploy.record` left the database: three people delivered to, one erased, a journey begun
without an answer, and an order that waits.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert

from engine.clock import write_time
from engine.connections.wire import Sent
from engine.problem import Failure
from engine.state.database import Database
from engine.state.migrations import STEPS, prepare_database
from engine.state.tables import SCHEMA_STEP
from engine.sync.cycle import settle_all
from engine.sync.landing import Landing, Poll
from tests.deploy.drills import contact_of, enrolments
from tests.deploy.record import live
from tests.operations.hands import Hands
from tests.rehearsal import ROOT, SETTINGS
from tests.state.databases import NOW, opened

RECORDED = Path(__file__).parent / "upgrade"
NAMES = [step.name for step in STEPS]
OLD = sorted({path.name.partition(".")[0] for path in RECORDED.iterdir()})


def newer_than(step: str) -> list[str]:
    return NAMES[NAMES.index(step) + 1 :]


def load(url: str, step: str) -> None:
    with opened(url) as database:
        name = f"{step}.{database.engine.dialect.name}.sql"
        script = (RECORDED / name).read_text(encoding="utf-8")
        connection = database.engine.raw_connection()
        driver = connection.driver_connection
        assert driver is not None
        if database.is_sqlite:
            driver.executescript(script)
        else:
            driver.execute(script.encode())
            # A dump leaves the session without a search path.
            connection.commit()
        connection.close()


@pytest.fixture(params=OLD)
def step(request: pytest.FixtureRequest) -> str:
    """The last step that an old database has taken."""
    return str(request.param)


@pytest.fixture
def old_url(empty_url: str, step: str) -> str:
    load(empty_url, step)
    return empty_url


@pytest.fixture
def hands(old_url: str) -> Iterator[Hands]:
    """The world in which the database was recorded, and the database as it was."""
    found = Hands()
    live(found)
    found.database.close()
    # The claims of whoever was killed have run out.
    found.there.wait(minutes=20)
    found.database = Database(old_url)
    yield found
    found.database.close()


def start(hands: Hands, name: str) -> None:
    prepare_database(hands.database, hands.clock.now())
    hands.worker = hands.hire(name)
    hands.landing = Landing(hands.worker, hands.landing.source, name, Poll())


def test_an_old_database_takes_every_step_since(old_url: str, step: str) -> None:
    with opened(old_url) as database:
        assert prepare_database(database, NOW) == newer_than(step)
        assert prepare_database(database, NOW) == []


def test_what_waited_in_an_old_database_is_delivered_by_new_code(hands: Hands) -> None:
    start(hands, "new")
    hands.sync()
    assert hands.rows("SELECT count(*) FROM order_version WHERE outcome IS NULL")[0][0] == 0
    assert hands.rows("SELECT count(*) FROM order_version WHERE outcome = 'sent'")[0][0] >= 4
    sandbox = hands.there.sandbox
    first = next(iter(sandbox.world.orders.values()))
    total = sandbox.state.insight.collections["Orders"].records[first.id].json["order_total"]
    assert round(float(str(total)) * 100) == first.net


def test_a_journey_that_had_begun_in_an_old_database_is_not_begun_again(hands: Hands) -> None:
    before = enrolments(hands)
    start(hands, "new")
    hands.sync()
    assert enrolments(hands) == before
    [asked] = hands.rows("SELECT place FROM exception WHERE code = 'OUTCOME_UNKNOWN'")
    assert asked[0] == "post_purchase"


def test_who_was_erased_in_an_old_database_stays_so(hands: Hands) -> None:
    start(hands, "new")
    orders = list(hands.there.sandbox.world.orders.values())
    erased = next(one for one in orders if one.shopper.customer_id == "7700003")
    hands.place("7700003")
    hands.sync()
    assert contact_of(hands.there.sandbox.state, erased).binned
    assert not hands.rows(f"SELECT 1 FROM order_version WHERE order_key = '{erased.id}'")  # noqa: S608 - tests' own


def test_workers_that_start_at_once_take_each_step_once(old_url: str, step: str) -> None:
    def begin(_number: int) -> list[str]:
        with opened(old_url) as database:
            return prepare_database(database, NOW)

    with ThreadPoolExecutor(4) as pool:
        taken = [name for names in pool.map(begin, range(4)) for name in names]
    assert sorted(taken) == sorted(newer_than(step))


def test_a_worker_that_joins_while_another_delivers_from_an_old_database_doubles_nothing(
    hands: Hands, old_url: str
) -> None:
    before, joined = enrolments(hands), list[str]()

    def join(sent: Sent) -> None:
        if joined or not sent.path.startswith("/contacts/v3/contactId"):
            return
        joined.append(sent.path)
        with opened(old_url) as database:
            assert prepare_database(database, hands.clock.now()) == []
            other = hands.hire("joined")
            other.database = database
            settle_all(other)

    start(hands, "new")
    hands.dotdigital.meddle = join
    hands.sync()
    assert joined
    assert enrolments(hands) == before
    assert hands.rows("SELECT count(*) FROM order_version WHERE outcome IS NULL")[0][0] == 0


def test_old_code_says_that_a_database_is_newer(hands: Hands) -> None:
    start(hands, "new")
    with pytest.raises(Failure, match="prepared by a newer miradot"):
        prepare_database(hands.database, NOW, STEPS[:1])


def test_a_command_on_a_newer_database_ends_with_one_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/newer.db"
    with opened(url) as database:
        prepare_database(database, NOW)
        with database.transaction() as connection:
            row = {"step": "9999-later", "done_at": write_time(NOW)}
            connection.execute(insert(SCHEMA_STEP).values(row))
    done = subprocess.run(
        [sys.executable, "cli.py", "status"],
        cwd=ROOT,
        env={**SETTINGS, "MIRADOT_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == (
        'miradot: the database was prepared by a newer miradot (step "9999-later"); '
        "install that version to use it\n"
    )
