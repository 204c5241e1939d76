"""The handbook says what the mapping does, all of it, and is the one that is committed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from cli import cli
from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.codes import CODES
from engine.handbook.blocks import Block, Handbook, Table, plain, texts_of
from engine.handbook.document import build_handbook
from engine.handbook.examples import work_out
from engine.handbook.terms import list_terms
from engine.report.handbook_html import (
    handbook_style,
    render_handbook_body,
    render_handbook_page,
)
from engine.report.handbook_markdown import render_handbook_markdown
from tests.handbooks import SHIPPED, hostile_handbook, shipped_handbook
from tests.netting import net_order
from tests.page_examples import lay_over
from tests.shipped import NOW, ORDERS, ROOT, checked

SAMPLES = ROOT / "mappings/debenhams/samples/orders.json"


def orders() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads(SAMPLES.read_bytes())["orders"]
    return found


def words(handbook: Handbook) -> str:
    return "\n".join(plain(text) for one in handbook.sections for text in texts_of(one.blocks))


def blocks(handbook: Handbook) -> Iterator[Block]:
    for section in handbook.sections:
        yield from section.blocks


def bills() -> Iterator[Table]:
    for block in blocks(shipped_handbook("orders")):
        if isinstance(block, Table) and block.total:
            yield block


def call(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["docs", *arguments], standalone_mode=False)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_committed_handbook_is_the_one_made_now(name: str) -> None:
    committed = ROOT / f"mappings/debenhams/handbook/{name}.md"
    made = render_handbook_markdown(shipped_handbook(name))
    assert made == committed.read_text(encoding="utf-8"), "run make handbooks"


def test_every_shipped_mapping_has_a_handbook() -> None:
    mappings = {path.stem for path in (ROOT / "mappings/debenhams").glob("*.yaml")}
    assert {name for name in mappings if not name.endswith(".test")} == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_exception_stands_with_its_sentence_its_owner_and_what_to_do(name: str) -> None:
    rules = checked(ROOT / f"mappings/debenhams/{name}.yaml").spec.exceptions
    rows = {
        plain(row.cells[0]): [plain(cell) for cell in row.cells]
        for block in blocks(shipped_handbook(name))
        if isinstance(block, Table)
        for row in block.rows
        if row.anchor.startswith("exception-")
    }
    assert rows.keys() == rules.keys()
    for code, rule in rules.items():
        assert rule.do is not None
        assert rows[code][1] == re.sub(r"\{\{ (\w+) \}\}", r"\1", rule.say)
        assert rows[code][3] == f"{rule.do}."


@pytest.mark.parametrize("name", SHIPPED)
def test_every_call_field_and_setting_stands_in_the_handbook(name: str) -> None:
    spec = checked(ROOT / f"mappings/debenhams/{name}.yaml").spec
    said = words(shipped_handbook(name)).splitlines()
    fields = [field for send in spec.send.values() for field in send.fields]
    assert [one for one in (*fields, *spec.params) if one not in said] == []
    assert [send for send in spec.send if not any(send in line for line in said)] == []


def test_every_row_of_the_consent_table_stands_with_its_reason() -> None:
    consent = checked().spec.consent
    assert consent is not None
    table = next(
        block
        for block in blocks(shipped_handbook("orders"))
        if isinstance(block, Table) and block.caption == "The consent table"
    )
    reasons = [plain(row.cells[-1]).lower() for row in table.rows]
    assert reasons == [row.because.lower() for row in consent.rows]


def test_the_bills_of_the_examples_add_up() -> None:
    seen = 0
    for bill in bills():
        *parts, total = [[plain(cell) for cell in row.cells] for row in bill.rows]
        signed = [Decimal(amount) * (1 if sign == "+" else -1) for sign, _, amount in parts]
        assert sum(signed) == Decimal(total[2]), bill.caption
        seen += 1
    assert seen == 6


def test_the_examples_are_netted_as_by_hand() -> None:
    by_key = {str(order["order_id"]): order for order in orders()}
    examples = work_out(checked(), orders(), NOW)
    assert [one.key for one in examples] == ["DBN-1006-A", "DBN-1008-A", "DBN-1009-A"]
    for one in examples:
        by_hand = net_order(orjson.dumps(by_key[one.key]))
        assert {"currency": one.currency, **one.amounts}.items() >= by_hand.items()


def test_the_refunds_shown_are_the_refunds_subtracted() -> None:
    one = work_out(checked(), orders(), NOW)[0]
    shown = [Decimal(item.amount) for item in one.items if ".refunds." in item.name]
    assert (sum(shown), len(shown)) == (Decimal(one.amounts["refunded"]), 3)


def test_a_refund_that_comes_twice_is_shown_once() -> None:
    order = next(one for one in orders() if one["order_id"] == "DBN-1006-A")
    refunds = order["order_lines"][0]["refunds"]
    refunds.append(dict(refunds[0]))
    (one,) = work_out(checked(), [order], NOW)
    assert [item.amount for item in one.items if ".refunds." in item.name] == [
        "16.00",
        "8.00",
        "4.99",
    ]


def test_a_held_sample_is_no_example() -> None:
    held = [one for one in orders() if one["order_id"] in ("DBN-1012-A", "DBN-1014-A")]
    assert work_out(checked(), held, NOW) == ()


def test_without_samples_the_handbook_says_so() -> None:
    assert "no example is worked out" in words(build_handbook(checked(), (), NOW))


def test_no_personal_value_of_a_sample_reaches_the_handbook() -> None:
    handbook = shipped_handbook("orders")
    page = render_handbook_page(handbook) + render_handbook_markdown(handbook)
    personal = {
        str(value)
        for order in orders()
        for value in (
            order["customer"]["customer_id"],
            order["customer"]["lastname"],
            order["customer_notification_email"],
            order["shipping_tracking"],
            *(
                one["value"]
                for one in order["order_additional_fields"] or ()
                if "@" in one["value"]
            ),
        )
        if value
    }
    assert len(personal) > 20
    assert [value for value in personal if value in page] == []


def test_a_personal_key_is_masked_in_an_example() -> None:
    one = checked()
    names = {**one.names, "order_id": replace(one.names["order_id"], personal=True)}
    assert work_out(replace(one, names=names), orders(), NOW)[0].key == "D***"


def test_only_terms_that_the_page_uses_are_explained() -> None:
    assert "triggered campaign" in words(shipped_handbook("shipments"))
    assert "triggered campaign" not in words(shipped_handbook("orders"))


@pytest.mark.parametrize("vendor", ["mirakl", "dotdigital", "miradot"])
def test_every_term_is_used_by_some_shipped_mapping(vendor: str) -> None:
    pages = "\n".join(words(shipped_handbook(name)) for name in SHIPPED)
    assert [one.name for one in list_terms(vendor) if not one.is_used(pages)] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_page_stands_alone(name: str) -> None:
    page = render_handbook_page(shipped_handbook(name))
    assert re.findall(r"<(?:script|link|img|iframe|object)|url\(|@import|src=", page) == []
    assert re.findall(r'href="(?!#)', page) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_headings_go_down_one_step_at_a_time(name: str) -> None:
    page = render_handbook_page(shipped_handbook(name))
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", SHIPPED)
def test_ids_are_given_once_and_links_lead_to_them(name: str) -> None:
    page = render_handbook_page(shipped_handbook(name))
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_body_can_stand_in_another_page() -> None:
    handbook = shipped_handbook("orders")
    body = render_handbook_body(handbook)
    assert body in render_handbook_page(handbook)
    assert "<html" not in body
    assert handbook_style() in render_handbook_page(handbook)


def test_hostile_sentences_become_no_markup() -> None:
    page = render_handbook_page(hostile_handbook())
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}" in page


def test_docs_prints_markdown() -> None:
    done = call(str(ORDERS))
    assert done.return_value == 0
    assert done.stdout == render_handbook_markdown(shipped_handbook("orders"))


def test_docs_writes_both_forms_into_a_folder(tmp_path: Path) -> None:
    done = call(str(ORDERS), "--out", str(tmp_path / "new/folder"))
    made = {
        path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "new/folder").iterdir()
    }
    handbook = shipped_handbook("orders")
    assert done.return_value == 0
    assert made == {
        "orders.md": render_handbook_markdown(handbook),
        "orders.html": render_handbook_page(handbook),
    }


def test_docs_gives_the_same_bytes_every_time() -> None:
    assert call(str(ORDERS)).stdout_bytes == call(str(ORDERS)).stdout_bytes


def test_docs_refuses_a_mapping_with_errors() -> None:
    done = call(str(ROOT / "tests/readme/broken.yaml"))
    assert (done.return_value, done.stdout) == (1, "")
    assert "error MD302" in done.stderr


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("mappings", "is a folder"),
        ("mappings/debenhams/brands/example.yaml", "is a brand file"),
        ("mappings/nothing.yaml", "there is no file or folder"),
    ],
)
def test_docs_says_what_it_cannot_take(path: str, said: str) -> None:
    assert said in str(call(str(ROOT / path)).exception)


def test_docs_says_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "cannot write into" in str(call(str(ORDERS), "--out", str(tmp_path / "file")).exception)


def test_a_mapping_without_tests_has_a_handbook_without_examples(tmp_path: Path) -> None:
    alone = tmp_path / "orders.yaml"
    alone.write_bytes(ORDERS.read_bytes())
    assert "no example is worked out" in call(str(alone)).stdout


def valid_examples() -> Iterator[tuple[str, CheckedSpec]]:
    """Give the mapping of every code's page that passes: together they hold the whole language."""
    for code, page in CODES.items():
        if page.passes.kind == "yaml" and not code.startswith("MD1"):
            found = check_mapping(lay_over(page.passes.text).encode(), f"{code}.yaml", {})
            if found.spec is not None:
                yield code, found.spec


def test_every_mapping_that_passes_has_a_handbook() -> None:
    made = 0
    for code, spec in valid_examples():
        page = render_handbook_page(build_handbook(spec, orders()[5:6], NOW))
        assert page.count("<h2 id=") == 9, code
        made += 1
    assert made > 70
