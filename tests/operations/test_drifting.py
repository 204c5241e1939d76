"""Drift on every side: a clean world has none, and each kind is found with the lines it touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import text

from engine.commands.drift import ADVICE, look_for_drift
from engine.report.drift import DriftDocument, render_drift
from engine.sandbox.dotdigital.insight import Collection, Record
from engine.sandbox.dotdigital.state import State
from engine.sync.account import prepare_account
from tests.operations.hands import Hands, shipped_flow
from tests.operations.test_commands import Desk
from tests.rehearsal import sandbox
from tests.shipped import ROOT


def state(hands: Hands) -> State:
    return hands.there.sandbox.state


def records(hands: Hands) -> dict[str, Record]:
    return state(hands).insight.collections["Orders"].records


def look(hands: Hands, *, days: int = 7, sample: int = 20) -> DriftDocument:
    return look_for_drift(hands.worker, days, sample)


def edit_payload(hands: Hands, edit: Callable[[Any], None]) -> None:
    """Let the order have landed with something else in it."""
    ((payload,),) = hands.rows("SELECT payload FROM order_version")
    order = orjson.loads(payload)
    edit(order)
    with hands.database.transaction() as connection:
        statement = text("UPDATE order_version SET payload = :payload")
        connection.execute(statement, {"payload": orjson.dumps(order).decode()})


def new_field(hands: Hands) -> None:
    edit_payload(hands, lambda order: order["order_lines"][0].update(gift_wrap="yes"))


def new_code(hands: Hands) -> None:
    edit_payload(hands, lambda order: order.update(order_state="ON_THE_MOON"))


def retyped_payload(hands: Hands) -> None:
    edit_payload(hands, lambda order: order.update(total_price="45.00"))


def null(hands: Hands) -> None:
    edit_payload(hands, lambda order: order.update(currency_iso_code=None))


def field_deleted(hands: Hands) -> None:
    del state(hands).account.fields["MKT_CURRENCY"]


def field_retyped(hands: Hands) -> None:
    state(hands).account.fields["MKT_ORDERS"] = "String"


def collection_missing(hands: Hands) -> None:
    del state(hands).insight.collections["Shipments"]


def collection_of_account(hands: Hands) -> None:
    held = state(hands).insight.collections
    held["Shipments"] = Collection("Shipments", "account", "custom", {}, held["Shipments"].records)


def programme_missing(hands: Hands) -> None:
    del state(hands).account.programmes[881]


def programme_inactive(hands: Hands) -> None:
    state(hands).account.programmes[881] = ("After a purchase", "Deactivated")


def list_missing(hands: Hands) -> None:
    del state(hands).account.lists[4712]


def new_status(hands: Hands) -> None:
    next(iter(state(hands).contacts.by_id.values())).status = "frozen"


def record_changed(hands: Hands) -> None:
    next(iter(records(hands).values())).json["order_total"] = 0.01


def contact_changed(hands: Hands) -> None:
    next(iter(state(hands).contacts.by_id.values())).fields["MKT_ORDERS"] = 9


def record_orphaned(hands: Hands) -> None:
    records(hands)["GHOST-1"] = deepcopy(next(iter(records(hands).values())))
    records(hands)["GHOST-1"].key = "GHOST-1"


def record_deleted(hands: Hands) -> None:
    records(hands).clear()


def contact_orphaned(hands: Hands) -> None:
    contact = state(hands).contacts.know("jo@example.com", "unsubscribed", hands.clock.now())
    contact.fields["MIRAKL_PERSON"] = "f" * 32


def contact_deleted(hands: Hands) -> None:
    contact = next(iter(state(hands).contacts.by_id.values()))
    state(hands).contacts.delete(contact, hands.clock.now())


# What is done, what is found where, words that must be told, and a part of the mapping it touches.
SEEDS: list[tuple[Callable[[Hands], None], str, str, str, str]] = [
    (new_field, "payload", "new field", "order_lines.gift_wrap (string)", ""),
    (new_code, "payload", "new code", "order_state has the code ON_THE_MOON", "read.state"),
    (retyped_payload, "payload", "type changed", "string instead of number", "read.order_total"),
    (null, "payload", "null where none was", "currency_iso_code is null", "read.currency"),
    (field_deleted, "target", "data field deleted", "MKT_CURRENCY", "data_fields.MKT_CURRENCY"),
    (
        field_retyped,
        "target",
        "data field retyped",
        "MKT_ORDERS is String",
        "data_fields.MKT_ORDERS",
    ),
    (
        collection_missing,
        "target",
        "collection missing",
        "no Shipments",
        "send.shipment.to.collection",
    ),
    (
        *(collection_of_account, "target", "collection of another scope", "to the account"),
        "send.shipment.to.collection",
    ),
    (programme_missing, "target", "programme missing", "no programme 881", "params.programme"),
    (programme_inactive, "target", "programme inactive", "is Deactivated", "params.programme"),
    (list_missing, "target", "list missing", "no list 4712", "params.marketplace_list"),
    (new_status, "target", "new status", "the status frozen", "consent.unknown_status"),
    (
        record_changed,
        "values",
        "record changed",
        "order_total",
        "send.order_record.fields.order_total",
    ),
    (contact_changed, "values", "contact changed", "another MKT_ORDERS", "data_fields.MKT_ORDERS"),
    (
        record_orphaned,
        "orphans",
        "record without order",
        "never landed",
        "send.order_record.to.collection",
    ),
    (
        record_deleted,
        "orphans",
        "order without record",
        "no record",
        "send.order_record.to.collection",
    ),
    (contact_orphaned, "orphans", "contact without orders", "no order", "identity.person_field"),
    (contact_deleted, "orphans", "orders without contact", "no longer", "identity.person_field"),
]


def line_of(hands: Hands, place: str) -> str:
    return hands.flow.mapping.checked.line_of(tuple(place.split(".")))


@pytest.mark.parametrize(
    ("seed", "side", "kind", "words", "place"), SEEDS, ids=lambda one: getattr(one, "__name__", "")
)
def test_what_drifted_is_found_with_the_lines_it_touches(
    seed: Callable[[Hands], None], side: str, kind: str, words: str, place: str
) -> None:
    hands = Hands()
    hands.place()
    hands.sync()
    seed(hands)
    document = look(hands)
    (item,) = document["items"]
    assert (item["side"], item["kind"], document["ok"]) == (side, kind, False)
    assert words in item["what"]
    assert item["lines"][:1] == ([line_of(hands, place)] if place else [])
    assert item["do"] == ADVICE[kind]
    assert kind in render_drift(document, "text")


def test_every_kind_is_seeded() -> None:
    assert {kind for _, _, kind, _, _ in SEEDS} == set(ADVICE)


def test_a_clean_world_has_no_drift() -> None:
    hands = Hands(days=1)
    hands.sync()
    document = look(hands)
    assert (document["ok"], document["items"]) == (True, [])
    assert all(document["looked_at"].values())
    assert "nothing drifted" in render_drift(document, "text")


def test_the_same_thing_is_told_once_with_its_first_examples() -> None:
    hands = Hands()
    for number in range(5):
        hands.place(f"77{number}")
    hands.sync()
    for record in records(hands).values():
        record.json["order_total"] = 0.01
    (item,) = look(hands)["items"]
    assert (item["number"], len(item["examples"])) == (5, 3)


def test_a_sample_of_none_reads_no_contact() -> None:
    hands = Hands()
    hands.place()
    hands.sync()
    contact_changed(hands)
    document = look(hands, sample=0)
    assert (document["items"], document["looked_at"]["contacts_compared"]) == ([], 0)


def test_orders_of_other_days_are_left_alone() -> None:
    hands = Hands()
    hands.place()
    hands.sync()
    new_code(hands)
    hands.there.wait(days=3)
    assert look(hands, days=2)["looked_at"]["payloads"] == 0


def test_a_mapping_without_people_is_looked_at_as_well() -> None:
    hands = Hands(flow=shipped_flow(ROOT / "mappings/debenhams/catalogue.yaml"))
    document = look(hands)
    assert {one["kind"] for one in document["items"]} == {"collection missing"}
    prepare_account(hands.worker)
    assert look(hands)["ok"]


def test_nothing_is_written() -> None:
    hands = Hands()
    hands.place()
    hands.sync()
    before = [hands.count(table) for table in ("call", "contact", "order_version", "cursor")]
    hands.dotdigital.sent.clear()
    look(hands)
    after = [hands.count(table) for table in ("call", "contact", "order_version", "cursor")]
    assert after == before
    assert {one.method for one in hands.dotdigital.sent} == {"GET"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str]]:
    with sandbox() as base:
        made = Desk(base, tmp_path_factory.mktemp("drift"))
        assert made.call("sync", "--once").returncode in (0, 1)
        yield made, base


def test_the_command_exits_1_once_something_drifted(desk: tuple[Desk, str]) -> None:
    made, base = desk
    assert made.read("drift.v1", "drift", "--sample", "2")["ok"] is True
    known = {"email": "jo@example.com", "status": "frozen"}
    httpx.post(f"{base}/sandbox/contacts", json=known, trust_env=False).raise_for_status()
    done = made.call("drift", "--sample", "2")
    assert done.returncode == 1
    assert "contacts have the status frozen" in done.stdout
