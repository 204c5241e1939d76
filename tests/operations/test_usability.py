"""How usable what was delivered is: fill rates, floors, falls, and who is ready for a programme."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from engine.commands.usability import (
    measure_usability,
    read_floors,
    read_since,
)
from engine.problem import Failure
from engine.report.usability import UsabilityDocument, render_usability
from engine.resources import read_schema
from engine.spec.usability import Floor, Segment
from engine.sync.usability import Usability
from tests.operations.hands import NAME, SURNAME, Hands, shipped_flow
from tests.rehearsal import BRAND, MAPPING, ROOT

BRANDS = "order_record.products[].brand"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
NO_FLOORS: Mapping[str, float] = {}


def measure(
    hands: Hands, floors: Mapping[str, float] = NO_FLOORS, **since: float
) -> UsabilityDocument:
    now = hands.clock.now()
    ago = timedelta(**since) if since else timedelta(days=30)
    typed = [f"{name}={percent}" for name, percent in floors.items()]
    given = read_floors(typed, Usability(hands.flow, now).fields)
    return measure_usability(hands.database, hands.flow, given, now - ago, now)


def field(document: UsabilityDocument, name: str) -> Any:
    return next(one for one in document["fields"] if one["field"] == name)


def empty(hands: Hands, *numbers: int) -> None:
    """Let the lines of some stored orders have no brand, as if Mirakl had sent none."""
    with hands.database.transaction() as connection:
        for number in numbers:
            query = f"SELECT payload FROM order_version WHERE id = {number}"  # noqa: S608
            order = orjson.loads(connection.exec_driver_sql(query).scalar_one())
            for line in order["order_lines"]:
                line["order_line_additional_fields"] = []
            update = "UPDATE order_version SET payload = ? WHERE id = ?"
            connection.exec_driver_sql(update, (orjson.dumps(order).decode(), number))


def deliver(*, buyers: int, relays: int = 0) -> Hands:
    hands = Hands()
    for number in range(buyers):
        hands.place(f"77000{number:02}", real=number >= relays)
    hands.sync()
    return hands


def test_a_field_is_told_by_segment() -> None:
    hands = deliver(buyers=4, relays=1)
    empty(hands, 1)
    document = measure(hands)
    assert (document["orders"], document["people"]) == (4, 4)
    assert document["segments"] == {
        "all": 4,
        "real": 3,
        "relay": 1,
        "subscribed": 3,
        "not_subscribed": 1,
    }
    told = field(document, BRANDS)
    assert told["percent"] == {
        "all": 75.0,
        "real": 100.0,
        "relay": 0.0,
        "subscribed": 100.0,
        "not_subscribed": 0.0,
    }
    assert told["places"] == ["order_lines[].order_line_additional_fields[brand]"]


def test_how_fresh_a_field_is_is_told_by_segment() -> None:
    hands = deliver(buyers=4, relays=1)
    empty(hands, 1, 4)
    versions = [row[0] for row in hands.rows("SELECT version FROM order_version ORDER BY id")]
    latest = field(measure(hands), BRANDS)["latest"]
    assert latest == dict.fromkeys(("all", "real", "subscribed"), versions[2])
    empty(hands, 2, 3)
    assert field(measure(hands), BRANDS)["latest"] == {}


def test_a_fall_names_its_first_order_and_the_rates_around_it() -> None:
    hands = deliver(buyers=6)
    empty(hands, 4, 5, 6)
    document = measure(hands, {BRANDS: 90.0})
    told = field(document, BRANDS)
    ((key, version),) = hands.rows("SELECT order_key, version FROM order_version WHERE id = 4")
    assert told["fall"] == {"order": key, "at": version, "before": 100.0, "after": 0.0}
    assert (told["below"], document["ok"]) == (True, False)
    text = render_usability(document, "text")
    words = f"since order {key} of {version[:10]} {BRANDS} is empty, before 100%:"
    assert words in text
    assert "order_lines[].order_line_additional_fields[brand]" in text
    assert "1 of 6 floors not reached" in text


def test_a_sudden_fall_is_told_without_a_floor() -> None:
    hands = deliver(buyers=6)
    empty(hands, 4, 5, 6)
    document = measure(hands, {BRANDS: 0})
    assert "fall" in field(document, BRANDS)
    assert document["ok"]


def test_one_gap_is_no_fall_by_itself() -> None:
    hands = deliver(buyers=6)
    empty(hands, 6)
    assert "fall" not in field(measure(hands, {BRANDS: 0}), BRANDS)


def test_a_field_that_was_never_there_has_no_first_order() -> None:
    hands = deliver(buyers=2)
    empty(hands, 1, 2)
    document = measure(hands, {BRANDS: 1.0})
    assert "fall" not in field(document, BRANDS)
    assert "newest" not in field(document, BRANDS)
    assert "is filled in 0% all along" in render_usability(document, "text")


def test_a_floor_that_is_reached_exactly_holds() -> None:
    hands = deliver(buyers=4)
    empty(hands, 1)
    assert measure(hands, {BRANDS: 75.0})["ok"]
    assert not measure(hands, {BRANDS: 75.01})["ok"]


def test_whoever_is_subscribed_and_whole_is_ready_for_the_programme() -> None:
    hands = deliver(buyers=4, relays=1)
    empty(hands, 4)
    (programme,) = measure(hands)["programmes"]
    assert (programme["programme"], programme["reachable"], programme["ready"]) == ("881", 3, 2)
    assert programme["lacking"] == [{"field": "MKT_LAST_BRANDS", "people": 1}]


def test_whoever_left_since_is_no_longer_ready() -> None:
    hands = deliver(buyers=1)
    assert measure(hands)["programmes"][0]["ready"] == 1
    with hands.database.transaction() as connection:
        (row,) = connection.exec_driver_sql("SELECT answer FROM contact").scalars()
        answer = orjson.loads(row)
        answer["channelProperties"]["email"]["status"] = "unsubscribed"
        text = orjson.dumps(answer).decode()
        connection.exec_driver_sql("UPDATE contact SET answer = ?", (text,))
    assert measure(hands)["programmes"][0]["reachable"] == 0


def test_an_order_counts_once_as_it_was_sent_last() -> None:
    hands = deliver(buyers=2)
    empty(hands, 2)
    with hands.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE order_version SET order_key = 'same'")
    document = measure(hands)
    assert document["orders"] == 1
    assert field(document, BRANDS)["percent"]["all"] == 0.0


def test_what_was_sent_before_is_left_out() -> None:
    hands = deliver(buyers=2)
    with hands.database.transaction() as connection:
        old = "UPDATE order_version SET settled_at = '2026-01-01T00:00:00.000000Z' WHERE id = 1"
        connection.exec_driver_sql(old)
    assert measure(hands, days=1)["orders"] == 1


def test_an_order_whose_text_is_gone_is_told() -> None:
    hands = deliver(buyers=2)
    with hands.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE order_version SET payload = '' WHERE id = 1")
    document = measure(hands)
    assert (document["orders"], document["unreadable"]) == (1, 1)
    assert "1 more order cannot be looked at" in render_usability(document, "text")


def test_nothing_delivered_is_below_no_floor() -> None:
    document = measure(Hands(), {BRANDS: 99.0})
    assert (document["orders"], document["ok"]) == (0, True)
    assert "nothing was delivered" in render_usability(document, "text")


def test_nobody_is_named_and_the_schema_holds() -> None:
    hands = deliver(buyers=3, relays=1)
    document = measure(hands, {BRANDS: 90.0})
    Draft202012Validator(read_schema("usability.v1.schema.json")).validate(document)
    for form in ("text", "json"):
        told = render_usability(document, form).lower()
        assert [one for one in (NAME, SURNAME, "example.com") if one.lower() in told] == []


def test_a_floor_without_its_call_counts_for_every_call() -> None:
    fields = Usability(shipped_flow(), NOW).fields
    found = read_floors(["order_status=90"], fields)
    assert {name: [one.floor for one in floors] for name, floors in found.items()} == {
        "order_record.order_status": [90.0],
        "shipment.order_status": [90.0],
    }


def floor_of(segment: Segment, percent: float, fresh: str = "") -> Floor:
    declared = {"field": BRANDS, "segment": segment, "floor": percent, "about": "Offers by brand"}
    return Floor.model_validate(declared | ({"fresh_within": fresh} if fresh else {}))


def with_floors(*floors: Floor) -> Hands:
    """Give hands whose mapping declares these floors and no others."""
    flow = shipped_flow()
    checked = flow.mapping.checked
    spec = checked.spec.model_copy(update={"usability": list(floors)})
    mapping = replace(flow.mapping, checked=replace(checked, spec=spec))
    return Hands(flow=replace(flow, mapping=mapping))


def test_the_floors_of_the_mapping_judge_what_was_delivered() -> None:
    hands = with_floors(floor_of("all", 75))
    for number in range(4):
        hands.place(f"77000{number:02}")
    hands.sync()
    empty(hands, 1)
    assert measure(hands)["ok"]
    empty(hands, 2)
    document = measure(hands)
    (floor,) = field(document, BRANDS)["floors"]
    assert (floor["percent"], floor["reached"], floor["below"]) == (75.0, 50.0, True)
    assert not document["ok"]
    assert "50 %, below 75" in render_usability(document, "text")


def test_a_floor_that_is_typed_stands_in_for_those_of_the_mapping() -> None:
    hands = with_floors(
        floor_of("all", 100),
        floor_of("real", 100),
    )
    hands.place()
    hands.sync()
    empty(hands, 1)
    assert not measure(hands)["ok"]
    document = measure(hands, {BRANDS: 0})
    assert document["ok"]
    assert [one["segment"] for one in field(document, BRANDS)["floors"]] == ["all"]


def test_a_floor_of_a_segment_looks_at_its_orders_alone() -> None:
    hands = with_floors(
        floor_of("relay", 100),
        floor_of("real", 100),
    )
    hands.place("7700001", real=False)
    hands.place("7700002")
    hands.sync()
    empty(hands, 1)
    document = measure(hands)
    below = {one["segment"]: one["below"] for one in field(document, BRANDS)["floors"]}
    assert below == {"relay": True, "real": False}
    told = "0 % of orders with a relay address, below 100"
    assert told in render_usability(document, "text")


def test_a_field_that_was_filled_too_long_ago_is_below_its_floor() -> None:
    floor = floor_of("all", 1, "P2D")
    hands = with_floors(floor)
    hands.place()
    hands.sync()
    hands.there.sandbox.clock.advance(timedelta(days=1))
    assert measure(hands)["ok"]
    hands.there.sandbox.clock.advance(timedelta(days=2))
    document = measure(hands)
    assert not document["ok"]
    assert "no order has filled it within P2D" in render_usability(document, "text")


@pytest.mark.parametrize(
    ("floor", "said"),
    [
        ("brand", "takes FIELD=PERCENT"),
        ("order_record.currenzy=90", 'did you mean "order_record.currency"'),
        ("order_record.currency=101", "no percentage"),
        ("order_record.currency=nan", "no percentage"),
    ],
)
def test_a_wrong_floor_is_told(floor: str, said: str) -> None:
    with pytest.raises(Failure, match=said):
        read_floors([floor], Usability(shipped_flow(), NOW).fields)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("24h", NOW - timedelta(days=1)),
        ("7d", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(days=14)),
        ("2026-02-01", datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_since_takes_a_length_of_time_or_a_day(text: str, moment: datetime) -> None:
    assert read_since(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "7", "0d", "soon", "2026-13-01", "2027-01-01"])
def test_another_since_is_told(text: str) -> None:
    with pytest.raises(Failure, match="--since"):
        read_since(text, NOW)


def test_the_command_needs_something_delivered(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "cli.py", "usability", MAPPING, "--brand", BRAND, "--since", "7d"],
        cwd=ROOT,
        env={"MIRADOT_DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "so nothing was delivered" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_command_judges_floors_by_its_exit_code(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/some.db"
    hands = Hands(url=url)
    hands.place()
    hands.sync()
    empty(hands, 1)
    hands.database.close()
    words = [sys.executable, "cli.py", "usability", MAPPING, "--brand", BRAND]
    words += ["--since", "2026-01-01", "--output-format", "json"]
    codes = []
    # Made-up orders are of a time long ago, which the mapping's own floor would tell.
    words += ["--floor", "order_record.order_total=100"]
    for floor in (f"{BRANDS}=0", f"{BRANDS}=99"):
        done = subprocess.run(
            [*words, "--floor", floor],
            cwd=ROOT,
            env={"MIRADOT_DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        codes.append(done.returncode)
        Draft202012Validator(read_schema("usability.v1.schema.json")).validate(
            orjson.loads(done.stdout)
        )
    assert codes == [0, 1]
