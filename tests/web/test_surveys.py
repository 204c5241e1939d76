"""Pages of surveys: the latest as it was read, what was before in figures, and what to run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from engine.clock import write_time
from engine.commands.measurements import store_of, sum_up_usability
from engine.commands.usability import measure_usability, read_floors
from engine.report.reconciliation import group_thousands
from engine.state.measurements import Measured, keep_measurement
from engine.sync.usability import Usability
from engine.web.drawing import HIGH, WIDE, draw_bars, draw_line
from tests.web.offices import HOSTILE, SCRIPT, Office, keep_busy, open_office, spoil, survey
from tests.web.test_looking import get, read

KINDS = ("usability", "drift", "reconciliation", "consent")
MONTH = "2026-03"


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office that was surveyed while all was well, and a day later once more."""
    with open_office(tmp_path_factory.mktemp("spoilt")) as office:
        keep_busy(office)
        for number in range(5):
            office.hands.place(f"77001{number:02}")
        office.hands.sync()
        survey(office)
        office.hands.there.wait(hours=24)
        spoil(office)
        survey(office)
        yield office


def keep(office: Office, flow: str, kind: Any, document: object, part: str = "") -> None:
    """Keep what some survey is to have found."""
    worker = office.hands.worker
    at = write_time(worker.now)
    measured = Measured(flow, kind, at, ok=True, found=0, cause="", figure=0.0, part=part)
    with worker.transaction() as connection:
        keep_measurement(connection, measured, document)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_not_read_yet_says_what_to_run(tmp_path: Path, kind: str) -> None:
    with open_office(tmp_path) as office:
        page = read(office, f"/{kind}.json")
        assert "document" not in page
        assert page["history"] == []
        text = unescape(get(office, f"/{kind}"))
        assert " read yet." in text
        assert page["command"].startswith("miradot ")
        assert page["command"] in text


@pytest.mark.parametrize("kind", ["usability", "drift", "reconciliation"])
def test_the_latest_is_shown_with_when_it_was_read_and_what_was_before(
    spoilt: Office, kind: str
) -> None:
    page = read(spoilt, f"/{kind}.json")
    assert page["document"]["at"] == page["history"][-1]["at"]
    assert len(page["history"]) == 2
    text = get(spoilt, f"/{kind}")
    assert "<polyline " in text
    assert text.count('<th role="rowheader" scope="row"><time') == 2
    for one in page["history"]:
        assert f'datetime="{one["at"]}"' in text


def test_usability_tells_what_fell_since_which_order_and_from_where(spoilt: Office) -> None:
    page = read(spoilt, "/usability.json")
    brand = "order_record.products[].brand"
    one = next(one for one in page["document"]["fields"] if one["field"] == brand)
    text = unescape(get(spoilt, "/usability")).replace("<wbr>", "")
    assert brand in text
    assert one["fall"]["order"] in text
    assert "order_lines[].order_line_additional_fields[brand]" in text
    before, after = (one["figure"] for one in page["history"])
    assert before > after
    assert f"{after:g} %" in text


def test_usability_tells_who_is_ready_for_a_programme(spoilt: Office) -> None:
    (programme,) = read(spoilt, "/usability.json")["document"]["programmes"]
    text = unescape(get(spoilt, "/usability"))
    assert f"Programme {programme['programme']}" in text
    assert f"<strong>{programme['ready']}</strong> of {programme['reachable']} people" in text


def test_usability_tells_which_floors_are_missed(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        hands = office.hands
        hands.place()
        hands.sync()
        spoil(office)
        brand = "order_record.products[].brand"
        now = hands.worker.now
        since, fields = now - timedelta(days=1), Usability(hands.flow, now).fields
        document = measure_usability(
            hands.database, hands.flow, read_floors([f"{brand}=95"], fields), since, now
        )
        store_of(hands.worker).keep(sum_up_usability, document)
        text = unescape(get(office, "/usability")).replace("<wbr>", "")
        assert "1 field is filled less often, or less lately, than the mapping wants" in text
        assert "the mapping wants 95 %" in text
        assert "Below its floor" in text
        assert read(office, "/usability.json")["history"][-1]["found"] == 1


def test_usability_tells_for_whom_a_floor_is_and_what_rests_on_it(spoilt: Office) -> None:
    document = read(spoilt, "/usability.json")["document"]
    for one in document["fields"]:
        one |= {"below": False}
        one.pop("floors", None)
    fresh: Any = {"segment": "all", "percent": 90.0, "reached": 100.0, "below": False}
    fresh |= {"fresh_within": "P14D", "stale": True, "about": "Reports"}
    low: Any = {"segment": "subscribed", "percent": 95.0, "reached": 40.5, "below": True}
    low |= {"stale": False, "about": "Greetings"}
    document["fields"][0] |= {"below": True, "floors": [fresh]}
    document["fields"][1] |= {"below": True, "floors": [low]}
    document["ok"] = False
    keep(spoilt, "floors", "usability", document)
    text = unescape(get(spoilt, "/usability?mapping=floors"))
    assert "2 fields are filled less often, or less lately" in text
    assert "filled in 40.5 % of those of subscribed people; the mapping wants 95 %" in text
    assert "Nobody among all orders has filled it within 14 days" in text
    assert "What rests on it: greetings" in text
    assert "2<small>of 2 floors</small>" in text
    assert "Too old" in text
    measured = sum_up_usability(document)
    assert (measured.ok, measured.found) == (False, 2)
    assert measured.cause.startswith(document["fields"][1]["field"])
    assert "40.5 % of" in measured.cause


def test_drift_tells_each_thing_with_the_lines_it_touches(spoilt: Office) -> None:
    page = read(spoilt, "/drift.json")
    assert page["history"][0]["found"] == 0
    text = unescape(get(spoilt, "/drift")).replace("<wbr>", "")
    for one in page["document"]["items"]:
        assert one["what"] in text
        assert all(line in text for line in one["lines"])
    assert "Order without record" in text
    assert '<span class="nowrap">--send</span></code>' in text


def test_a_month_is_told_on_all_sides_with_each_difference_and_its_cause(spoilt: Office) -> None:
    page = read(spoilt, f"/reconciliation.json?month={MONTH}")
    assert page["month"] == MONTH
    assert {one["part"] for one in page["months"]} == {"2026-02", MONTH}
    (total,) = page["document"]["currencies"]
    text = unescape(get(spoilt, f"/reconciliation?month={MONTH}")).replace("<wbr>", "")
    for side in ("mirakl", "ledger", "dotdigital"):
        assert f"<span>{group_thousands(total[side]['total'])}<small>" in text
    lost = next(one for one in page["document"]["differences"] if one["cause"] == "record missing")
    assert lost["order"] in text
    assert f"\N{MINUS SIGN}{lost['mirakl']}" in text
    assert "Record missing: 1 order" in text
    assert "The month is not over" in text


def test_a_month_that_was_not_reconciled_says_what_to_run(spoilt: Office) -> None:
    page = read(spoilt, "/reconciliation.json?month=2025-12")
    assert (page["command"], "document" in page) == ("miradot reconcile --month 2025-12", False)
    assert "December 2025 was not read yet" in get(spoilt, "/reconciliation?month=2025-12")
    with spoilt.client("vera") as client:
        table = client.get("/reconciliation.csv?month=2025-12")
    assert table.status_code == 404
    assert "miradot reconcile --month 2025-12" in table.json()["error"]


def test_what_is_no_month_is_told(spoilt: Office) -> None:
    with spoilt.client("vera") as client:
        answer = client.get("/reconciliation.json", params={"month": "<b>"})
    assert answer.status_code == 400
    assert answer.json() == {"error": "month takes a year and a month, such as 2026-02"}


def test_a_month_is_a_table_for_spreadsheets(spoilt: Office) -> None:
    with spoilt.client("vera") as client:
        answer = client.get(f"/reconciliation.csv?month={MONTH}")
    assert answer.headers["content-disposition"] == 'attachment; filename="reconciliation.csv"'
    rows = list(csv.DictReader(StringIO(answer.text)))
    differences = read(spoilt, f"/reconciliation.json?month={MONTH}")["document"]["differences"]
    told = [row["order"] for row in rows if row["row"] == "difference"]
    assert told == [one["order"] for one in differences]
    assert [row["row"] for row in rows][-1] == "total"


def test_consent_tells_that_nothing_was_widened(spoilt: Office) -> None:
    page = read(spoilt, "/consent.json")
    assert page["document"]["ok"] is True
    text = get(spoilt, "/consent")
    assert "No call of ours widened what may be done with anybody" in text
    assert "Read once so far" in text
    assert get(spoilt, "/consent.csv").startswith('"kind","breach","contact"')


def test_a_mapping_is_chosen_and_an_unknown_one_told(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        keep(office, "catalogue", "drift", {})
        page = read(office, "/drift.json?mapping=catalogue")
        assert page["mapping"] == "catalogue"
        assert page["mappings"] == ["catalogue", "debenhams-orders"]
        assert 'href="/drift?mapping=catalogue" aria-current="true"' in get(
            office, "/drift?mapping=catalogue"
        )
        with office.client("vera") as client:
            assert client.get("/drift?mapping=nobody").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_what_another_version_kept_is_read_again_rather_than_guessed(
    tmp_path: Path, kind: str
) -> None:
    with open_office(tmp_path) as office:
        part = MONTH if kind == "reconciliation" else ""
        keep(office, "debenhams-orders", kind, {"schema": f"miradot/{kind}.v0"}, part)
        assert "document" not in read(office, f"/{kind}.json")
        assert "was not read yet" in get(office, f"/{kind}")


def test_hostile_texts_are_shown_as_typed(spoilt: Office) -> None:
    document = read(spoilt, "/drift.json")["document"]
    document["items"][0] |= {"what": HOSTILE, "examples": [HOSTILE], "lines": [HOSTILE]}
    month = read(spoilt, f"/reconciliation.json?month={MONTH}")["document"]
    month["differences"][0] |= {"order": HOSTILE, "said": HOSTILE, "currency": HOSTILE}
    used = read(spoilt, "/usability.json")["document"]
    for one in used["fields"]:
        one |= {"places": [HOSTILE], "percent": {**one["percent"], "all": 50.0}}
    used["programmes"][0]["programme"] = HOSTILE
    flow = "hostile"
    keep(spoilt, flow, "drift", document)
    keep(spoilt, flow, "reconciliation", month, MONTH)
    keep(spoilt, flow, "usability", used)
    for kind in ("drift", "reconciliation", "usability"):
        text = get(spoilt, f"/{kind}?mapping={flow}")
        assert "<script" not in text.replace(SCRIPT, "")
        assert "<b>" not in text
        assert "alert(1)" in text.replace("<wbr>", "")
    cells = [
        cell
        for row in csv.reader(StringIO(get(spoilt, f"/reconciliation.csv?mapping={flow}")))
        for cell in row
        if not cell.replace(".", "").removeprefix("-").isdecimal()
    ]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def test_bars_stand_from_nothing_up() -> None:
    bars = draw_bars([0, 5, 10])
    assert [one.height for one in bars] == [1.0, 19.5, HIGH - 1]
    assert all(one.y + one.height == HIGH for one in bars)
    assert bars[-1].x + bars[-1].width <= WIDE


def test_a_line_needs_two_figures_and_keeps_within_its_picture() -> None:
    assert draw_line([]) is None
    assert draw_line([3.0, None]) is None
    line = draw_line([97.0, None, 99.0])
    assert line is not None
    assert (line.least, line.most) == (97.0, 99.0)
    points = [tuple(map(float, one.split(","))) for one in line.points.split()]
    assert len(points) == 2
    assert points[0][1] > points[1][1]
    assert all(0 <= x <= WIDE and 0 <= y <= HIGH for x, y in points)


def test_one_level_is_drawn_in_the_middle() -> None:
    line = draw_line([4.0, 4.0])
    assert line is not None
    assert {one.split(",")[1] for one in line.points.split()} == {str(HIGH / 2)}
