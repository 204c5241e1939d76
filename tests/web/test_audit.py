"""The audit as people see it: found by who, what, when and whom it was done to; as a table too."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from engine.clock import write_time
from engine.state.tables import AUDIT
from tests.web.offices import HOSTILE, SCRIPT, Office, keep_busy, open_office

DAYS = [datetime(2026, 2, day, hour, tzinfo=UTC) for day in (1, 2) for hour in (0, 23)]


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path) as office:
        keep_busy(office)
        yield office


def note(office: Office, *rows: dict[str, Any]) -> None:
    with office.hands.worker.transaction() as connection:
        usual = {"at": write_time(DAYS[0]), "who": "adam", "act": "resolved", "ended": "done"}
        for row in rows:
            connection.execute(insert(AUDIT).values({**usual, **row}))


def read(office: Office, query: str = "", status: int = 200) -> Any:
    with office.client("vera") as client:
        answer = client.get(f"/audit.json{query}")
    assert answer.status_code == status, answer.text
    return answer.json()


def text_of(office: Office, query: str = "") -> str:
    with office.client("vera") as client:
        return unescape(client.get(f"/audit{query}").text)


def test_deeds_are_found_by_who_what_and_exception(busy: Office) -> None:
    note(
        busy,
        {"who": "adam", "exception_id": 1},
        {"who": "rhea", "act": "revealed", "exception_id": 1},
        {"who": "adam", "act": "undone", "exception_id": 2, "ended": None},
    )
    page = read(busy)
    assert [(one["who"], one["act"]) for one in page["deeds"]] == [
        ("adam", "undone"),
        ("rhea", "revealed"),
        ("adam", "resolved"),
    ]
    assert (page["doers"], page["kept_days"], "older" in page) == (["adam", "rhea"], 730, False)
    found = {
        "?who=rhea": [2],
        "?act=undone": [3],
        "?exception=1": [2, 1],
        "?who=adam&act=resolved": [1],
        "?who=nobody": [],
    }
    for query, numbers in found.items():
        assert [one["id"] for one in read(busy, query)["deeds"]] == numbers, query
    assert "not known" in text_of(busy, "?act=undone")
    assert "There is none of that kind" in text_of(busy, "?who=nobody")


def test_days_are_whole_and_of_utc(busy: Office) -> None:
    note(busy, *({"at": write_time(one)} for one in DAYS))
    found = {
        "?since=2026-02-02": [4, 3],
        "?until=2026-02-01": [2, 1],
        "?since=2026-02-01&until=2026-02-01": [2, 1],
        "?since=2026-02-03": [],
        "?until=9999-12-31": [4, 3, 2, 1],
    }
    for query, numbers in found.items():
        assert [one["id"] for one in read(busy, query)["deeds"]] == numbers, query


def test_older_ones_are_a_page_away_with_the_same_filter(busy: Office) -> None:
    note(busy, *({} for _ in range(203)), {"who": "rhea"})
    first = read(busy, "?who=adam")
    assert ([one["id"] for one in first["deeds"]][::199], first["older"]) == ([203, 4], 4)
    assert f"/audit?who=adam&before={first['older']}" in text_of(busy, "?who=adam")
    rest = read(busy, "?who=adam&before=4")
    assert ([one["id"] for one in rest["deeds"]], "older" in rest) == ([3, 2, 1], False)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?act=everything", "act takes one of resolved, undone, replayed, erased, revealed"),
        ("?since=yesterday", "since takes a day such as 2026-03-01"),
        ("?until=2026-02-30", "until takes a day"),
        ("?exception=x", "exception takes a number"),
        ("?exception=%D9%A1", "exception takes a number"),
        ("?before=99999999999999999999", "before takes a number"),
        ("?who=%00", "who has characters that nobody types"),
    ],
)
def test_a_filter_that_is_none_is_told(busy: Office, query: str, said: str) -> None:
    assert said in read(busy, query, 400)["error"]


def test_the_table_holds_what_the_filter_means_and_no_formula(busy: Office) -> None:
    note(busy, {"who": "adam"}, {"who": f"={HOSTILE}"}, {"who": "@rhea", "ended": None})
    with busy.client("vera") as client:
        whole = client.get("/audit.csv")
        part = client.get("/audit.csv?who=adam")
    assert whole.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.reader(StringIO(whole.text)))
    assert rows[0] == ["id", "at", "who", "act", "exception", "ended"]
    assert [row[2] for row in rows[1:]] == ["'@rhea", f"'={HOSTILE}", "adam"]
    assert [row[5] for row in rows[1:]] == ["not known", "done", "done"]
    assert len(list(csv.reader(StringIO(part.text)))) == 2
    with busy.client("vera") as client:
        assert "<script" not in client.get("/audit").text.replace(SCRIPT, "")


def test_what_was_done_to_a_person_is_found_by_the_hashed_key_alone(busy: Office) -> None:
    number = busy.number("KEYS_DISAGREE")
    with busy.client("rhea") as client:
        person = client.post(f"/exceptions/{number}/reveal.json").json()["shown"]["person"]
        client.post("/person/reveal", data={"of": person})
    with busy.client("adam") as client:
        form = {"decision": "closed", "note": "seen"}
        client.post(f"/exceptions/{number}/resolve", data=form)
        client.post(f"/exceptions/{busy.number('OUTCOME_UNKNOWN')}/reveal")
    deeds = read(busy, f"?person={person}")["deeds"]
    assert [(one["who"], one["act"]) for one in deeds] == [
        ("adam", "resolved"),
        ("rhea", "revealed"),
        ("rhea", "revealed"),
    ]
    assert person not in str(busy.hands.rows("SELECT * FROM audit"))
    with busy.client("vera") as client:
        assert f"/audit?person={person}" in client.get(f"/person?of={person}").text
