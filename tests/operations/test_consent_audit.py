"""The audit of consent: a clean account is clean, and whoever must not be somewhere is found."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from io import StringIO

import httpx
import pytest
from sqlalchemy import text

from engine.commands.consent_audit import ADVICE, audit
from engine.report.consent_audit import render_consent_audit
from engine.sandbox.dotdigital.contacts import Contact
from engine.sandbox.faults import Fault
from engine.sandbox.world.orders import refund
from engine.state.retention import Retention
from engine.sync.consent_audit import BREACHES, audit_consent
from engine.sync.retention import keep_house
from tests.operations.hands import Hands, shipped_flow
from tests.operations.test_commands import Desk
from tests.rehearsal import SETTINGS, sandbox
from tests.shipped import ROOT

MARKETING, SERVICE = 4711, 4712


def change(hands: Hands, statement: str) -> None:
    with hands.database.transaction() as connection:
        connection.execute(text(statement))


def only_contact(hands: Hands) -> Contact:
    (contact,) = hands.there.sandbox.state.contacts.by_id.values()
    return contact


def sell(hands: Hands, *, real: bool = True, answer: bool = True) -> Contact:
    hands.place(real=real, answer=answer)
    hands.sync()
    return only_contact(hands)


def enrol(hands: Hands) -> None:
    """Let one of our calls have been a start of the marketing programme."""
    change(
        hands,
        "UPDATE call SET operation = 'programmes.enrol', body = '{}' WHERE id ="
        " (SELECT max(id) FROM call WHERE operation = 'insight.put')",
    )


def write_status(hands: Hands) -> None:
    """Let an update of ours have carried a status."""
    change(
        hands,
        """UPDATE call SET body = '{"channelProperties":{"email":{"status":"subscribed"}}}'"""
        " WHERE operation = 'contacts.update'",
    )


def relay_listed(hands: Hands) -> None:
    sell(hands, real=False).lists.add(MARKETING)


def unasked_listed(hands: Hands) -> None:
    sell(hands, answer=False).lists.add(MARKETING)


def relay_enrolled(hands: Hands) -> None:
    sell(hands, real=False)
    enrol(hands)


def unasked_enrolled(hands: Hands) -> None:
    sell(hands, answer=False)
    enrol(hands)


def unproved(hands: Hands) -> None:
    sell(hands)
    change(hands, """UPDATE call SET body = replace(body, '"userAgent"', '"other"')""")


def without_record(hands: Hands) -> None:
    sell(hands)
    change(hands, """UPDATE call SET body = replace(body, '"consentRecords"', '"other"')""")


def status_updated(hands: Hands) -> None:
    sell(hands, answer=False)
    hands.place(answer=False)
    hands.sync()
    write_status(hands)


def subscribed_by_itself(hands: Hands) -> None:
    sell(hands, answer=False).status = "subscribed"


def purged(hands: Hands) -> None:
    sell(hands)
    hands.clock.sleep(40 * 86_400)
    keep_house(hands.worker, Retention(bodies=30))


# What is done, what is found, whose act it was, and words that must be told.
SEEDS: list[tuple[Callable[[Hands], None], str, str, str]] = [
    (relay_listed, "relay on a marketing list", "somebody else", "is on list 4711"),
    (unasked_listed, "no consent on a marketing list", "somebody else", "created as unsubscribed"),
    (relay_enrolled, "relay in a marketing programme", "miradot", "a relay address"),
    (unasked_enrolled, "no consent in a marketing programme", "miradot", "the box was left empty"),
    (unproved, "subscribed without whole evidence", "miradot", "without userAgent"),
    (without_record, "subscribed without whole evidence", "miradot", "its consent record"),
    (status_updated, "status in an update", "miradot", "(contacts.update) updated a contact"),
    (subscribed_by_itself, "subscribed later", "somebody else", "no call of ours carried that"),
    (purged, "evidence purged", "miradot", "the box was ticked at checkout"),
]


@pytest.mark.parametrize(
    ("seed", "kind", "by", "words"), SEEDS, ids=lambda one: getattr(one, "__name__", "")
)
def test_what_must_not_be_is_found(
    seed: Callable[[Hands], None], kind: str, by: str, words: str
) -> None:
    hands = Hands()
    seed(hands)
    document = audit(hands.worker)
    (found,) = [one for one in document["findings"] if one["contact"] == only_contact(hands).id]
    assert (found["kind"], found["by"]) == (kind, by)
    assert words in found["said"]
    assert found["breach"] == (kind in BREACHES) == (not document["ok"])
    assert kind in render_consent_audit(document, "text")


def test_a_widening_of_ours_is_told_with_its_call() -> None:
    hands = Hands()
    status_updated(hands)
    only_contact(hands).status = "subscribed"
    document = audit(hands.worker)
    kinds = {one["kind"]: one for one in document["findings"]}
    assert set(kinds) == {"made more contactable by us", "status in an update"}
    assert kinds["made more contactable by us"]["by"] == "miradot"
    assert "of ours carried that" in kinds["made more contactable by us"]["said"]
    assert document["created"]["wider"] == 1


def test_every_kind_is_seeded() -> None:
    assert {kind for _, kind, _, _ in SEEDS} | {"made more contactable by us"} == set(ADVICE)


def test_a_clean_account_is_clean() -> None:
    hands = Hands(days=2)
    hands.sync()
    document = audit(hands.worker)
    assert (document["ok"], document["findings"]) == (True, [])
    created = document["created"]
    assert created["contacts"] == document["contacts"] == hands.count("contact")
    assert created["same"] + created["narrower"] == created["contacts"]
    assert sum(document["statuses"].values()) == document["contacts"]


def test_whoever_opts_out_is_counted_and_no_finding() -> None:
    hands = Hands()
    contact = sell(hands)
    hands.there.sandbox.state.contacts.unsubscribe(contact.email, hands.clock.now())
    document = audit(hands.worker)
    assert (document["created"]["narrower"], document["findings"]) == (1, [])


def test_whoever_opts_out_after_a_journey_began_is_no_finding() -> None:
    hands = Hands()
    order = hands.place(proved=True)
    hands.sync()
    assert hands.rows("SELECT count(*) FROM call WHERE operation = 'programmes.enrol'")[0][0] == 1
    only_contact(hands).status = "unsubscribed"
    hands.there.wait(minutes=20)
    refund(order, 0, 100, 0, hands.clock.now())
    hands.sync()
    assert audit_consent(hands.worker).findings == []


def test_lists_that_are_for_service_are_no_finding() -> None:
    hands = Hands()
    sell(hands, real=False).lists.add(SERVICE)
    assert audit(hands.worker)["findings"] == []


def test_somebody_whom_we_did_not_create_is_left_alone() -> None:
    hands = Hands()
    contact = hands.there.sandbox.state.contacts.know(
        "jo@example.com", "unsubscribed", hands.clock.now()
    )
    contact.lists.add(MARKETING)
    document = audit(hands.worker)
    assert (document["contacts"], document["findings"]) == (1, [])


def test_nothing_is_changed_and_no_address_is_told() -> None:
    hands = Hands()
    contact = sell(hands, real=False)
    contact.lists.add(MARKETING)
    before = [hands.count(table) for table in ("call", "contact", "consent_event", "cursor")]
    hands.dotdigital.sent.clear()
    document = audit(hands.worker)
    after = [hands.count(table) for table in ("call", "contact", "consent_event", "cursor")]
    assert after == before
    assert {one.method for one in hands.dotdigital.sent} == {"GET"}
    assert contact.email not in render_consent_audit(document, "json")


def test_a_mapping_without_people_can_be_audited() -> None:
    hands = Hands(flow=shipped_flow(ROOT / "mappings/debenhams/catalogue.yaml"))
    assert audit(hands.worker)["ok"]


def test_a_throttled_list_is_waited_for() -> None:
    hands = Hands()
    sell(hands)
    path = "/contacts/v3"
    fault = Fault(kind="refuse", service="dotdigital", path=path, status=429, retry_after=7)
    hands.there.sandbox.faults.on.append(fault)
    assert audit(hands.worker)["contacts"] == 1


def test_the_table_has_a_row_for_each_finding() -> None:
    hands = Hands()
    relay_listed(hands)
    table = render_consent_audit(audit(hands.worker), "csv")
    (row,) = csv.DictReader(StringIO(table, newline=""))
    assert (row["kind"], row["breach"]) == ("relay on a marketing list", "yes")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str]]:
    with sandbox() as base:
        made = Desk(base, tmp_path_factory.mktemp("audit"))
        assert made.call("sync", "--once").returncode in (0, 1)
        yield made, base


def test_the_command_exits_1_once_something_is_found(desk: tuple[Desk, str]) -> None:
    made, base = desk
    assert made.read("consent-audit.v1", "audit", "consent")["ok"] is True
    relay = {"email": "abc@notification.mirakl.net", "status": "unsubscribed"}
    number = httpx.post(f"{base}/sandbox/contacts", json=relay, trust_env=False).json()["contactId"]
    login = SETTINGS["MIRADOT_DOTDIGITAL_USER"], SETTINGS["MIRADOT_DOTDIGITAL_PASSWORD"]
    place = f"{base}/dotdigital/contacts/v3/contactId/{number}"
    body = {"lists": [MARKETING]}
    httpx.patch(place, json=body, auth=login, trust_env=False).raise_for_status()
    done = made.call("audit", "consent")
    assert done.returncode == 1
    assert f"contact {number}: a relay address" in done.stdout
