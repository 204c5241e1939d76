from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codes import CODES
from engine.expressions.paths import PathError, compile_path
from engine.expressions.schema_walk import Finding, Selected, walk_path
from tests.path_trees import scraps, texts
from tests.schema_documents import conform

SCHEMA: dict[str, object] = json.loads(
    (Path(__file__).parent / "walks" / "schema.json").read_text(encoding="utf-8")
)
FAULTS = json.loads((Path(__file__).parent / "walks" / "faults.json").read_text(encoding="utf-8"))
SILENT = json.loads((Path(__file__).parent / "walks" / "silent.json").read_text(encoding="utf-8"))


def walk(text: str) -> tuple[Selected, list[Finding]]:
    return walk_path(text, SCHEMA, SCHEMA)


def select(text: str) -> Selected:
    selected, findings = walk(text)
    assert findings == []
    return selected


@pytest.mark.parametrize("case", FAULTS, ids=[case["expression"] for case in FAULTS])
def test_a_fault_is_told_once_with_its_code_at_its_place(case: dict[str, str]) -> None:
    text = case["expression"]
    findings = walk(text)[1]
    assert [(f.code, text[f.start : f.end], f.message) for f in findings] == [
        (case["code"], case["at"], case["message"])
    ]


@pytest.mark.parametrize("text", SILENT)
def test_a_sound_path_has_no_findings(text: str) -> None:
    assert walk(text)[1] == []


def test_every_finding_has_a_page() -> None:
    assert {case["code"] for case in FAULTS} <= set(CODES)


def test_two_paths_in_one_expression_each_tell_their_own_fault() -> None:
    found = walk("order_lines[?qty == `1`].pric")[1]
    assert [finding.code for finding in found] == ["MD302", "MD302"]


def test_an_unknown_code_is_a_warning_because_lists_of_codes_are_open() -> None:
    assert walk("order_state == 'LOST_AT_SEA'")[1][0].severity == "warning"


def test_a_code_spelt_nearly_like_a_known_one_is_an_error() -> None:
    assert walk("order_state == 'RECIEVED'")[1][0].severity == "error"


def test_a_field_that_nothing_replaces_is_a_warning() -> None:
    assert walk("customer.civility")[1][0].severity == "warning"


def test_an_unknown_field_with_no_near_name_lists_the_known_ones() -> None:
    assert walk("customer.zzz")[1][0].help == (
        "known fields: civility, customer_id, firstname, locale"
    )


def test_a_path_that_does_not_parse_selects_anything() -> None:
    selected, findings = walk("a[?b")
    assert (selected.nodes, findings[0].code) == (None, "MD301")


@pytest.mark.parametrize(
    ("text", "absent", "null"),
    [
        ("order_id", False, False),
        ("customer.locale", False, False),
        ("customer.firstname", True, True),
        ("channel", True, True),
        ("channel.code", True, False),
        ("order_lines[0].order_line_id", True, False),
        ("channel.label || 'none'", False, False),
        ("order_id || channel.label", True, True),
        ("not_null(channel.label, order_id)", False, False),
        ("order_additional_fields[?code=='x'].value | [0]", True, True),
        ("order_lines[].quantity", False, False),
        ("order_additional_fields[].code", True, False),
        ("length(order_lines)", False, False),
        ("anything.at.all", True, True),
    ],
)
def test_absent_and_null_are_kept_apart(text: str, *, absent: bool, null: bool) -> None:
    selected = select(text)
    assert (selected.may_be_absent, selected.may_be_null) == (absent, null)


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("order_id", False),
        ("customer.customer_id", True),
        ("customer", True),
        ("@", True),
        ("{who: customer.firstname, what: order_id}.who", True),
        ("{who: customer.firstname, what: order_id}.what", False),
        ("customer.firstname || 'friend'", True),
        ("to_string(customer)", True),
        ("customer.firstname == 'Ada'", False),
        ("length(customer.customer_id)", False),
        ("order_additional_fields[?code=='x'].value | [0]", True),
        ("order_additional_fields[].code", False),
    ],
)
def test_personal_marks_are_carried_to_the_end_of_the_path(text: str, *, personal: bool) -> None:
    assert select(text).personal is personal


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("order_id", {"string"}),
        ("order_lines", {"array"}),
        ("order_lines[0]", {"object"}),
        ("order_lines[].quantity", {"array"}),
        ("order_lines[].quantity | [0]", {"number"}),
        ("{a: order_id}", {"object"}),
        ("[order_id]", {"array"}),
        ("order_id == 'x'", {"boolean"}),
        ("order_id || order_lines", {"string", "array"}),
        ("anything", set()),
        ("max_by(order_lines, &quantity)", {"object"}),
        ("map(&quantity, order_lines)[0]", {"number"}),
    ],
)
def test_the_types_an_expression_can_have_are_known(text: str, types: set[str]) -> None:
    assert select(text).types == types


def test_a_projected_list_is_told_from_a_list_of_the_payload() -> None:
    assert select("order_lines[].quantity").is_projection
    assert not select("order_lines").is_projection
    assert not select("order_lines[].quantity | [0]").is_projection


def test_the_node_of_a_member_holds_the_marks_of_the_schema() -> None:
    node = select("total_price").node
    assert node is not None
    assert node["x-type"] == "money"


def test_a_walk_may_start_inside_the_schema_at_a_reference() -> None:
    selected, findings = walk_path("refunds[0].id", {"$ref": "#/$defs/line"}, SCHEMA)
    assert (set(selected.types), findings) == ({"string"}, [])


def test_the_start_is_named_by_the_title_of_its_schema() -> None:
    found = walk_path("skew", {"$ref": "#/$defs/line"}, SCHEMA)[1]
    assert found[0].message == 'no field "skew" in "order line"'


def test_marks_beside_a_reference_add_to_what_it_points_to() -> None:
    root = {"$defs": {"text": {"type": "string"}}}
    schema = {"properties": {"a": {"$ref": "#/$defs/text", "x-personal": True}}}
    selected, _ = walk_path("a", schema, root)
    assert (set(selected.types), selected.personal) == ({"string"}, True)


def test_a_reference_to_itself_ends() -> None:
    root = {"$defs": {"part": {"properties": {"part": {"$ref": "#/$defs/part"}}}}}
    selected, findings = walk_path("part.part.part", {"$ref": "#/$defs/part"}, root)
    assert (selected.personal, findings) == (False, [])


def test_map_keeps_the_nulls_that_a_projection_would_drop() -> None:
    assert select("map(&offer_sku, order_lines)[0]").may_be_null


JSON_TYPES = {str: "string", bool: "boolean", int: "number", list: "array", dict: "object"}


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(SILENT), conform(SCHEMA, SCHEMA))
def test_what_a_path_selects_is_what_the_walk_foretold(text: str, payload: object) -> None:
    selected = select(text)
    try:
        found = compile_path(text).select(payload)
    except PathError:
        return
    if found is None:
        assert selected.may_be_missing
    elif selected.types:
        assert JSON_TYPES[type(found)] in selected.types


@settings(deadline=None)
@given(texts)
def test_any_path_is_checked_without_failing_and_places_lie_inside_it(text: str) -> None:
    _, findings = walk(text)
    assert all(0 <= f.start <= f.end <= len(text) and f.code in CODES for f in findings)


@settings(deadline=None)
@given(scraps)
def test_a_path_is_refused_by_the_walk_as_it_is_by_the_compiler(text: str) -> None:
    try:
        compile_path(text)
    except PathError as error:
        told = (error.code, error.message, error.start, error.end)
    else:
        return
    first = walk(text)[1][0]
    assert (first.code, first.message, first.start, first.end) == told


@settings(deadline=None)
@given(texts)
def test_a_schema_that_says_nothing_is_never_contradicted(text: str) -> None:
    codes = {finding.code for finding in walk_path(text, {}, {})[1]}
    assert not codes & {"MD304", "MD305", "MD311", "MD312", "MD313"}
