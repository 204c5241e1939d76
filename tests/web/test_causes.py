"""All exceptions of a cause at once: looked at first, closed with one note, taken back, sent."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from engine.sandbox.faults import Fault
from engine.web import causes
from tests.web.offices import Office, keep_busy, open_office

TOGETHER = "/exceptions/together"


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Office]:
    """Give an office with three reviews of one person and three calls that nobody knows about."""
    with open_office(tmp_path) as office:
        keep_busy(office)
        hands = office.hands
        fault = Fault(kind="lose", service="dotdigital", path="/v2/programs/enrolments", times=2)
        hands.there.sandbox.faults.on.append(fault)
        for number in (1, 2):
            hands.place(email="canaria.two@example.com")
            hands.place(f"770010{number}", email=f"canaria.10{number}@example.com")
            hands.sync()
        assert len(numbers(office, "KEYS_DISAGREE")) == len(numbers(office, "OUTCOME_UNKNOWN")) == 3
        yield office


def numbers(office: Office, code: str, state: str = "open") -> list[int]:
    with office.client("vera") as client:
        found = client.get(f"/exceptions.json?code={code}&state={state}").json()["causes"]
    return [row["id"] for cause in found for row in cause["rows"]]


def get(office: Office, path: str, status: int = 200) -> Any:
    with office.client("adam") as client:
        answer = client.get(f"{TOGETHER}{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


def post(
    office: Office, path: str, given: list[int], form: dict[str, str], status: int = 200
) -> Any:
    named = {"numbers": ",".join(map(str, given)), **form}
    with office.client("adam") as client:
        answer = client.post(f"{TOGETHER}{path}.json", data=named)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_closing_is_looked_at_first_and_sends_nothing(crowded: Office) -> None:
    page = get(crowded, ".json?code=KEYS_DISAGREE&owner=customer-care")
    meant = numbers(crowded, "KEYS_DISAGREE")
    assert [row["exception"] for row in page["rows"]] == meant
    assert (page["left"], page["fates"], page["seen_by_customers"]) == (0, ["closed"], 0)
    with crowded.client("adam") as client:
        text = unescape(client.get(f"{TOGETHER}?code=KEYS_DISAGREE").text)
    assert "Closing sends nothing: customers see nothing of it." in text
    assert f'name="numbers" value="{",".join(map(str, meant))}"' in text
    assert crowded.deeds() == []


def test_a_cause_is_closed_with_one_note_and_a_line_of_the_audit_each(crowded: Office) -> None:
    meant = numbers(crowded, "KEYS_DISAGREE")
    form = {"code": "KEYS_DISAGREE", "decision": "closed", "note": "all of one household"}
    page = post(crowded, "/close", meant, form)
    assert [(row["exception"], "refused" in row) for row in page["rows"]] == [
        (number, False) for number in meant
    ]
    assert crowded.deeds() == [("adam", "resolved", number, "done") for number in meant]
    assert numbers(crowded, "KEYS_DISAGREE") == []
    rows = crowded.hands.rows("SELECT note, closed_by FROM exception WHERE code = 'KEYS_DISAGREE'")
    assert {tuple(row) for row in rows} == {("all of one household", "adam")}


def test_what_was_closed_together_is_taken_back_together(crowded: Office) -> None:
    meant = numbers(crowded, "KEYS_DISAGREE")
    form = {"code": "KEYS_DISAGREE", "decision": "closed", "note": "x"}
    with crowded.browser("adam") as client:
        given = {**form, "numbers": ",".join(map(str, meant))}
        done = client.post(f"{TOGETHER}/close", data=given, headers=crowded.ours).text
    assert "3 exceptions closed" in done
    assert f'action="{TOGETHER}/undo"' in done
    page = post(
        crowded, "/undo", meant, {"code": "KEYS_DISAGREE", "note": "it was the wrong cause"}
    )
    assert [row["did"] for row in page["rows"]] == [["it waits for people again"]] * 3
    assert numbers(crowded, "KEYS_DISAGREE") == meant
    assert [deed[1] for deed in crowded.deeds()] == ["resolved"] * 3 + ["undone"] * 3


def test_what_came_up_since_it_was_looked_at_stays_open(crowded: Office) -> None:
    meant = numbers(crowded, "KEYS_DISAGREE")
    crowded.hands.place(email="canaria.two@example.com")
    crowded.hands.sync()
    post(crowded, "/close", meant, {"code": "KEYS_DISAGREE", "decision": "closed", "note": "x"})
    assert len(numbers(crowded, "KEYS_DISAGREE")) == 1


def test_one_that_cannot_be_closed_is_told_and_the_others_are(crowded: Office) -> None:
    first, *others = numbers(crowded, "KEYS_DISAGREE")
    strange = numbers(crowded, "OUTCOME_UNKNOWN")[0]
    post(crowded, "/close", [first], {"code": "KEYS_DISAGREE", "decision": "closed", "note": "x"})
    given = [first, strange, 999, *others]
    page = post(
        crowded, "/close", given, {"code": "KEYS_DISAGREE", "decision": "closed", "note": "y"}
    )
    told = {row["exception"]: row.get("refused", "") for row in page["rows"]}
    assert "is closed already" in told.pop(first)
    assert told == {
        strange: "it is not of this cause",
        999: "it is not of this cause",
        **dict.fromkeys(others, ""),
    }
    assert crowded.deeds()[1] == ("adam", "resolved", first, "refused")


def test_what_would_be_sent_once_more_is_told_as_customers_see_it(crowded: Office) -> None:
    page = get(crowded, ".json?code=OUTCOME_UNKNOWN")
    assert {row["seen"] for row in page["rows"]} == {"starts a programme that mails the customer"}
    assert (page["fates"], page["seen_by_customers"]) == (["happened", "did_not_happen"], 3)
    with crowded.client("adam") as client:
        text = unescape(client.get(f"{TOGETHER}?code=OUTCOME_UNKNOWN").text)
    assert "Customers would see it" in text
    assert "3 calls would be made once more" in text


def test_the_fate_of_all_calls_of_an_outage_is_told_at_once(crowded: Office) -> None:
    meant = numbers(crowded, "OUTCOME_UNKNOWN")
    form = {"code": "OUTCOME_UNKNOWN", "decision": "did_not_happen", "note": "the programme is new"}
    page = post(crowded, "/close", meant, form)
    assert len(page["waiting"]) == 3
    states = crowded.hands.rows("SELECT count(*) FROM call WHERE state = 'unknown'")
    assert states[0][0] == 0
    refused = post(crowded, "/undo", meant, {"code": "OUTCOME_UNKNOWN", "note": "x"})["rows"]
    assert all(
        "cannot be" in row["refused"] or "can be undone" in row["refused"] for row in refused
    )


def test_sending_all_again_is_looked_at_first_then_sent_on_record(crowded: Office) -> None:
    meant = numbers(crowded, "KEYS_DISAGREE")
    page = get(crowded, "/replay.json?code=KEYS_DISAGREE")
    assert (page["numbers"], page["left"], page["replay"]["sent"]) == (meant, 0, False)
    assert len(page["replay"]["orders"]) == 3
    assert crowded.deeds() == []
    sent = post(crowded, "/replay", meant, {"code": "KEYS_DISAGREE", "seen": "0"})
    assert sent["replay"]["sent"] is True
    assert [one["ended"] for one in sent["replay"]["orders"]] == ["held"] * 3
    assert crowded.deeds() == [("adam", "replayed", number, "done") for number in meant]


def test_nothing_is_sent_where_customers_would_see_more_than_was_looked_at(crowded: Office) -> None:
    number = numbers(crowded, "OUTCOME_UNKNOWN")[0]
    form = {"code": "OUTCOME_UNKNOWN", "decision": "did_not_happen", "note": "seen"}
    with crowded.client("adam") as client:
        before = client.get(f"/exceptions/{number}/replay.json").json()["seen_by_customers"]
        client.post(f"/exceptions/{number}/resolve", data=form)
        told = client.post(f"/exceptions/{number}/replay.json", data={"seen": str(before)})
        assert told.status_code == 400
        assert "customers would see 1 call of it now, not 0" in told.json()["error"]
        sent = client.post(f"/exceptions/{number}/replay.json", data={"seen": "1"})
        assert (sent.status_code, sent.json()["sent"]) == (200, True)


def test_no_more_than_the_limit_at_once_and_the_rest_is_told(
    crowded: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST_CLOSED", "MOST_SENT"):
        monkeypatch.setattr(f"engine.commands.causes.{name}", 2)
        assert getattr(causes, name) >= 50
    meant = numbers(crowded, "KEYS_DISAGREE")
    assert get(crowded, ".json?code=KEYS_DISAGREE")["left"] == 1
    assert get(crowded, "/replay.json?code=KEYS_DISAGREE")["left"] == 1
    form = {"code": "KEYS_DISAGREE", "decision": "closed", "note": "x", "seen": "0"}
    for path in ("/close", "/undo", "/replay"):
        told = post(crowded, path, meant, form, 400)["error"]
        assert told == "at most 2 are taken at once; look at the cause again"
    assert crowded.deeds() == []


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("/close", {"decision": "closed", "note": " "}, "say why"),
        ("/close", {"decision": "closed", "note": "x" * 2001}, "at most 2000 are kept"),
        ("/close", {"note": "x"}, "choose one of the decisions"),
        ("/close", {"decision": "contact-1", "note": "x"}, "choose one of the decisions"),
        ("/undo", {}, "say why"),
        ("/replay", {}, "look at what it would do first"),
        ("/replay", {"seen": "-1"}, "seen takes how many"),
        ("/replay", {"seen": "0", "numbers": "1;2"}, "commas between"),
        ("/replay", {"seen": "0", "numbers": "1" * 99}, "commas between"),
    ],
)
def test_a_form_that_says_too_little_changes_nothing(
    crowded: Office, path: str, form: dict[str, str], said: str
) -> None:
    meant = numbers(crowded, "KEYS_DISAGREE")
    assert said in post(crowded, path, meant, {"code": "KEYS_DISAGREE", **form}, 400)["error"]
    assert crowded.deeds() == []


def test_a_cause_of_which_nothing_is_open_is_not_there(crowded: Office) -> None:
    for query in ("", "?code=NO_SUCH", "?code=KEYS_DISAGREE&owner=finance"):
        assert "no exception of this cause is open" in get(crowded, f".json{query}", 404)["error"]


def test_the_list_leads_whoever_may_act_to_all_of_a_cause(crowded: Office) -> None:
    link = f"{TOGETHER}?code=KEYS_DISAGREE&owner=customer-care"
    for who, shown in (("adam", True), ("vera", False)):
        with crowded.client(who) as client:
            assert (link in unescape(client.get("/exceptions").text)) == shown
