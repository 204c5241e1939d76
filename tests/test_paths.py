from __future__ import annotations

import json
from pathlib import Path

import jmespath
import pytest
from hypothesis import assume, given, reject, settings
from jmespath.functions import Functions

from engine.codes import CODES
from engine.expressions.calls import SIGNATURES
from engine.expressions.paths import PathError, compile_path
from engine.expressions.syntax import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, read_tree
from tests.path_trees import documents, scraps, texts

TOO_LARGE = "MD314"
TABLES = sorted((Path(__file__).parent / "paths").glob("*.json"))
CASES: list[tuple[object, dict[str, object]]] = [
    (group["given"], case)
    for table in TABLES
    for group in json.loads(table.read_text(encoding="utf-8"))
    for case in group["cases"]
]

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")


def refuse(text: str, value: object = None) -> PathError:
    with pytest.raises(PathError) as caught:
        compile_path(text).select(value)
    return caught.value


def search(text: str, value: object) -> str:
    """Tell what jmespath makes of it: the exact result, or that it fails."""
    try:
        return repr(jmespath.search(text, value))
    except (ValueError, TypeError, ArithmeticError):
        return "fails"


@pytest.mark.parametrize(
    ("value", "case"), CASES, ids=[str(case["expression"])[:40] for _, case in CASES]
)
def test_a_case_of_the_tables_gives_its_result_or_its_error(
    value: object, case: dict[str, object]
) -> None:
    text = str(case["expression"])
    if "error" in case:
        assert refuse(text, value).code == case["error"]
    else:
        assert repr(compile_path(text).select(value)) == repr(case["result"])
        assert search(text, value) == repr(case["result"])


def test_the_tables_hold_enough_cases() -> None:
    assert len(CASES) >= 250


@settings(deadline=None, max_examples=400)
@given(texts, documents)
def test_any_path_selects_what_jmespath_selects(text: str, value: object) -> None:
    try:
        path = compile_path(text)
    except PathError as error:
        assume(error.code != TOO_LARGE)
        assert search(text, value) == "fails"
        return
    try:
        assert repr(path.select(value)) == search(text, value)
    except PathError:
        assert search(text, value) == "fails"


@settings(deadline=None, max_examples=300)
@given(scraps)
def test_any_text_is_compiled_or_refused_at_a_place_inside_it(text: str) -> None:
    try:
        compile_path(text)
    except PathError as error:
        place = (error.start, error.end)
    else:
        place = (0, 0)
        assert jmespath.compile(text)
    assert 0 <= place[0] <= place[1] <= len(text)


@settings(deadline=None)
@given(texts, documents)
def test_selecting_leaves_the_document_as_it_was(text: str, value: object) -> None:
    before = repr(value)
    try:
        compile_path(text).select(value)
    except PathError:
        reject()
    assert repr(value) == before


@settings(deadline=None)
@given(texts)
def test_every_leaf_of_the_tree_stands_where_its_text_is(text: str) -> None:
    try:
        tree = read_tree(text)
    except PathError:
        reject()
    for node in tree.walk():
        if node.kind in {"field", "function_expression", "key_val_pair"}:
            assert text[node.start : node.end].strip('"') == node.name


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("order_id", ("order_id",)),
        ("customer.locale", ("customer", "locale")),
        ('a."b c".d', ("a", "b c", "d")),
        ("a[0]", None),
        ("a | b", None),
        ("@", None),
        ("a.length(@)", None),
    ],
)
def test_steps_are_given_for_a_plain_chain_of_members(
    text: str, steps: tuple[str, ...] | None
) -> None:
    assert compile_path(text).steps == steps


@pytest.mark.parametrize(
    ("text", "message", "offending"),
    [
        ("", "the path is empty, expected the name of a field, or @ for all", ""),
        ("a[?b and c]", 'found "and", expected "&&"', "and"),
        ("a or b", 'found "or", expected "||"', "or"),
        ("a[?not b]", 'found "not", expected "!"', "not"),
        ("not(a)", 'found "not", expected "!"', "not"),
        ("a[?n == 12]", 'found "12", expected a number in backticks: `12`', "12"),
        ("a[?b = 'c']", 'found "=", expected "==" to compare', "="),
        ("a[?b == 'c'", 'found a "[?" that is never closed, expected a "]"', "[?"),
        ("(a]", 'found "]", expected ")" to close the "("', "]"),
        ("a)", 'found a ")" that nothing opens', ")"),
        ("a == 'b", "found a ' that is never closed, expected another ' after the text", "'b"),
        ("total * rate", 'found "*", expected a path: arithmetic lives in the money section', "*"),
        ("total -1", 'found "-1", expected a path: arithmetic lives in the money section', "-1"),
        ("a b", 'found "b" right after "a", expected an operator or a comma', "b"),
        ("a.[0]", 'found ".[" before a number, expected "[" without the dot, as in lines[0]', "0"),
        ("a ==", "the path stops after \"==\", expected a value: 'text', `5` or a field", "=="),
        ("lenght(a)", 'unknown function "lenght"; did you mean "length"?', "lenght"),
        ("frobnicate(a)", 'unknown function "frobnicate"', "frobnicate"),
        ("x || sum(a, b)", "sum() got 2 arguments, expected 1 argument", "sum"),
        ("not_null()", "not_null() got 0 arguments, expected 1 argument or more", "not_null"),
        ("sort_by(a, b)", 'sort_by() takes an expression here, expected "&" before it', "b"),
        ("a[::0]", "found a step of 0, expected 1, -1 or another number", "0"),
    ],
)
def test_a_slip_is_told_in_plain_words_at_its_place(
    text: str, message: str, offending: str
) -> None:
    error = refuse(text)
    assert (error.message, text[error.start : error.end]) == (message, offending)


@pytest.mark.parametrize(("text", "hint"), [("a - b", "money section"), ("let $x = a", '"let"')])
def test_what_the_language_lacks_is_said_with_the_way_out(text: str, hint: str) -> None:
    assert hint in refuse(text).message


@pytest.mark.parametrize(
    "text",
    [
        "a" * (MAX_CHARACTERS + 1),
        "(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1),
        "[" * MAX_CHARACTERS,
        "!" * (MAX_CHARACTERS - 1) + "a",
        "[*]" * (MAX_CHARACTERS // 3),
        "*" + ".*" * (MAX_CHARACTERS // 2 - 1),
        "a" + " || a" * MAX_DEPTH,
        "a" + ".a" * MAX_NODES,
        "[@, @]" + " | [@, @]" * 4,
    ],
)
def test_a_path_beyond_the_bounds_is_refused_before_it_can_do_harm(text: str) -> None:
    assert refuse(text).code == TOO_LARGE


def test_a_path_just_within_the_bounds_is_taken() -> None:
    assert compile_path("a" + ".a" * (MAX_NODES - 2)).select({"a": 1}) is None
    assert compile_path("a" * MAX_CHARACTERS).select({}) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("length(n)", "length() got a number, expected a text or a list or an object"),
        ("join(',', list)", "join() got a number, expected a list of texts"),
        ("n < 'a'", "a number cannot be ordered against a text"),
        ("max_by(mixed, &@)", "max_by() cannot work on the values it was given"),
    ],
)
def test_a_failure_on_the_data_says_what_was_wrong_without_showing_the_data(
    text: str, message: str
) -> None:
    assert refuse(text, {"n": 42, "list": [42], "mixed": ["secret", 42]}).message == message


def test_a_failure_inside_a_reference_keeps_its_own_place() -> None:
    error = refuse("map(&abs(a), @)", [{"a": "x"}])
    assert (error.start, error.end) == (5, 8)


def test_every_function_of_jmespath_is_known() -> None:
    assert set(SIGNATURES) == set(Functions.FUNCTION_TABLE)


def test_the_first_find_is_enough_for_a_custom_field() -> None:
    fields = [{"code": "x", "value": None}, {"code": "x", "value": 1}, {"code": "x", "value": 2}]
    assert compile_path("@[?code == 'x'].value | [0]").select(fields) == 1


def test_every_code_a_path_can_raise_has_a_page() -> None:
    raised = {str(case.get("error", "MD301")) for _, case in CASES}
    assert raised <= set(CODES)
