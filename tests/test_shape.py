"""The shape: root causes in plain words, at the right place, and schema and models agree."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from engine.codes import CODES
from engine.shape import as_spec, check_shape
from engine.spec import Brand, MappingSpec
from engine.text import Document, Json, read_document

if TYPE_CHECKING:
    from engine.problem import Problem

ROOT = Path(__file__).parent.parent
MAPPING = "mapping.v1.schema.json"
BRAND = "brand.v1.schema.json"
ORDERS = (ROOT / "mappings/debenhams/orders.yaml").read_text(encoding="utf-8")
# A small mapping that uses most of the language; each case below changes one line of it.
SMALL = (ROOT / "tests/shape/small.yaml").read_text(encoding="utf-8")


def read(text: str) -> Document:
    document, problems = read_document(text.encode(), "m.yaml")
    assert document is not None, problems
    return document


def check(text: str, schema: str = MAPPING) -> list[Problem]:
    return check_shape(read(text), schema)


def change(old: str, new: str) -> list[Problem]:
    assert SMALL.count(old) == 1
    return check(SMALL.replace(old, new))


def test_the_small_mapping_has_no_problem() -> None:
    assert check(SMALL) == []


def test_the_shipped_files_have_no_problem() -> None:
    brand = (ROOT / "mappings/debenhams/brands/example.yaml").read_text(encoding="utf-8")
    assert check(ORDERS) == []
    assert check(brand, BRAND) == []


CASES = [
    # unknown and missing keys
    (
        "    path: order_id",
        "    pth: a",
        "MD201",
        'unknown key "pth" in a read; did you mean "path"?',
    ),
    ("    type: id", "    typ: id", "MD201", 'unknown key "typ" in a read; did you mean "type"?'),
    ("    type: id\n", "", "MD202", 'a read needs "type"'),
    ("owner: marketing-ops\n", "", "MD202", 'a mapping needs "owner"'),
    ("    order: any\n", "", "MD202", 'a send needs "order"'),
    ("{literal: Orders}", "{litral: Orders}", "MD201", 'did you mean "literal"?'),
    ("{each: lines, fields", "{each: lines, feilds", "MD201", 'did you mean "fields"?'),
    ("{each: lines, fields: {sku: lines.sku}}", "{each: lines}", "MD202", 'needs "fields"'),
    ("{state: given}", "{state: {abov: '1'}}", "MD201", 'did you mean "above"?'),
    ("{state: given}", "{state: {none_off: [A]}}", "MD201", 'did you mean "none_of"?'),
    # wrong types
    ("version: 1.0.0", "version: 1.0", "MD203", "expected a text, found a number with decimals"),
    ("title: A small mapping", "title: 2026", "MD203", "found a number: write it in quotes"),
    ("title: A small mapping", "title: true", "MD203", "found true: write it in quotes"),
    ("language: 1", 'language: "1"', "MD203", "found a text: write it without quotes"),
    ("language: 1", "language: 1.0", "MD203", "expected a whole number, found a number with"),
    ("language: 1", "language: true", "MD203", "expected a whole number, found true"),
    ("key: [order_id]", "key: order_id", "MD203", "found a text: write it as a list, in [ ]"),
    ("report: [worth]", "report: {}", "MD203", "expected a list, found a block of keys"),
    ("    type: id", "    type: 5", "MD203", "expected a text, found a number"),
    ("{state: given}", "given", "MD203", "expected a block of keys or a list, found a text"),
    ("{state: given}", "{state: 1}", "MD203", "expected a list, a text or a block of keys"),
    ("{literal: Orders}", "5", "MD203", "expected a text or a block of keys, found a number"),
    ("default: a,", "default: {},", "MD203", "a text, a whole number, true or false or a list"),
    ("{state: given}", "{state: [1]}", "MD203", "found a number: write it in quotes"),
    ("{state: given}", "{state: {above: 0}}", "MD203", "found a number: write it in quotes"),
    # closed lists of words
    ("    type: id", "    type: idd", "MD204", 'found "idd", expected one of boolean, choice,'),
    ("level: hold", "level: revew", "MD204", 'hold, note, review; did you mean "review"?'),
    ("order: any", "order: first", "MD204", "expected one of any, newest_version_wins"),
    ("{state: given}", "{state: gven}", "MD204", 'a list in [ ]; did you mean "given"?'),
    # wrong forms
    ("fail NO_ID", "fail no_id", "MD205", '"use VALUE"; did you mean "fail NO_ID"?'),
    ("fail NO_ID", "fial NO_ID", "MD205", 'did you mean "fail NO_ID"?'),
    ("fail NO_ID", "ignore", "MD205", 'an outcome: "clear", "fail CODE", "skip" or "use VALUE"'),
    (
        "send: NOTHING",
        "send: nothing",
        "MD205",
        'in capitals, such as NO_ADDRESS; did you mean "NOT',
    ),
    (
        "key: order_id,",
        "key: Order-Id,",
        "MD205",
        'and single underscores; did you mean "order_id"?',
    ),
    ("  order_id:\n", "  Order Id:\n", "MD205", 'found "Order Id", expected a name of small'),
    ("  NO_ID:", "  no_id:", "MD205", 'did you mean "NO_ID"?'),
    ("version: 1.0.0", "version: v1", "MD205", "expected a version of three numbers"),
    ("say: No id", "say: No", "MD205", "found 2 characters, expected at least 3 characters"),
    (
        "{literal: Orders}",
        "Our Orders",
        "MD205",
        'the name of a value like "state" or "lines.total"',
    ),
    (
        "{literal: Orders}",
        "$Orders",
        "MD205",
        'expected a parameter like "$programme"; did you mean',
    ),
    (
        "sum: [lines.total]",
        "sum: [lines total]",
        "MD205",
        'expected the name of a value like "state"',
    ),
    # empty, null
    ("key: [order_id]", "key: []", "MD206", "nothing stands here, expected at least 1 element"),
    ("{state: given}", "{}", "MD206", "nothing stands here, expected at least 1 key"),
    ("    path: order_id", "    path: ''", "MD206", "nothing stands here"),
    ("owner: marketing-ops", "owner: ''", "MD206", "found nothing, expected a name of small"),
    ("    path: order_id", "    path:", "MD207", "nothing stands here: null has no meaning"),
    ("    path: order_id", "    path: ~", "MD207", "nothing stands here: null has no meaning"),
    ("    type: id", "    type: null", "MD207", "nothing stands here: null has no meaning"),
    ("report: [worth]", "report: [null]", "MD207", "nothing stands here: null has no meaning"),
    ("{state: given}", "[{state: given}, null]", "MD207", "nothing stands here: null"),
    # another language
    (
        "language: 1",
        "language: 2",
        "MD208",
        "written in version 2 of the language, expected version 1",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "message"), CASES)
def test_one_mistake_gives_one_problem_in_plain_words(
    old: str, new: str, code: str, message: str
) -> None:
    (problem,) = change(old, new)
    assert problem.code == code
    assert message in problem.message
    assert problem.severity == "error"
    assert problem.message[0].islower()
    assert not problem.message.endswith(".")


def test_every_code_of_the_shape_is_met_by_a_case() -> None:
    assert {case[2] for case in CASES} | {"MD209"} == {
        code for code in CODES if code.startswith("MD2")
    }


@pytest.mark.parametrize(
    ("old", "new", "place", "source"),
    [
        ("    path: order_id", "    pth: order_id", (13, 5, 13, 8), "    pth: order_id"),
        ("    type: id\n", "", (12, 3, 12, 11), "  order_id:"),
        ("    type: id", "    type: idd", (14, 11, 14, 14), "    type: idd"),
        ("  NO_ID:", "  no_id:", (33, 3, 33, 8), None),
        ("key: [order_id]", "key: [order_id, A]", (26, 21, 26, 22), "    key: [order_id, A]"),
    ],
)
def test_a_problem_stands_at_the_key_or_value_that_is_wrong(
    old: str, new: str, place: tuple[int, int, int, int], source: str | None
) -> None:
    (problem,) = change(old, new)
    found = problem.place
    assert (found.line, found.column, found.end_line, found.end_column) == place
    assert problem.source == (source or problem.source)


def test_an_unknown_key_that_is_near_none_gets_the_known_ones() -> None:
    (problem,) = change("{key: order_id, version: changed}", "{key: order_id, zzz: a}")
    assert problem.help == "known keys: key, version"


def test_a_missing_key_comes_with_what_it_means() -> None:
    (problem,) = change("level: hold, ", "")
    assert problem.help == "level: one of hold, note, review"
    (problem,) = change("    operation: insight.put\n", "")
    assert problem.help == "operation: An operation of the target lock, such as `contacts.create`"


def test_a_fixed_value_is_told_how_to_be_written() -> None:
    (problem,) = change("{literal: Orders}", "Our Orders")
    assert problem.help == 'a fixed value is written {literal: "Our Orders"}'


def test_two_mistakes_give_two_problems() -> None:
    problems = check(SMALL.replace("type: id", "type: idd").replace("order: any", "order: 1"))
    assert [problem.code for problem in problems] == ["MD204", "MD203"]


def test_nothing_is_said_about_what_stands_under_an_unknown_key() -> None:
    problems = change("    path: order_id", "    pth: {a: null, b: [1]}")
    assert [problem.code for problem in problems] == ["MD201"]


def test_another_language_is_all_that_is_said() -> None:
    problems = check(SMALL.replace("language: 1", "language: 2").replace("read:", "inputs:"))
    assert [problem.code for problem in problems] == ["MD208"]


def test_a_long_text_is_shortened() -> None:
    (problem,) = change("owner: marketing-ops", "owner: " + "A" * 300)
    assert "A…" in problem.message
    assert len(problem.message) < 200


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "the first line does not name the schema"),
        ("# A remark\n", "the first line does not name the schema"),
        (
            "# yaml-language-server: $schema=../brand.v1.schema.json\n",
            'the first line names another schema, "../brand.v1.schema.json"',
        ),
        (
            "# yaml-language-server: $schema=x-mapping.v1.schema.json\n",
            'the first line names another schema, "x-mapping.v1.schema.json"',
        ),
    ],
)
def test_a_first_line_without_the_schema_is_a_warning(line: str, message: str) -> None:
    (problem,) = check(line + SMALL.split("\n", 1)[1])
    assert (problem.code, problem.severity) == ("MD209", "warning")
    assert problem.message == message
    assert problem.place.line == 1
    assert MAPPING in problem.help


@pytest.mark.parametrize(
    "where", ["mapping.v1.schema.json", "https://miradot.dev/schemas/" + MAPPING]
)
def test_the_schema_may_stand_anywhere(where: str) -> None:
    line = f"#yaml-language-server:$schema={where}\n"
    assert check(line + SMALL.split("\n", 1)[1]) == []


def test_an_unknown_schema_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        check(SMALL, "no.schema.json")


def test_a_document_becomes_its_model() -> None:
    spec = as_spec(read(SMALL), MappingSpec)
    assert spec.read["order_id"].otherwise == "fail NO_ID"
    assert as_spec(read("brand: a-shop\nmapping: small\nparams: {}\n"), Brand).brand == "a-shop"


def test_jsonschema_is_not_imported_until_it_is_needed() -> None:
    code = "import sys, engine.shape; sys.exit('jsonschema' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert run.returncode == 0


@pytest.mark.parametrize("value", [1.5, {"a": "b"}, [1], None])
def test_a_parameter_of_a_brand_is_text_number_truth_or_texts(value: Json) -> None:
    brand: Json = {"brand": "a-shop", "mapping": "small", "params": {"shop": value}}
    document = replace(read(SMALL), data=brand)
    assert [one.code[:3] for one in check_shape(document, BRAND) if one.severity == "error"]
    with pytest.raises(ValidationError):
        as_spec(document, Brand)
