"""Identifiers and exports: what shoppers, feeds and forks write stays data wherever it goes."""

from __future__ import annotations

import csv
from io import StringIO
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cli import cli
from engine.contacts import UNASKED
from engine.mapping import Mapping
from engine.report.csv import defuse, render_csv
from engine.runtime.people import mask_segment
from engine.runtime.values import EmailAddress, read_email
from tests.shipped import NOW, ROOT, order, orders_mapping

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\uff20a"]
HOSTILE_ADDRESSES = [
    "ada@example.com\r\nBcc: eve@example.com",
    "ada@example.com\n",
    "ada\x00@example.com",
    "ada@@example.com",
    "ada@eve@example.com",
    "ada example@example.com",
    "<ada@example.com>",
    "ada@example.com,eve@example.com",
    "ada@example.com;eve@example.com",
    "ada@example..com",
    "ada@-example.com",
    "ada@example",
    "@example.com",
    "ada@",
    "\u202eada@example.com",
    "ada@ex\u00e4mple.com",
    "ada@\uff45xample.com",
    f"{'a' * 65}@example.com",
    f"ada@{'a' * 64}.com",
    f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.example.com",
    "ada@[127.0.0.1]",
    "javascript:alert(1)@",
]


@pytest.mark.parametrize("text", HOSTILE_ADDRESSES)
def test_what_is_no_single_address_is_refused(text: str) -> None:
    assert read_email(text) is None


@pytest.mark.parametrize(
    "text", ["=cmd@example.com", "+44@example.com", "a/b#c?d=e%2F@example.com"]
)
def test_an_odd_but_lawful_address_is_kept_and_held_apart(text: str) -> None:
    assert read_email(text) == text


@given(st.text(max_size=60) | st.emails())
def test_an_address_read_holds_no_blank_and_one_at_sign(text: str) -> None:
    address = read_email(text)
    assert address is None or (address.count("@") == 1 and address.isprintable())
    assert address is None or (len(address) <= 254 and not any(map(str.isspace, address)))


def call_paths(mapping: Mapping, **changes: object) -> list[str]:
    return [one["path"] for one in mapping.apply(order(**changes), UNASKED, NOW)["calls"]]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", ["/../..", "a/b", "a?b", "a#b", "a%2Fb", "a&b=c"])
def test_an_address_is_one_segment_of_a_path(name: str, *, masked: bool) -> None:
    usual = call_paths(orders_mapping(masked=masked))
    odd = call_paths(
        orders_mapping(masked=masked), customer_notification_email=f"{name}@example.com"
    )
    assert [path.count("/") for path in odd] == [path.count("/") for path in usual]
    assert not any(mark in path for path in odd for mark in "?#&")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_an_order_id_never_leaves_its_segment(text: str) -> None:
    plan = orders_mapping().apply(order(order_id=text), UNASKED, NOW)
    for call in plan["calls"]:
        if call["operation"] == "insight.put":
            *_, last = call["path"].split("/")
            assert unquote(last) == text
        assert call["path"].isascii()
        assert call["path"].isprintable()


@given(st.emails())
def test_a_masked_address_is_one_segment_too(text: str) -> None:
    shown = mask_segment(EmailAddress(text))
    assert unquote(shown).startswith(f"{text[0]}***@")
    assert not set(shown) & set("/?#@ ")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_is_never_a_formula(text: str) -> None:
    assert defuse(text) == f"'{text}"


@given(st.lists(st.text(max_size=12), min_size=2, max_size=4))
def test_a_table_is_read_back_cell_by_cell(cells: list[str]) -> None:
    read = list(csv.reader(StringIO(render_csv(cells, [cells]), newline="")))
    assert read == [[defuse(cell) for cell in cells]] * 2


@pytest.mark.parametrize("kind", ["matrix", "consent"])
def test_a_view_for_spreadsheets_holds_no_formula(kind: str) -> None:
    path = str(ROOT / "mappings/debenhams/orders.yaml")
    arguments = ["validate", path, f"--{kind}", "--output-format", "csv"]
    done = CliRunner().invoke(cli, arguments, standalone_mode=False)
    rows = list(csv.reader(StringIO(done.stdout, newline="")))
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_problems_have_no_form_for_spreadsheets() -> None:
    done = CliRunner().invoke(cli, ["validate", "--output-format", "csv"], standalone_mode=False)
    assert "only --matrix and --consent" in str(done.exception)
