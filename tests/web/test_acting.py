"""What is done on the page: put on record with who did it, done, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.operations.hands import SURNAME
from tests.web.offices import Office, keep_busy, open_office


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path) as office:
        keep_busy(office)
        yield office


def post(office: Office, who: str, path: str, **form: str) -> tuple[int, Any]:
    with office.client(who) as client:
        answer = client.post(f"{path}.json", data=form)
    return answer.status_code, answer.json()


def candidates(office: Office, number: int) -> list[int]:
    with office.client("vera") as client:
        shown = client.get(f"/exceptions/{number}.json").json()["shown"]
    return [one["contact_id"] for one in shown["candidates"]]


def test_an_identity_is_decided_and_the_decision_taken_back(busy: Office) -> None:
    number = busy.number("KEYS_DISAGREE")
    first, _ = candidates(busy, number)
    where = f"/exceptions/{number}"
    status, done = post(
        busy, "adam", f"{where}/resolve", decision=f"contact-{first}", note="both compared"
    )
    assert (status, done["decision"], done["by"]) == (200, "contact", "adam")
    with busy.client("vera") as client:
        reviews = client.get("/reviews.json?state=closed").json()["reviews"]
        assert [one["undoable"] for one in reviews] == [True]
        assert "adam closed it" in client.get(where).text.replace("\n", " ")
    status, undone = post(busy, "adam", f"{where}/undo", note="it was the other one")
    assert (status, undone["decision"]) == (200, "undone")
    assert busy.deeds() == [
        ("adam", "resolved", number, "done"),
        ("adam", "undone", number, "done"),
    ]


def test_a_form_of_the_page_itself_decides(busy: Office) -> None:
    number = busy.number("KEYS_DISAGREE")
    with busy.browser("adam") as client:
        form = {"decision": "closed", "note": "seen <b>"}
        answer = client.post(f"/exceptions/{number}/resolve", data=form, headers=busy.ours)
    assert answer.status_code == 200
    assert f"Exception {number} is closed" in answer.text
    assert "seen &lt;b&gt;" in answer.text


def test_the_fate_of_a_call_is_told(busy: Office) -> None:
    number = busy.number("OUTCOME_UNKNOWN")
    told = {"decision": "happened", "note": "seen in Dotdigital"}
    status, done = post(busy, "adam", f"/exceptions/{number}/resolve", **told)
    assert (status, done["decision"]) == (200, "happened")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"decision": "closed", "note": " "}, "say why"),
        ({"decision": "closed"}, "say why"),
        ({"decision": "everything", "note": "x"}, "choose one of the decisions"),
        ({"decision": "contact-x", "note": "x"}, "named by its number"),
        ({"decision": "contact-99", "note": "x"}, "Dotdigital has no contact 99"),
        ({"decision": "recreate", "note": "x"}, "--recreate is for"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_and_changes_nothing(
    busy: Office, form: dict[str, str], said: str
) -> None:
    number = busy.number("KEYS_DISAGREE")
    status, told = post(busy, "adam", f"/exceptions/{number}/resolve", **form)
    assert (status, list(told)) == (400, ["error"])
    assert said in told["error"]
    assert busy.hands.rows(f"SELECT closed_at FROM exception WHERE id = {number}")[0][0] is None  # noqa: S608 - tests' own
    assert {deed[3] for deed in busy.deeds()} <= {"refused"}


def test_what_sending_again_would_do_is_shown_and_nothing_is_sent(busy: Office) -> None:
    number = busy.number("OUTCOME_UNKNOWN")
    before = len(busy.hands.dotdigital.sent)
    with busy.client("adam") as client:
        page = client.get(f"/exceptions/{number}/replay.json").json()
    assert (page["sent"], len(page["orders"])) == (False, 1)
    asked = {one.method for one in busy.hands.dotdigital.sent[before:]}
    assert asked <= {"GET"}
    assert busy.deeds() == []


def test_an_order_is_sent_again_and_that_is_on_record(busy: Office) -> None:
    number = busy.number("KEYS_DISAGREE")
    first, _ = candidates(busy, number)
    post(busy, "adam", f"/exceptions/{number}/resolve", decision=f"contact-{first}", note="x")
    status, page = post(busy, "adam", f"/exceptions/{number}/replay")
    assert (status, page["sent"]) == (200, True)
    assert [one["ended"] for one in page["orders"]] == ["sent"]
    assert busy.deeds()[-1] == ("adam", "replayed", number, "done")


def test_personal_data_is_revealed_to_whoever_may_and_that_is_on_record(busy: Office) -> None:
    number = busy.number("KEYS_DISAGREE")
    status, page = post(busy, "rhea", f"/exceptions/{number}/reveal")
    assert status == 200
    assert SURNAME in str(page)
    subject = page["shown"]["person"]
    status, person = post(busy, "rhea", "/person/reveal", of=subject)
    assert (status, person["masked"]) == (200, False)
    assert person["contact"]["address"] == "canaria.one@example.com"
    assert busy.deeds() == [
        ("rhea", "revealed", number, "done"),
        ("rhea", "revealed", None, "done"),
    ]
    hashes = {row[0] for row in busy.hands.rows("SELECT person FROM audit")}
    assert len(hashes) == 1
    assert subject not in hashes
