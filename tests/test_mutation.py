"""`miradot test --mutate`: wrong edits of a mapping, and whether a test notices them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from cli import cli
from engine.check import check_document
from engine.contacts import UNASKED
from engine.mapping import probe_mapping
from engine.mutation.likeness import emit_for_likeness, is_alike
from engine.mutation.mutant import DROP, Mutant
from engine.mutation.trying import list_mutants, try_mutants
from engine.resources import read_schema
from engine.trials.files import Ground, read_trials
from engine.trials.running import prepare_case
from tests.shipped import NOW, ROOT, checked, order
from tests.trial_folders import CATALOGUE, FOLDER, write_trials

MAPPINGS = ("orders", "shipments", "catalogue")
PRICE_ONLY = (
    "  a case:\n    record: FA-4500-M\n    expect: {calls: {product: {body: {price: 36.00}}}}\n"
)


def call(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["test", str(path), *arguments], standalone_mode=False)


def told(path: Path) -> Any:
    return orjson.loads(call(path, "--mutate", "--output-format", "json").stdout)


def document_line(text: str) -> int:
    return CATALOGUE.splitlines().index(text) + 1


def orders_mutants() -> list[Mutant]:
    return list_mutants(checked())


@pytest.mark.parametrize(
    "change",
    [
        # every kind of edit, on the shipped mapping
        "row 3 is dropped",
        "row 3 decides leave instead of add_unsubscribed",
        "row 9: such a buyer may be marketed to",
        "row 12 no longer covers now spamTrap",
        "optin takes TICKED for NOT_TICKED and the other way round",
        "box NOT_TICKED gives consent instead of TICKED",
        "the proof of consent needs no ip",
        "first_name reads customer.lastname instead of customer.firstname",
        "lines.refunds walks taxes instead of refunds",
        "an element of order_lines[].refunds that comes twice counts twice",
        "when order_lines[].quantity is wrong type: use 7 instead of fail UNREADABLE_LINE",
        "when customer.firstname is blank or null: fail ORDER_WITHOUT_ID instead of skip",
        "lines.refused adds up everything, whatever it is",
        "lines.settled_tax no longer asks for tax_mode",
        "listed asks lines.state for what it must not be",
        "lines.net has + lines.returned instead of - lines.returned",
        "lines.net leaves out lines.refused",
        "lines.returned takes lines.settled for requested and lines.refunded for settled",
        "the rule is net > 0 instead of net >= 0",
        "nothing asks for net >= 0",
        "listed == order_total may be out by 1.00",
        "OVER_REFUNDED is a note instead of a hold",
        "the address is first notification_email",
        "a masked address counts as real",
        "NO_ADDRESS is raised instead of NO_PERSON",
        "brands joins lines.category instead of lines.brand",
        "skus names each value every time",
        "lifetime.first_order is the latest",
        "shipment has no condition",
        "contact_update loses alternative 2 of its condition",
        "shipment no longer asks for record.counts",
        "shipment leaves CLOSED out of what it asks of state",
        "post_purchase asks that net is at_least 0 instead of above",
        "post_purchase is sent however old the record is",
        "post_purchase has repeat each_version instead of once",
        "order_record has order any instead of newest_version_wins",
        "person is no part of the key of post_purchase",
        "order_record.order_total is not sent",
        'collection of shipment is "ShipmentsOther"',
        "contact_create adds to $marketplace_list instead of $marketing_list",
        "adding to $marketing_list no longer asks for address.kind",
        "contact_create takes no proof along",
        'the default of $refund_basis is "settled" instead of "requested"',
    ],
)
def test_every_kind_of_edit_is_tried(change: str) -> None:
    assert [one.change for one in orders_mutants()].count(change) == 1


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_mutant_differs_and_stands_at_a_line(name: str) -> None:
    spec = checked(FOLDER / f"{name}.yaml")
    for mutant in list_mutants(spec):
        changed = mutant.apply(spec.document)
        assert changed.data != spec.document.data, mutant.change
        assert mutant.test
        assert spec.document.place_of_key(mutant.pointer).line > 1


def test_a_mutant_leaves_the_document_as_it_was() -> None:
    document = checked().document
    before = orjson.dumps(document.data)
    for mutant in orders_mutants():
        mutant.apply(document)
    assert orjson.dumps(document.data) == before


def test_mutants_are_the_same_every_time() -> None:
    assert orders_mutants() == orders_mutants()


def test_no_two_mutants_are_told_alike() -> None:
    told = [(one.pointer, one.change) for one in orders_mutants()]
    assert len(told) == len(set(told))


def test_dropping_two_elements_takes_out_those_two() -> None:
    document = checked(FOLDER / "catalogue.yaml").document
    edits = ((("send", "product", "key"), DROP), (("send", "product", "repeat"), DROP))
    changed = Mutant(("send",), "", "", edits).apply(document)
    send = changed.value_at(("send", "product"))
    assert isinstance(send, dict)
    assert {"key", "repeat"} & set(send) == set()


@pytest.mark.parametrize(
    ("pointer", "value", "alike"),
    [
        (("send", "contact_create", "order"), "newest_version_wins", True),
        (("send", "order_record", "about"), "Another remark", True),
        (("lifetime", "figures", "net_value", "missing"), "clear", False),
        (("consent", "rows", 0, "because"), "another reason", False),
        (("read", "first_name", "missing"), "use Friend", False),
        (("identity", "no_person"), "NO_ADDRESS", False),
        (("send", "post_purchase", "age", "at_most"), "P15D", False),
        (("exceptions", "NO_LINES", "say"), "No lines in {{ order_id }}", False),
    ],
)
def test_two_mappings_are_alike_when_no_record_tells_them_apart(
    pointer: Any,
    value: object,
    alike: bool,  # noqa: FBT001 - a case
) -> None:
    spec = checked()
    other = check_document(Mutant(pointer, "", "", ((pointer, value),)).apply(spec.document), {})
    assert other.spec is not None
    assert is_alike(emit_for_likeness(spec), emit_for_likeness(other.spec)) is alike


def test_the_shipped_catalogue_notices_nearly_every_edit() -> None:
    trials, _ = read_trials(FOLDER / "catalogue.test.yaml")
    assert trials is not None
    ground = Ground(trials)
    cases = [prepare_case(ground, name, case) for name, case in trials.spec.cases.items()]
    seen: list[tuple[int, int]] = []
    mutation = try_mutants(ground.checked, cases, lambda done, of: seen.append((done, of)))
    assert not mutation.is_below(95)
    assert seen[-1] == (len(mutation.fates), len(mutation.fates))


def test_an_edit_that_no_test_notices_is_told_with_the_test_that_would(tmp_path: Path) -> None:
    (mutation,) = told(write_trials(tmp_path, PRICE_ONLY))["mutation"]
    survivors = {one["change"]: one for one in mutation["survivors"]}
    swapped = survivors["product.brand and product.category change places"]
    assert swapped["test"] == "a record that expects product.brand"
    assert swapped["line"] == document_line("      brand: brand")
    # the price is expected
    assert "product.price and product.list_price change places" not in survivors


def test_less_than_the_minimum_fails(tmp_path: Path) -> None:
    path = write_trials(tmp_path, PRICE_ONLY)
    assert call(path, "--mutate", "--min", "90").return_value == 1


def test_edits_are_tried_only_on_tests_that_pass(tmp_path: Path) -> None:
    path = write_trials(tmp_path, PRICE_ONLY.replace("36.00", "1.00"))
    assert "tests that pass" in str(call(path, "--mutate").exception)


def test_a_mapping_without_tests_notices_nothing(tmp_path: Path) -> None:
    write_trials(tmp_path, PRICE_ONLY)
    (tmp_path / "other.yaml").write_bytes((ROOT / "mappings/debenhams/catalogue.yaml").read_bytes())
    assert "has no tests" in str(call(tmp_path, "--mutate").exception)


def test_mutation_keeps_to_its_schema_and_tells_its_progress(tmp_path: Path) -> None:
    done = call(write_trials(tmp_path, PRICE_ONLY), "--mutate", "--output-format", "json")
    Draft202012Validator(read_schema("trials.v1.schema.json")).validate(orjson.loads(done.stdout))
    assert "edits tried" in done.stderr


def test_a_mutant_of_any_mapping_is_refused_or_runs() -> None:
    spec = checked(ROOT / "tests/rules/base.yaml")
    ran = 0
    for mutant in list_mutants(spec)[::3]:
        other = check_document(mutant.apply(spec.document), {}).spec
        if other is not None:
            ran += probe_mapping(other).apply(order(), UNASKED, NOW).plan["key"] is not None
    assert ran > 20
