"""The audit of an export: its figures, what it leaves out, and that nobody stands in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from engine.commands.orders_audit import AuditRequest, audit_orders, sort_words
from engine.problem import Failure
from engine.report.audit.page import build_audit_page
from engine.report.audit.text import render_audit
from engine.report.handbook_html import render_handbook_page
from engine.resources import read_schema
from engine.samples.audit.document import AuditDocument
from tests.shipped import NOW, ORDERS, ROOT, line, opted, order, refund

SAMPLES = ROOT / "mappings/debenhams/samples"
CANARIES = ("Canaria", "Quillfeather", "canaria.mail", "10 Canary Wharf", "C-CANARY", "DBN-CANARY")


def audit(folder: Path, *orders: Any) -> AuditDocument:
    path = folder / "export.json"
    path.write_bytes(orjson.dumps({"orders": list(orders)}))
    return audit_files(path)


def audit_files(*paths: Path, mapping: Path = ORDERS) -> AuditDocument:
    document, _ = audit_orders(AuditRequest(paths, mapping, None, NOW))
    return document


def placed(key: str, customer: str, *, mail: str | None = None, **changes: Any) -> Any:
    mail = f"ada.{customer}@example.com" if mail is None else mail
    given = {"customer_id": customer, "firstname": "Ada", "lastname": "Thornbury"}
    made = {"order_id": key, "customer": given, "customer_notification_email": mail}
    return order(**{**made, **changes})


def field(document: AuditDocument, name: str) -> Any:
    return next(one for one in document["fields"] if one["name"] == name)


def test_people_stand_under_the_best_address_of_any_of_their_orders(tmp_path: Path) -> None:
    relay = "abc@notification.mirakl.net"
    found = audit(
        tmp_path,
        placed("A", "1", mail=relay),
        placed("B", "1", mail="one@example.com"),
        placed("C", "2", mail=relay),
        placed("D", "3", mail=""),
    )["people"]
    assert (found["people"], found["real"], found["relay"], found["no_address"]) == (3, 1, 1, 1)
    assert found["by_orders"] == {"1": 2, "2": 1, "3": 0, "4 or more": 0}


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({"order_additional_fields": opted("true")}, 1),
        ({"order_additional_fields": opted("true", without="marketing-optin-ip")}, 0),
        ({"order_additional_fields": opted("false")}, 0),
        ({"order_additional_fields": opted("perhaps")}, 0),
        ({"order_additional_fields": []}, 0),
        ({"order_additional_fields": opted("true"), "mail": "a@notification.mirakl.net"}, 0),
        ({"order_additional_fields": opted("true"), "total_price": 1.0}, 0),
    ],
    ids=["yes", "no proof", "no", "unclear", "not asked", "relay", "held"],
)
def test_only_a_proved_yes_at_a_real_address_may_be_marketed_to(
    tmp_path: Path, changes: dict[str, Any], may: int
) -> None:
    assert audit(tmp_path, placed("A", "1", **changes))["people"]["marketable"] == may


def test_answers_are_counted_by_what_they_mean(tmp_path: Path) -> None:
    given = ["true", "true", "false", "perhaps", None]
    orders = [
        placed(f"A{number}", str(number // 3), order_additional_fields=opted(answer))
        for number, answer in enumerate(given)
    ]
    document = audit(tmp_path, *orders)
    told = {one["meaning"]: one["orders"] for one in document["answers"]}
    assert told == {"yes": 2, "no": 1, "not given": 1, "unclear": 1}
    assert document["people"]["both_answers"] == 1


def test_of_an_order_that_comes_again_the_newest_version_counts_once(tmp_path: Path) -> None:
    newer = placed("A", "1", last_updated_date="2026-02-28T13:00:00.500Z")
    newer["order_lines"] = [line(refunds=[refund(20.0)])]
    older = placed("A", "1", last_updated_date="2026-02-28T13:00:00Z")
    for records in ([older, newer], [newer, older]):
        document = audit(tmp_path, *records)
        assert (document["read"]["orders"], document["read"]["older"]) == (1, 1)
        (money,) = document["money"]
        assert {one["name"]: one["amount"] for one in money["totals"]}["net"] == "30.00"


def test_money_is_exact_and_told_by_currency(tmp_path: Path) -> None:
    cheap = [line(price=0.1, total_price=0.1)]
    orders = [placed(f"A{number}", str(number), order_lines=cheap) for number in range(3)]
    euros = placed("E", "77", currency_iso_code="EUR", order_lines=[line(refunds=[refund(5.0)])])
    by_currency = {one["currency"]: one for one in audit(tmp_path, *orders, euros)["money"]}
    assert by_currency["GBP"]["totals"][-1] == {
        "name": "net",
        "amount": "0.30",
        "share": "100.0",
        "orders": 3,
    }
    refunded = next(one for one in by_currency["EUR"]["totals"] if one["name"] == "refunded")
    assert (refunded["amount"], refunded["share"], refunded["orders"]) == ("5.00", "10.0", 1)


def test_what_later_orders_of_a_person_would_meet_is_told(tmp_path: Path) -> None:
    orders = (placed("A", "1"), placed("B", "1", currency_iso_code="EUR"))
    document = audit(tmp_path, *orders)
    assert [(one["code"], one["orders"]) for one in document["held"]] == [("MIXED_CURRENCY", 1)]
    assert document["held"][0]["do"].startswith("Decide whether")
    assert document["outcomes"] == {"sent": 1, "without_calls": 0, "held": 1, "sales": 1}


def test_a_field_is_filled_per_place_that_could_hold_it(tmp_path: Path) -> None:
    bare = line(order_line_id="A-2", order_line_additional_fields=[], category_code=" ")
    document = audit(tmp_path, placed("A", "1", order_lines=[line(), bare]))
    brand = field(document, "lines.brand")
    assert (brand["seen"], brand["filled"], brand["empty"]) == (2, 1, 1)
    assert brand["place"] == "order_lines[].order_line_additional_fields[brand]"
    assert "Product blocks and revenue" in brand["serves"]
    assert field(document, "lines.category")["filled"] == 1
    products = next(one for one in document["purposes"] if one["purpose"].startswith("Product"))
    assert {"lines.brand", "lines.category"} <= set(products["part"])
    assert "lines.refunds.amount" in products["unseen"]


def test_a_code_that_the_lock_does_not_know_stands_out(tmp_path: Path) -> None:
    document = audit(tmp_path, placed("A", "1", order_state="ON_HOLD"), placed("B", "2"))
    unknown = [(one["place"], one["code"]) for one in document["codes"] if not one["known"]]
    assert unknown == [("order_state", "ON_HOLD")]
    assert field(document, "state")["unreadable"] == 1


def test_what_cannot_be_read_is_counted_and_its_place_told(tmp_path: Path) -> None:
    path = tmp_path / "export.ndjson"
    path.write_bytes(orjson.dumps(placed("A", "1")) + b'\n{"order_id": broken\n')
    document = audit_files(path)
    assert (document["read"]["orders"], document["read"]["unreadable"]) == (1, 1)
    assert document["read"]["places"] == ["file 1, line 2"]
    assert [one["code"] for one in document["held"]] == ["MD501"]


def test_dates_tell_their_range_and_how_fresh_they_are(tmp_path: Path) -> None:
    old = placed("A", "1", created_date="2025-01-01T10:00:00Z")
    dates = {one["name"]: one for one in audit(tmp_path, old, placed("B", "2"))["dates"]}
    created = dates["placed_at"]
    assert (created["oldest"], created["newest"], created["days_old"]) == (
        "2025-01-01",
        "2026-02-27",
        2,
    )
    assert (created["last_30_days"], created["last_365_days"]) == (1, 1)


def test_a_backfill_is_counted_by_imports_and_one_by_one(tmp_path: Path) -> None:
    relay = "abc{}@notification.mirakl.net"
    orders = [placed(f"A{n}", str(n), mail=relay.format(n), order_state="SHIPPING") for n in "123"]
    document = audit(tmp_path, *orders)
    # Three people created and updated in two imports of contacts, their records in another.
    imports = sum(
        one["calls"] for one in document["by_imports"]["tiers"] if one["tier"] != "unlimited"
    )
    assert (document["one_by_one"]["calls"], imports) == (3 * 3, 3)
    assert document["one_by_one"]["tiers"][0]["minutes"] is not None


def test_one_address_of_two_people_is_told(tmp_path: Path) -> None:
    shared = "both@example.com"
    document = audit(tmp_path, placed("A", "1", mail=shared), placed("B", "2", mail=shared))
    assert [(one["code"], one["level"]) for one in document["held"]] == [
        ("KEYS_DISAGREE", "review")
    ]


def test_nothing_personal_stands_anywhere(tmp_path: Path) -> None:
    given = {"customer_id": "C-CANARY", "firstname": "Canaria", "lastname": "Quillfeather"}
    hostile = {
        "order_id": "DBN-CANARY",
        "customer": given,
        "customer_notification_email": "canaria.mail@example.com",
        "order_additional_fields": opted("Canaria Quillfeather"),
        "shipping_company": "Canaria",
    }
    right = order(**hostile)
    document, checked = _audit_page(
        tmp_path,
        right,
        order(**{**hostile, "order_state": "Canaria Quillfeather"}),
        order(**{**hostile, "order_id": ["DBN-CANARY"], "currency_iso_code": "Canaria"}),
        {**right, "customer": "Canaria", "order_lines": ["10 Canary Wharf"]},
        "Canaria Quillfeather",
    )
    page = render_handbook_page(build_audit_page(document, checked))
    for told in (page, render_audit(document, "text"), render_audit(document, "json")):
        assert [one for one in CANARIES if one.lower() in told.lower()] == []
    assert "(not a code)" in page


def _audit_page(folder: Path, *orders: Any) -> Any:
    path = folder / "Canaria.json"
    path.write_bytes(orjson.dumps(list(orders)))
    return audit_orders(AuditRequest((path,), ORDERS, None, NOW))


@pytest.mark.parametrize("name", ["orders", "shipments"])
def test_every_mapping_over_orders_can_be_audited_by(name: str) -> None:
    mapping = ROOT / f"mappings/debenhams/{name}.yaml"
    document, checked = audit_orders(AuditRequest((SAMPLES / "orders.json",), mapping, None, NOW))
    assert document["read"]["orders"] == 16
    assert render_audit(document, "text")
    assert "<main" in render_handbook_page(build_audit_page(document, checked))


def test_an_audit_of_something_that_is_no_order_has_no_people() -> None:
    mapping = ROOT / "mappings/debenhams/catalogue.yaml"
    document = audit_files(SAMPLES / "offers.json", mapping=mapping)
    assert (document["people"]["people"], document["answers"]) == (0, [])
    assert render_audit(document, "text")


def test_an_empty_export_has_figures_all_the_same(tmp_path: Path) -> None:
    document = audit(tmp_path)
    assert document["read"]["orders"] == 0
    assert "0 orders of no readable day" in render_audit(document, "text")


def test_the_mapping_is_known_by_its_ending() -> None:
    files, mapping = sort_words((Path("a.json"), Path("m.yaml"), Path("b.ndjson")))
    assert (files, mapping) == ((Path("a.json"), Path("b.ndjson")), Path("m.yaml"))
    _, shipped = sort_words((Path("a.json"),))
    assert shipped.read_bytes() == ORDERS.read_bytes()
    with pytest.raises(Failure, match="one mapping"):
        sort_words((Path("a.json"), Path("m.yaml"), Path("n.yml")))
    with pytest.raises(Failure, match="at least one file"):
        sort_words((Path("m.yaml"),))


def call(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "cli.py", "audit", "orders", *words],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )


def test_the_command_prints_json_of_its_schema() -> None:
    done = call(str(SAMPLES / "orders.json"), "--output-format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    document = orjson.loads(done.stdout)
    Draft202012Validator(read_schema("orders-audit.v1.schema.json")).validate(document)


def test_the_command_writes_a_page_that_needs_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "audit.html"
    words = ("--output-format", "html", "--out", str(page))
    done = call(str(SAMPLES / "orders.json"), str(ORDERS), *words)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (0, b"", f"wrote {page}\n")
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "src=" not in text


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["nowhere.json"], 'cannot read "nowhere.json"', 2),
        (["tests/readme/broken.yaml", "mappings/debenhams/samples/orders.json"], "MD302", 1),
        ([], "Missing argument 'FILES...'", 2),
    ],
)
def test_a_wrong_call_is_told(words: list[str], said: str, code: int) -> None:
    done = call(*words)
    assert done.returncode == code
    assert said in done.stderr.decode()


def test_an_audit_needs_no_extra() -> None:
    script = (
        "import sys; import engine.commands.orders_audit, engine.report.audit.page;"
        "print([one for one in ('sqlalchemy', 'httpx', 'click', 'pydantic_settings')"
        " if one in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
