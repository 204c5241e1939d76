"""What the pages show: every page with its twin, in words, masked, and as typed."""

from __future__ import annotations

import csv
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select, update

from engine.resources import read_schema
from engine.state.runs import Ending, end_run, start_run
from engine.state.tables import EXCEPTION, ORDER_VERSION
from engine.web.pages import PAGES
from tests.operations.hands import NAME, SURNAME
from tests.web.offices import HOSTILE, SCRIPT, Office, keep_busy, open_office

LOOKING = [page.path for page in PAGES if page.method == "GET"]
# What shows nothing until it is said what is meant.
MEANT = {
    "/exceptions/together": "?code=KEYS_DISAGREE",
    "/exceptions/together/replay": "?code=KEYS_DISAGREE",
}


def get(office: Office, path: str, who: str = "vera") -> str:
    with office.client(who) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def read(office: Office, path: str, who: str = "vera") -> Any:
    with office.client(who) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def filled(office: Office, path: str, ending: str = "") -> str:
    """Give the address of something that is there, or of its twin."""
    subject = office.hands.rows("SELECT subject FROM order_version WHERE outcome = 'sent'")[0][0]
    query = f"?of={subject}" if path == "/person" else MEANT.get(path, "")
    number = str(office.number("KEYS_DISAGREE"))
    return f"{path.replace('{number:serial}', number)}{ending}{query}"


@pytest.mark.parametrize("path", LOOKING)
def test_every_page_has_a_twin_that_keeps_to_its_schema(office: Office, path: str) -> None:
    assert "<!doctype html>" in get(office, filled(office, path), "olga")
    document = read(office, filled(office, path, ".json"), "olga")
    name = document.get("schema", "miradot/page-mapping.v1").removeprefix("miradot/")
    Draft202012Validator(read_schema(f"{name}.schema.json")).validate(document)


def test_health_tells_each_flow(office: Office) -> None:
    page = read(office, "/health.json")
    (flow,) = page["flows"]
    assert flow["health"]["state"] == "ok"
    assert flow["health"]["last_24_hours"]["held"] == 1
    assert len(flow["hours"]) == 24
    assert sum(one["ended"] for one in flow["hours"]) == sum(
        flow["health"]["last_24_hours"].values()
    )
    assert {one["side"] for one in page["left"]} == {"Dotdigital"}
    text = get(office, "/health")
    assert "Running well" in text
    assert text.count("<rect ") == 24
    assert text.count('<th role="rowheader" scope="row"><time') == 24


def test_health_names_the_brand_the_calls_left_and_what_is_next(office: Office) -> None:
    page = read(office, "/health.json")
    assert page["brand"] == office.hands.flow.brand
    text = unescape(get(office, "/health"))
    tightest = min(page["left"], key=lambda one: one["share"])
    assert f"{tightest['calls']} of {tightest['of']} at once" in text
    assert "no brand named" in text
    assert "Next run" in text
    assert "at most less" not in text


def test_health_tells_what_surveys_found_and_leads_there(office: Office) -> None:
    surveys = read(office, "/health.json")["surveys"]
    assert [one["kind"] for one in surveys] == ["usability", "drift", "reconciliation", "consent"]
    text = unescape(get(office, "/health"))
    for said in ("of values filled", "nothing drifted", "1 difference", "nothing was widened"):
        assert said in text
    month = next(one["part"] for one in surveys if one["part"])
    for kind in ("usability", "drift", "consent"):
        assert f'href="/{kind}?mapping=debenhams-orders"' in text
    assert f'href="/reconciliation?mapping=debenhams-orders&month={month}"' in text
    lines = get(office, "/metrics").splitlines()
    label = f'kind="reconciliation",mapping="debenhams-orders",part="{month}"'
    assert f"miradot_survey_found{{{label}}} 1.0" in lines
    assert any(one.startswith(f"miradot_survey_timestamp_seconds{{{label}}}") for one in lines)


def test_several_mappings_stand_in_one_table(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        hands = office.hands
        with hands.worker.transaction() as connection:
            for flow in ("debenhams-orders", "catalogue"):
                start_run(connection, flow, "sync", hands.clock.now())
        text = get(office, "/health")
        assert text.count('data-label="Mapping"') == 2
        for path in ('href="#panel-1"', 'href="#panel-2"', 'id="panel-2"'):
            assert path in text


def test_calls_that_were_made_are_no_longer_left(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        before = {one["tier"]: one["calls"] for one in read(office, "/health.json")["left"]}
        with office.hands.worker.transaction() as connection:
            now = office.hands.clock.now().timestamp()
            values = {"account": "apiuser-sandbox@apiconnector.example.com", "tier": "low"}
            from engine.state.tables import BUDGET  # noqa: PLC0415 - this test's alone

            connection.execute(
                BUDGET.insert().values(**values, next_at=now + 10, paused_until=now + 90)
            )
        left = {one["tier"]: one for one in read(office, "/health.json")["left"]}
        assert (left["low"]["calls"], left["low"]["paused_seconds"]) == (0, 90)
        assert left["high"]["calls"] == before["high"]
        assert "paused for 1 min" in get(office, "/health")


def test_nothing_has_run_is_told(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        assert "Nothing has run yet" in get(office, "/health")
        assert "Nothing has run yet" in get(office, "/runs")
        assert "Nothing waits for anybody" in get(office, "/exceptions")
        assert "Nobody is in doubt" in get(office, "/reviews")


def test_runs_tell_how_they_went(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        hands = office.hands
        with hands.worker.transaction() as connection:
            run = start_run(connection, "debenhams-orders", "sync", hands.clock.now())
            ending = Ending("failed", {"seen": 3, "landed": 0}, HOSTILE)
            end_run(connection, run, ending, hands.clock.now())
            start_run(connection, "debenhams-orders", "backfill", hands.clock.now())
        runs = read(office, "/runs.json")["runs"]
        assert [(one["kind"], one["state"]) for one in runs] == [
            ("backfill", "running"),
            ("sync", "failed"),
        ]
        text = get(office, "/runs")
        assert "going on, or killed" in text
        assert "3 orders seen" in text
        assert "<script>" not in text
        assert "&lt;script&gt;" in text


def test_exceptions_stand_by_cause_then_row_by_row(office: Office) -> None:
    causes = read(office, "/exceptions.json")["causes"]
    assert {one["code"] for one in causes} == {"KEYS_DISAGREE", "OUTCOME_UNKNOWN"}
    assert all("rows" not in one for one in causes)
    text = unescape(get(office, "/exceptions"))
    assert "Order [order id] leads to two different contacts" in text
    assert "What to do:" in text
    one = read(office, "/exceptions.json?code=KEYS_DISAGREE")["causes"]
    assert [(cause["code"], len(cause["rows"])) for cause in one] == [("KEYS_DISAGREE", 1)]
    order = one[0]["rows"][0]["order"]
    assert order in get(office, f"/exceptions?order={order}")
    assert "There is none of that kind" in get(office, "/exceptions?order=NO-SUCH")
    assert read(office, "/exceptions.json?state=closed")["causes"] == []


def test_exceptions_of_a_person_are_found_by_the_hashed_key(office: Office) -> None:
    number = office.number("KEYS_DISAGREE")
    person = read(office, f"/exceptions/{number}.json")["shown"]["person"]
    (cause,) = read(office, f"/exceptions.json?person={person}")["causes"]
    assert [row["id"] for row in cause["rows"]] == [number]
    assert person in get(office, f"/exceptions?person={person}")
    assert len(get(office, f"/exceptions.csv?person={person}").splitlines()) == 2
    assert read(office, "/exceptions.json?person=nobody")["causes"] == []


def test_exceptions_are_for_their_owner(office: Office) -> None:
    causes = read(office, "/exceptions.json?owner=customer-care")["causes"]
    assert [one["code"] for one in causes] == ["KEYS_DISAGREE"]


def test_an_exception_is_told_in_full_and_masked(office: Office) -> None:
    number = office.number("KEYS_DISAGREE")
    page = read(office, f"/exceptions/{number}.json")
    assert page["identity"] is True
    assert len(page["shown"]["candidates"]) == 2
    for text in (get(office, f"/exceptions/{number}"), str(page)):
        assert NAME not in text
        assert SURNAME not in text
        assert "canaria" not in text.lower()
    assert "orders.yaml:" in get(office, f"/exceptions/{number}")


def test_who_may_only_look_sees_no_form_that_acts_or_reveals(office: Office) -> None:
    number = office.number("KEYS_DISAGREE")
    assert f"/exceptions/{number}/resolve" not in get(office, f"/exceptions/{number}")
    assert f"/exceptions/{number}/reveal" not in get(office, f"/exceptions/{number}")
    assert f"/exceptions/{number}/resolve" in get(office, f"/exceptions/{number}", "adam")
    assert f"/exceptions/{number}/reveal" in get(office, f"/exceptions/{number}", "rhea")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/exceptions/999.json", 404, "there is no exception 999"),
        ("/person.json?of=NO-SUCH", 404, "nobody is known by this key or order"),
        ("/exceptions.json?state=gone", 400, "state takes open, closed or all"),
        (f"/person.json?of={'x' * 300}", 400, "at most 200 are taken"),
        ("/nowhere.json", 404, "nothing is served at this address"),
    ],
)
def test_what_is_wrong_is_one_sentence_in_one_shape(
    office: Office, path: str, status: int, said: str
) -> None:
    with office.client("olga") as client:
        told = client.get(path)
        page = client.get(path.replace(".json", ""))
    assert (told.status_code, list(told.json())) == (status, ["error"])
    assert said in told.json()["error"]
    assert page.status_code == status
    assert said[1:] in unescape(page.text)


def test_a_person_is_found_by_an_order_or_the_hashed_key(office: Office) -> None:
    found = office.hands.rows("SELECT order_key, subject FROM order_version WHERE outcome = 'sent'")
    order, subject = found[0]
    by_order, by_key = (
        read(office, f"/person.json?of={order}"),
        read(office, f"/person.json?of={subject}"),
    )
    assert by_order["person"] == by_key["person"] == subject
    assert by_key["masked"] is True
    assert {"Create a contact, with its status stated"} <= {one["means"] for one in by_key["calls"]}
    assert {one["kind"] for one in by_key["trail"]} == {"decided", "created"}
    text = get(office, f"/person?of={order}")
    assert "contact created" in text
    assert "canaria" not in text.lower()


def test_an_address_finds_nobody(office: Office) -> None:
    with office.client("olga") as client:
        assert client.get("/person?of=canaria.one@example.com").status_code == 404


def test_the_mapping_page_is_the_handbook(office: Office) -> None:
    text = get(office, "/mapping")
    assert "Operating handbook" in text
    assert read(office, "/mapping.json")["mapping"] == "debenhams-orders"


def test_the_current_plan_tells_what_would_be_sent_of_what_waits(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        assert "No order waits" in get(office, "/mapping/plan")
        hands = office.hands
        settled = hands.place("7700001")
        hands.sync()
        waits = hands.place("7700002")
        hands.landing.read_changes()
        page = read(office, "/mapping/plan.json")
        assert page["spec_sha256"] == hands.flow.sha256
        assert page["before"] == []
        assert "since" in page
        told = {one["order"]: one for one in page["orders"]}
        assert (page["waiting"], waits.id in told, settled.id in told) == (len(told), True, False)
        assert told[waits.id]["outcome"] == "planned"
        calls = [one["means"] for one in told[waits.id]["calls"]]
        text = unescape(get(office, "/mapping/plan"))
        assert calls
        assert all(one in text for one in calls)
        assert hands.count("call") == len(hands.rows("SELECT id FROM call WHERE state = 'done'"))


def test_the_current_plan_tells_which_mappings_were_in_force_before(office: Office) -> None:
    former = "f" * 64
    worker = office.hands.worker
    with worker.transaction() as connection:
        row = select(ORDER_VERSION.c.id).where(ORDER_VERSION.c.outcome == "held")
        changed = update(ORDER_VERSION).where(ORDER_VERSION.c.id.in_(row))
        connection.execute(changed.values(spec_sha256=former))
    (one,) = read(office, "/mapping/plan.json")["before"]
    assert (one["spec_sha256"], one["orders"]) == (former, 1)
    assert former[:16] in get(office, "/mapping/plan")


def test_metrics_are_read_from_the_store(office: Office) -> None:
    lines = get(office, "/metrics").splitlines()
    name = 'mapping="debenhams-orders"'
    assert f'miradot_orders_ended_24h{{{name},outcome="held"}} 1.0' in lines
    assert f'miradot_state{{{name},state="ok"}} 1.0' in lines
    assert f'miradot_exceptions_open{{{name},owner="customer-care"}} 1.0' in lines
    assert f"miradot_calls_unknown{{{name}}} 1.0" in lines


def test_what_watches_the_process_is_answered(office: Office) -> None:
    with office.client() as client:
        assert client.get("/livez").text == client.get("/readyz").text == "ok\n"


def test_hostile_texts_are_shown_as_typed_and_no_formula_in_the_table(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        keep_busy(office)
        number = office.number("KEYS_DISAGREE")
        with office.hands.worker.transaction() as connection:
            hostile = {"message": f"={HOSTILE}", "order_key": f"@{HOSTILE}", "owner": f"+{HOSTILE}"}
            connection.execute(update(EXCEPTION).where(EXCEPTION.c.id == number).values(**hostile))
        for path in ("/exceptions?code=KEYS_DISAGREE", f"/exceptions/{number}", "/reviews"):
            text = get(office, path, "olga")
            assert "<script" not in text.replace(SCRIPT, "")
            assert "<b>" not in text
            assert "alert(1)" in text.replace("<wbr>", "")
        rows = list(csv.reader(StringIO(get(office, "/exceptions.csv"))))
        cells = [cell for row in rows for cell in row]
        assert any(cell.startswith("'=<script>") for cell in cells)
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
