"""Bulk imports: cut to size, accepted, and read record by record."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.connections.allowed import EgressError
from engine.connections.imports import (
    ImportFailure,
    ImportReport,
    ReportError,
    cut_batches,
    largest_import,
    read_report,
)
from engine.connections.outcomes import Done, Failed, Outcome, Refused, Throttled
from tests.connections import TARGET, Scripted, client_of, got, rehearsed, switch
from tests.connections.test_allowed import ORDER
from tests.connections.test_dotdigital import known
from tests.sandbox import Rehearsal


@pytest.fixture
def there() -> Rehearsal:
    return Rehearsal()


def relay(name: str, **fields: object) -> dict[str, Any]:
    return {
        "matchIdentifier": "email",
        "identifiers": {"email": f"{name}@example.com"},
        "channelProperties": {"email": {"status": "unsubscribed"}},
        **({"dataFields": fields} if fields else {}),
    }


def numbered(number: int, **fields: object) -> dict[str, Any]:
    return {
        "matchIdentifier": "contactId",
        "identifiers": {"contactId": number},
        "dataFields": fields,
    }


def record(key: str, number: int, **more: object) -> dict[str, Any]:
    owner = {"identifier": "contactId", "value": number}
    return {"key": key, "contactIdentity": owner, "json": {**ORDER, "id": key, **more}}


def import_id(outcome: Outcome) -> str:
    assert isinstance(outcome, Done)
    assert isinstance(outcome.body, dict)
    return str(outcome.body["importId"])


def report(outcome: Outcome) -> ImportReport:
    assert isinstance(outcome, Done)
    assert isinstance(outcome.body, ImportReport)
    return outcome.body


def test_contacts_are_imported_and_told_one_by_one(there: Rehearsal) -> None:
    client = rehearsed(there)
    number = known(there)
    items = [
        relay("New"),
        relay("bad", NO_SUCH_FIELD=1),
        numbered(number, MKT_ORDERS=2),
        numbered(999, MKT_ORDERS=2),
    ]
    made = import_id(client.import_contacts(items))
    assert report(client.tell_import("contacts", made)) == ImportReport(running=True)
    there.wait(seconds=15)
    told = report(client.tell_import("contacts", made))
    assert list(told.created) == ["new@example.com"]
    assert told.updated == {number}
    assert [(one.key, one.code) for one in told.failures] == [
        ("bad@example.com", "ApiSchemaViolation"),
        (999, "InvalidContactId"),
    ]
    created = there.sandbox.state.contacts.by_id[told.created["new@example.com"]]
    assert created.status == "unsubscribed"
    assert there.sandbox.state.contacts.by_id[number].status == "subscribed"


def test_records_are_imported_and_told_one_by_one(there: Rehearsal) -> None:
    client = rehearsed(there)
    number = known(there)
    records = [record("A-1", number), record("A-2", 999), record("A-3", number, coupon=1)]
    switch(there, "break", "dotdigital", keys=["A-3"])
    made = import_id(client.import_records("Orders", records))
    there.wait(seconds=15)
    told = report(client.tell_import("insight", made))
    assert told.applied == 1
    assert [(one.key, one.code) for one in told.failures] == [
        ("A-2", "ContactIdDoesNotExist"),
        ("A-3", "Unknown"),
    ]
    assert list(there.sandbox.state.insight.collections["Orders"].records) == ["A-1"]


def test_an_account_wide_collection_is_found_by_its_prefix(there: Rehearsal) -> None:
    product = {
        "name": "Lamp",
        "sku": "L-1",
        "price": 9.5,
        "url": "https://shop.example.com/l",
        "image_path": "https://shop.example.com/l.jpg",
    }
    client = rehearsed(there)
    assert isinstance(client.import_records("catalog_gb", [{"key": "L-1", "json": product}]), Done)
    there.wait(seconds=15)
    client.server_time()
    assert there.sandbox.state.insight.collections["catalog_gb"].scope == "account"


def test_what_an_import_must_not_hold_does_not_leave() -> None:
    client = client_of(Scripted())
    subscribed = relay("a")
    subscribed["channelProperties"] = {"email": {"status": "subscribed"}}
    for items in ([], [subscribed], [{**relay("a"), "resubscribeOptions": {}}]):
        with pytest.raises(EgressError):
            client.import_contacts(items)
    for collection in ("Unknown", "ConsentInsight"):
        with pytest.raises(EgressError):
            client.import_records(collection, [record("A-1", 7)])


def test_a_body_that_is_too_long_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.connections.dotdigital.largest_import", lambda _: 300)
    with pytest.raises(EgressError, match="longer than 300 bytes"):
        client_of(Scripted()).import_contacts([relay(f"p{number}") for number in range(3)])


def test_an_import_that_was_not_accepted_has_no_id(there: Rehearsal) -> None:
    there.sandbox.state.account.contact_imports = 0
    assert isinstance(rehearsed(there).import_contacts([relay("a")]), Throttled)
    for body in (None, {}, {"importId": 7}):
        assert isinstance(client_of(Scripted(got(202, body))).import_contacts([relay("a")]), Failed)


def test_a_report_that_is_gone_is_refused(there: Rehearsal) -> None:
    outcome = rehearsed(there).tell_import("contacts", "no-such-import")
    assert isinstance(outcome, Refused)
    assert outcome.code == "contacts:importNotFound"


FAILURE = {
    "contactId": 7,
    "matchIdentifier": "contactId",
    "identifiers": {"email": "Jo@example.com"},
    "failures": [
        {"failureCode": "consentRecordsNotApplied", "description": "wrong form"},
        {"failureCode": "InvalidAddressBookIds", "description": "list 1"},
    ],
}


def test_a_contact_may_be_updated_and_fail_twice() -> None:
    told = {"status": "Finished", "updated": [{"contactId": 7}], "failures": [FAILURE]}
    assert read_report("contacts", told) == ImportReport(
        running=False,
        updated=frozenset({7}),
        failures=(
            ImportFailure(7, "consentRecordsNotApplied", "wrong form"),
            ImportFailure(7, "InvalidAddressBookIds", "list 1"),
        ),
    )


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({}, 7),
        ({"matchIdentifier": "email"}, "jo@example.com"),
        ({"identifiers": {"contactId": 8}, "contactId": None}, 8),
        ({"identifiers": None}, 7),
        ({"identifiers": {}, "contactId": None}, ""),
    ],
)
def test_a_failure_is_named_by_what_the_contact_was_found_by(
    more: dict[str, object], key: object
) -> None:
    told = {"status": "Finished", "failures": [{**FAILURE, **more}]}
    assert {one.key for one in read_report("contacts", told).failures} == {key}


def test_a_failure_without_a_reason_is_a_failure() -> None:
    told = {"status": "Finished", "failures": [{**FAILURE, "failures": []}]}
    assert read_report("contacts", told).failures == (ImportFailure(7, "Unknown", ""),)


@pytest.mark.parametrize("state", ["Finished", "Complete", "FINISHED"])
def test_a_record_fails_for_every_reason_given(state: str) -> None:
    failed = {"key": "A-1", "failureReason": "Unknown", "details": ["a", "b"], "json": {}}
    told = read_report("insight", {"status": state, "failures": [failed]})
    assert told.failures == (ImportFailure("A-1", "Unknown", "a; b"),)
    assert (told.running, told.broken, told.applied) == (False, "", None)


@pytest.mark.parametrize("state", ["NotStarted", "Processing", "NotFinished"])
def test_an_import_runs_in_any_of_its_states(state: str) -> None:
    assert read_report("insight", {"status": state}).running


@pytest.mark.parametrize("state", ["Failed", "RejectedByWatchdog", "ExceedsAllowedContactLimit"])
def test_an_import_may_fail_as_a_whole(state: str) -> None:
    told = read_report("contacts", {"status": state})
    assert (told.running, told.broken) == (False, state)


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        {"status": "Odd"},
        {"status": 7},
        {"status": "Finished", "created": {}},
        {"status": "Finished", "created": [{"contactId": 7}]},
        {"status": "Finished", "created": [{"contactId": 7, "identifiers": {"email": None}}]},
        {"status": "Finished", "updated": [{"contactId": "7"}]},
        {"status": "Finished", "failures": [None]},
    ],
)
def test_a_report_that_cannot_be_read_is_not_taken_for_success(told: object) -> None:
    with pytest.raises(ReportError):
        read_report("contacts", told)
    if told is not None:
        outcome = client_of(Scripted(got(200, told))).tell_import("contacts", "1")
        assert isinstance(outcome, Failed)


def test_an_import_may_have_fifty_mebibytes() -> None:
    assert largest_import(TARGET) == 50 * 1024 * 1024


def test_a_batch_is_cut_before_the_item_that_would_make_it_too_long() -> None:
    items = [{"name": "x" * 2600} for _ in range(3)]
    assert list(cut_batches(items, 5000)) == [[one] for one in items]
    assert list(cut_batches(items, 2000)) == [[one] for one in items]
    assert list(cut_batches(items, 9000)) == [items]


ITEMS = st.lists(st.dictionaries(st.text(max_size=9), st.text(max_size=300), max_size=5))


@given(ITEMS, st.integers(1100, 4000), st.one_of(st.none(), st.integers(1, 5)))
def test_batches_hold_every_item_in_order_and_fit(
    items: list[dict[str, str]], most: int, count: int | None
) -> None:
    batches = list(cut_batches(items, most, count))
    assert [one for batch in batches for one in batch] == items
    for batch in batches:
        body = orjson.dumps({"mergeOption": "overwrite", "contacts": batch})
        assert batch
        assert len(batch) == 1 or len(body) <= most
        assert count is None or len(batch) <= count
