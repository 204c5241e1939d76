"""Dotdigital through the client: every outcome told apart, nothing done that was not meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from engine.connections.allowed import EgressError
from engine.connections.answers import DeniedError, UnsafeAnswerError
from engine.connections.credentials import dotdigital_user
from engine.connections.dotdigital import DotdigitalClient
from engine.connections.dotdigital_reads import NotReadError
from engine.connections.listings import (
    ContactList,
    DataField,
    InsightCollection,
    Programme,
)
from engine.connections.outcomes import Done, Failed, Outcome, Refused, Throttled, Unknown
from engine.connections.pace import Unpaced
from engine.connections.wire import Got, NoAnswer
from engine.contacts import read_contacts
from engine.sandbox.mirakl.payload import show_order
from engine.sandbox.wire import SandboxWire
from tests.connections import DATE, TARGET, Scripted, client_of, got, lost, rehearsed, switch
from tests.connections.test_allowed import CREATE, ENROL, MAIL, ORDER, UPDATE
from tests.sandbox import START, Rehearsal
from tests.sandbox.test_server import fill_answers, shipped_mapping

JO = "jo@example.com"


@pytest.fixture
def there() -> Rehearsal:
    return Rehearsal()


def sent(made: dict[str, Any], answer: Got | NoAnswer) -> Outcome:
    return client_of(Scripted(answer)).send(**made)


def known(there: Rehearsal, status: str = "subscribed", email: str = JO) -> int:
    answer = there.call("POST", "/sandbox/contacts", {"email": email, "status": status})
    assert isinstance(answer.body, dict)
    return int(answer.body["contactId"])


# What came back, and what it means for a call that may be repeated and for one that adds up.
ANSWERS: list[tuple[Got | NoAnswer, Outcome, Outcome]] = [
    (got(200), Done(200), Done(200)),
    (got(201, {"id": "x"}), Done(201, {"id": "x"}), Done(201, {"id": "x"})),
    (got(204), Done(204), Done(204)),
    (
        got(200, b"<html>"),
        Failed("an answer 200 that is not JSON"),
        Unknown("an answer 200 that is not JSON"),
    ),
    (
        got(200, {"errorCode": "x:y"}),
        Failed("an answer 200 that tells an error"),
        Unknown("an answer 200 that tells an error"),
    ),
    (got(302), Failed("Dotdigital answered 302"), Unknown("Dotdigital answered 302")),
    (got(408), Failed("Dotdigital answered 408"), Unknown("Dotdigital answered 408")),
    (
        got(408, {"message": "Request Timeout"}),
        Failed("Dotdigital answered 408"),
        Unknown("Dotdigital answered 408"),
    ),
    (got(500), Failed("Dotdigital answered 500"), Unknown("Dotdigital answered 500")),
    (got(503), Failed("Dotdigital answered 503"), Unknown("Dotdigital answered 503")),
    (
        got(404, b"<html>not here</html>"),
        Failed("Dotdigital answered 404"),
        Unknown("Dotdigital answered 404"),
    ),
    (lost(taken=True), Failed("nothing came back"), Unknown("nothing came back")),
    (lost(taken=False), Failed("nothing came back"), Failed("nothing came back")),
    (got(413), Refused(413, "", ""), Refused(413, "", "")),
    (
        got(400, {"errorCode": "contacts:badJson", "description": "no\nlist 1", "details": []}),
        Refused(400, "contacts:badJson", "no list 1"),
        Refused(400, "contacts:badJson", "no list 1"),
    ),
    (
        got(422, {"message": "Error: ERROR_PROGRAM_NOT_ACTIVE"}),
        Refused(422, "ERROR_PROGRAM_NOT_ACTIVE", "Error: ERROR_PROGRAM_NOT_ACTIVE"),
        Refused(422, "ERROR_PROGRAM_NOT_ACTIVE", "Error: ERROR_PROGRAM_NOT_ACTIVE"),
    ),
    (got(429), Throttled(60), Throttled(60)),
    (got(429, retry_after="7"), Throttled(7), Throttled(7)),
    (got(429, x_ratelimit_reset="30"), Throttled(30), Throttled(30)),
    # Half a minute after the answer's own date, as a moment.
    (got(429, x_ratelimit_reset="1772701230"), Throttled(30), Throttled(30)),
    (got(429, x_ratelimit_reset="1772701230", date=""), Throttled(60), Throttled(60)),
    (got(429, x_ratelimit_reset="9999999999"), Throttled(3600), Throttled(3600)),
    (got(429, x_ratelimit_reset="-1"), Throttled(1), Throttled(1)),
    (got(429, x_ratelimit_reset="soon"), Throttled(60), Throttled(60)),
    (got(429, retry_after="5", x_ratelimit_reset="30"), Throttled(5), Throttled(5)),
    (
        got(429, {"errorCode": "contacts:tooManyActiveImports", "description": "25"}),
        Throttled(60),
        Throttled(60),
    ),
    (
        got(400, {"message": "Error: ERROR_APIUSAGE_EXCEEDED"}, x_ratelimit_reset="90"),
        Throttled(90),
        Throttled(90),
    ),
    (
        got(400, {"message": "Error: ERROR_ENROLMENT_ALLOWANCE_EXCEEDED"}),
        Throttled(3600),
        Throttled(3600),
    ),
    (
        got(400, {"message": "ERROR_SYSTEM_SERVICETEMPORARILYUNAVAILABLE"}),
        Throttled(60),
        Throttled(60),
    ),
]


@pytest.mark.parametrize(("answer", "repeatable", "adding"), ANSWERS)
def test_an_answer_means_this(answer: Got | NoAnswer, repeatable: Outcome, adding: Outcome) -> None:
    update = dict(UPDATE)
    if repeatable == Done(201, {"id": "x"}):
        with pytest.raises(UnsafeAnswerError, match="created a contact"):
            sent(update, answer)
    else:
        assert sent(update, answer) == repeatable
    assert sent(ENROL, answer) == adding
    assert sent(MAIL, answer) == adding


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_user_stops_everything_and_is_not_shown(status: int) -> None:
    for made in (UPDATE, ENROL):
        with pytest.raises(DeniedError, match=str(status)):
            sent(made, got(status, {"message": "ERROR_CONTACT_SUPPRESSED"}))
    wire = SandboxWire(
        Rehearsal().sandbox, "dotdigital", dotdigital_user("canary-user", "canary-1234")
    )
    with pytest.raises(DeniedError) as raised:
        client_of(wire).server_time()
    assert "canary" not in repr(raised.value) + repr(wire) + repr(client_of(wire))


def test_a_creation_whose_answer_names_nobody_is_to_be_looked_at_again() -> None:
    assert isinstance(sent(CREATE, got(201)), Failed)
    assert isinstance(sent(CREATE, got(201, {"contactId": "x"})), Failed)
    assert sent(CREATE, got(201, {"contactId": 7})) == Done(201, {"contactId": 7})


def test_who_exists_is_not_created_again(there: Rehearsal) -> None:
    client = rehearsed(there)
    known(there, "unsubscribed", "ada@example.com")
    refused = client.send(**CREATE)
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code) == (409, "contacts:idAlreadyExists")


@pytest.mark.parametrize("arrives", [0, 1, 9, 40])
def test_a_lost_answer_is_unknown_where_a_repeat_would_count(
    there: Rehearsal, arrives: int
) -> None:
    client = rehearsed(there)
    number = known(there)
    enrol = {**ENROL, "body": {"programId": 881, "contacts": [number]}}
    update = {**UPDATE, "path": f"/contacts/v3/contactId/{number}"}
    switch(there, "cut", "dotdigital", bytes=arrives, times=2)
    assert isinstance(client.send(**enrol), Unknown)
    assert isinstance(client.send(**update), Failed)
    assert there.sandbox.state.enrolments[number, 881] == 1
    assert there.sandbox.state.contacts.by_id[number].fields["MKT_ORDERS"] == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_call_that_the_sandbox_refuses_had_no_effect(there: Rehearsal, status: int) -> None:
    client = rehearsed(there)
    switch(there, "refuse", "dotdigital", status=status, retry_after=9)
    outcome = client.send(**CREATE)
    assert outcome == (Throttled(9) if status == 429 else Failed(f"Dotdigital answered {status}"))
    assert there.sandbox.state.contacts.by_id == {}


def test_every_call_of_the_shipped_mapping_is_let_through_and_takes_effect() -> None:
    there = Rehearsal(days=10, tiers={})
    there.get("/sandbox/")
    client = rehearsed(there)
    mapping = shipped_mapping()
    assert client.create_collection("Orders", "contact", "orders") == Done(201)
    assert client.create_collection("Shipments", "contact", "custom") == Done(201)
    operations = set()
    for order in there.sandbox.world.orders.values():
        contacts = read_contacts(
            [one.show() for one in there.sandbox.state.contacts.by_id.values()],
            mapping.contact_form,
        )
        plan = mapping.apply(show_order(order, "TAX_INCLUDED"), contacts, there.sandbox.clock.now())
        answer: object = None
        for call in plan["calls"]:
            made = fill_answers(orjson.dumps(call).decode(), answer)
            outcome = client.send(
                made["operation"], made["method"], made["path"], made["query"], made["body"]
            )
            assert isinstance(outcome, Done), (call["operation"], outcome)
            operations.add(call["operation"])
            answer = outcome.body if call["operation"] == "contacts.create" else answer
    assert operations >= {"contacts.create", "contacts.update", "insight.put", "programmes.enrol"}
    assert there.get("/sandbox/differences") == {"differences": []}


def test_a_contact_is_read_by_address_and_by_number(there: Rehearsal) -> None:
    client = rehearsed(there)
    number = known(there, "unsubscribed")
    by_email, by_number = client.read_contact("email", JO), client.read_contact("contactId", number)
    assert by_email == by_number
    assert isinstance(by_email, Done)
    (contact,) = read_contacts([by_email.body], shipped_mapping().contact_form).by_email.values()
    assert (contact.id, contact.status) == (number, "unsubscribed")


def test_nobody_is_there_only_where_dotdigital_says_so(there: Rehearsal) -> None:
    assert rehearsed(there).read_contact("email", JO) == Done(404)
    missing = got(404, {"errorCode": "contacts:contactNotFound", "description": "none"})
    assert client_of(Scripted(missing)).read_contact("contactId", 7) == Done(404)
    for answer in (got(404), got(404, b"<html>"), got(500), lost(taken=True), lost(taken=False)):
        assert isinstance(client_of(Scripted(answer)).read_contact("email", JO), Failed)


CHANNELS: dict[str, object] = {"channelProperties": {"email": {"status": "subscribed"}}}


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        {"contactId": 7, "identifiers": {"email": JO}},
        {"contactId": "7", "identifiers": {"email": JO}, **CHANNELS},
        {"contactId": 7, "identifiers": {"email": "other@example.com"}, **CHANNELS},
        {"contactId": 7, "identifiers": None, **CHANNELS},
        b"<html>",
    ],
)
def test_an_answer_about_somebody_else_or_without_a_status_is_none(told: object) -> None:
    outcome = client_of(Scripted(got(200, told))).read_contact("email", JO)
    assert isinstance(outcome, Failed)
    assert JO not in outcome.why


def test_a_contact_by_number_is_that_number() -> None:
    told = {"contactId": 8, "identifiers": {"email": JO}, **CHANNELS}
    assert isinstance(client_of(Scripted(got(200, told))).read_contact("contactId", 7), Failed)
    assert isinstance(client_of(Scripted(got(200, told))).read_contact("contactId", 8), Done)


def test_what_no_contact_has_is_not_asked_for() -> None:
    wire = Scripted()
    for value in ("..", "no address", "a@example.com/../x", ""):
        with pytest.raises(ValueError, match="no such email"):
            client_of(wire).read_contact("email", value)
    with pytest.raises(ValueError, match="no such contactId"):
        client_of(wire).read_contact("contactId", "7/../8")
    with pytest.raises(ValueError, match="no such import"):
        client_of(wire).tell_import("contacts", "../email/x")
    assert wire.asked == []


def test_contacts_are_listed_with_their_channels_page_by_page(
    there: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.connections.dotdigital_reads._PAGE", 2)
    numbers = [known(there, email=f"p{number}@example.com") for number in range(5)]
    client = rehearsed(there)
    found: list[object] = []
    marker = None
    for _ in range(3):
        page = client.list_contacts(START, marker, ["MIRAKL_PERSON"])
        found += [one["contactId"] for one in page.contacts]
        marker = page.marker
    assert (found, marker) == (numbers, None)
    assert client.list_contacts(START + timedelta(seconds=1)).contacts == ()


def test_records_are_listed_page_by_page(there: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.connections.dotdigital_reads._PAGE", 2)
    client, owner = rehearsed(there), known(there)
    client.create_collection("Orders", "contact", "orders")
    place = f"/dotdigital/insightData/v3/contacts/contactId/{owner}/Orders"
    for number in range(3):
        there.call("PUT", f"{place}/O-{number}", {"order_total": 1.5})
    first, marker = client.list_records("Orders", START)
    last, end = client.list_records("Orders", START, marker)
    assert [one.key for one in (*first, *last)] == ["O-0", "O-1", "O-2"]
    assert (first[0].owner, first[0].json, end) == (owner, {"order_total": 1.5}, None)
    assert client.list_records("Orders", START + timedelta(seconds=1)) == ((), None)
    with pytest.raises(ValueError, match="not in the lock"):
        client.list_records("Nobody", None)


def test_a_record_that_cannot_be_read_is_not_passed_over() -> None:
    for item in (1, {}, {"key": "A", "json": []}):
        told = {"_items": [item], "_links": {}}
        with pytest.raises(NotReadError):
            client_of(Scripted(got(200, told))).list_records("Orders", None)


def test_contacts_tell_their_lists_where_asked() -> None:
    wire = Scripted(got(200, {"_items": [], "_links": {}}))
    client_of(wire).list_contacts(None, with_lists=True)
    assert wire.asked[0].query["include"] == "channelProperties|lists"


def test_a_list_of_contacts_is_asked_for_as_documented() -> None:
    wire = Scripted(got(200, {"_items": [], "_links": {}}))
    since = datetime(2026, 3, 1, 10, 0, 0, 5, UTC)
    client_of(wire).list_contacts(since, "m1", ["FIRSTNAME", "MIRAKL_PERSON"])
    assert wire.asked[0].query == {
        "include": "channelProperties",
        "limit": "1000",
        "data-fields": "FIRSTNAME|MIRAKL_PERSON",
        "~modified": "gte::2026-03-01T10:00:00Z",
        "marker": "m1",
    }
    with pytest.raises(ValueError, match="possible name"):
        client_of(wire).list_contacts(None, None, ["A|B"])


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"_items": None},
        {"_items": [1]},
        {"_items": [], "_links": {"next": 1}},
        {"_items": [], "_links": {"next": {"marker": ["x"]}}},
        {"_items": [], "_links": {"next": {"marker": "m1"}}},
        [],
        b"<html>",
        None,
    ],
)
def test_a_list_that_is_none_is_not_read_as_empty(told: object) -> None:
    with pytest.raises(NotReadError) as raised:
        client_of(Scripted(got(200, told))).list_contacts(None, "m1")
    assert isinstance(raised.value.outcome, Failed)


LISTS: list[Callable[[DotdigitalClient], object]] = [
    lambda one: one.list_contacts(None),
    lambda one: one.list_suppressed(START),
    lambda one: one.list_programmes(),
    lambda one: one.list_data_fields(),
    lambda one: one.list_collections(),
    lambda one: one.list_lists(),
    lambda one: one.list_records("Orders", None),
    lambda one: one.account_info(),
    lambda one: one.server_time(),
]


@pytest.mark.parametrize(
    ("answer", "kind"), [(got(429), Throttled), (got(500), Failed), (lost(taken=True), Failed)]
)
def test_a_list_that_did_not_come_says_when_to_try_again(
    answer: Got | NoAnswer, kind: type[Outcome]
) -> None:
    for ask in LISTS:
        with pytest.raises(NotReadError) as raised:
            ask(client_of(Scripted(answer)))
        assert isinstance(raised.value.outcome, kind)


@pytest.mark.parametrize("answer", [got(404), got(404, {"message": "no such page"})])
def test_an_address_at_which_nothing_is_found_is_told_with_its_setting(answer: Got) -> None:
    client = DotdigitalClient(Scripted(answer), TARGET, Unpaced(), "https://wrong.example.com/x")
    with pytest.raises(NotReadError) as raised:
        client.account_info()
    assert "404 at https://wrong.example.com/x/v2/account-info; is MIRADOT_DOTDIGITAL_URL" in str(
        raised.value
    )


def test_what_dotdigital_says_is_not_there_is_no_fault_of_the_address() -> None:
    answer = got(404, {"errorCode": "insightData:collectionNotFound", "description": "none"})
    client = DotdigitalClient(Scripted(answer), TARGET, Unpaced(), "https://right.example.com")
    with pytest.raises(NotReadError) as raised:
        client.list_records("Orders", None)
    assert "right.example.com" not in str(raised.value)


def test_the_words_of_a_list_that_was_refused_name_nobody() -> None:
    answer = got(400, {"errorCode": "contacts:invalidFilter", "description": f"no {JO}"})
    with pytest.raises(NotReadError) as raised:
        client_of(Scripted(answer)).list_contacts(None)
    assert JO not in str(raised.value)


def test_opt_outs_since_a_moment_are_listed(
    there: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.connections.dotdigital_reads._PAGE", 2)
    numbers = [known(there, email=f"p{number}@example.com") for number in range(3)]
    there.wait(hours=1)
    for number in range(3):
        known(there, "unsubscribed", f"p{number}@example.com")
    client = rehearsed(there)
    since = START + timedelta(minutes=30)
    first = client.list_suppressed(since)
    second = client.list_suppressed(since, first.skip or 0)
    told = [*first.suppressions, *second.suppressions]
    assert [one.contact_id for one in told] == numbers
    assert {one.status for one in told} == {"unsubscribed"}
    assert (first.skip, second.skip) == (2, None)
    assert client.list_suppressed(START + timedelta(hours=2)).suppressions == ()


def test_a_suppression_may_have_no_address() -> None:
    item = {
        "suppressedContact": {"id": 7, "email": None, "status": "unsubscribed"},
        "dateRemoved": "2026-03-01T09:00:00Z",
        "reason": "Unsubscribed",
    }
    (told,) = client_of(Scripted(got(200, [item]))).list_suppressed(START).suppressions
    assert (told.contact_id, told.email) == (7, None)


@pytest.mark.parametrize("item", [1, {}, {"suppressedContact": None}, {"suppressedContact": {}}])
def test_a_suppression_that_cannot_be_read_is_not_passed_over(item: object) -> None:
    with pytest.raises(NotReadError):
        client_of(Scripted(got(200, [item]))).list_suppressed(START)


def test_what_the_account_has_is_listed(there: Rehearsal) -> None:
    client = rehearsed(there)
    client.create_collection("Orders", "contact", "orders")
    assert client.list_programmes()[0] == Programme(881, "After a purchase", "Active")
    assert DataField("MKT_ORDERS", "Numeric") in client.list_data_fields()
    assert client.list_collections() == (InsightCollection("Orders", "contact", "orders"),)
    assert ContactList(4711, "Marketplace marketing") in client.list_lists()
    assert client.account_info()["TimeZoneIana"] == "Europe/London"
    assert client.server_time() == START


@pytest.mark.parametrize(
    "raw", [b"2026-03-01T09:00:00Z", b'"2026-03-01T09:00:00Z"', b" 2026-03-01T09:00:00+00:00\n"]
)
def test_the_time_is_read_as_text_or_json(raw: bytes) -> None:
    assert client_of(Scripted(got(200, raw))).server_time() == START


@pytest.mark.parametrize("answer", [got(200, b"soon"), got(200), got(200, b"<html>")])
def test_what_is_no_time_is_not_taken_for_one(answer: Got) -> None:
    with pytest.raises(NotReadError):
        client_of(Scripted(answer)).server_time()


def test_data_fields_and_collections_are_created(there: Rehearsal) -> None:
    client = rehearsed(there)
    assert client.create_data_field("NEW_ONE", "Date") == Done(201)
    assert DataField("NEW_ONE", "Date") in client.list_data_fields()
    again = client.create_data_field("NEW_ONE", "Date")
    assert isinstance(again, Refused)
    assert again.code == "ERROR_NON_UNIQUE_DATAFIELD"
    assert client.create_collection("catalog_gb", "account", "catalog") == Done(201)
    assert client.create_collection("catalog_gb", "account", "catalog") == Done(200)


def test_what_the_lock_rules_out_is_not_created() -> None:
    client = client_of(Scripted())
    for name in ("", "A B", "A" * 21, "FIRSTNAME", "A/../B"):
        with pytest.raises(EgressError):
            client.create_data_field(name, "String")
    for name, kind in (("ConsentInsight", "custom"), ("Orders", "custom"), ("1st", "custom")):
        with pytest.raises(EgressError):
            client.create_collection(name, "contact", kind)


def test_erasure_is_done_once_and_said_to_be_done_again(there: Rehearsal) -> None:
    client = rehearsed(there)
    number = known(there)
    client.create_collection("Orders", "contact", "orders")
    path = f"/insightData/v3/contacts/contactId/{number}/Orders/A-1"
    assert client.send("insight.put", "PUT", path, {}, ORDER) == Done(201)
    assert isinstance(client.delete_records(number, "Orders"), Done)
    assert isinstance(client.delete_records(number, "Orders"), Done)
    assert there.sandbox.state.insight.collections["Orders"].records == {}
    assert isinstance(client.delete_contact(number), Done)
    assert there.sandbox.state.contacts.by_id[number].binned == START
    assert client.delete_contact(999) == Done(404)
    assert client.delete_records(999, "Orders") == Done(404)


def test_an_erasure_is_done_only_when_dotdigital_says_so() -> None:
    for answer in (got(404), got(500), lost(taken=True)):
        assert isinstance(client_of(Scripted(answer)).delete_contact(7), Failed)
        assert isinstance(client_of(Scripted(answer)).delete_records(7, "Orders"), Failed)
    for number in (0, -1, True):
        with pytest.raises(EgressError):
            client_of(Scripted()).delete_contact(number)
    with pytest.raises(EgressError):
        client_of(Scripted()).delete_records(7, "../email")


def test_every_call_takes_leave_in_its_tier_and_tells_what_came_back() -> None:
    told: list[Any] = []

    class Pacing:
        def take(self, tier: str) -> float:
            told.append(tier)
            return 0.0

        def heed(self, tier: str, status: int, headers: Any) -> None:
            told.append((tier, status, headers["date"]))

    wire = Scripted(got(204), lost(taken=True), got(404, {"errorCode": "x:NotFound"}))
    client = DotdigitalClient(wire, TARGET, Pacing())
    client.send(**UPDATE)
    client.send(**ENROL)
    client.read_contact("email", JO)
    assert told == [
        "medium",
        ("medium", 204, DATE),
        "enrolment",
        "high",
        ("high", 404, DATE),
    ]


def test_what_does_not_leave_takes_no_leave() -> None:
    class Never(Unpaced):
        def take(self, tier: str) -> float:
            raise AssertionError(tier)

    with pytest.raises(EgressError):
        DotdigitalClient(Scripted(), TARGET, Never()).send(**{**UPDATE, "query": {}})


def test_nothing_of_the_client_takes_a_free_path_or_subscribes_again() -> None:
    public = {name for name in dir(DotdigitalClient) if not name.startswith("_")}
    assert public == {
        "account_info",
        "create_collection",
        "create_data_field",
        "delete_contact",
        "delete_records",
        "import_contacts",
        "import_records",
        "list_collections",
        "list_contacts",
        "list_data_fields",
        "list_lists",
        "list_programmes",
        "list_records",
        "list_suppressed",
        "list_templates",
        "read_contact",
        "send",
        "server_time",
        "tell_import",
    }
