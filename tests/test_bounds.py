"""What keeps the words about a file few, and the search for them short."""

from __future__ import annotations

import pytest

from engine.check import check_mapping
from engine.expressions.schema_walk import walk_path
from engine.ignores import MOST_IGNORES
from engine.nearest import nearest
from engine.problem import LONGEST_TEXT, Place, Problem
from engine.problems import MOST_ERRORS
from engine.report.findings import MOST_SAID, MOST_SHOWN
from engine.report.formats import FORMATS, Findings
from tests.test_rules import BASE

PLACE = Place("m.yaml", 1, 1, 1, 2)


def problem(message: str, line: int = 1) -> Problem:
    return Problem("MD302", message, Place("m.yaml", line, 1, line, 2))


def test_a_long_quotation_loses_its_middle() -> None:
    said = problem(f'no name "a{"x" * 500}z"; did you mean "b"?').message
    assert said.startswith('no name "axxx')
    assert said.endswith('xxxz"; did you mean "b"?')
    assert len(said) == len('no name ""; did you mean "b"?') + 80


def test_a_quotation_of_eighty_letters_is_whole() -> None:
    said = f'no name "{"x" * 80}"'
    assert problem(said).message == said


def test_no_text_of_a_problem_is_longer_than_allowed() -> None:
    long = "it is one of " + ", ".join(f"word{i}" for i in range(5_000))
    made = Problem("MD302", long, PLACE, effect=long, help=long, example=long)
    texts = (made.message, made.effect, made.help, made.example)
    assert {len(text) for text in texts} == {LONGEST_TEXT}


@pytest.mark.parametrize("name", ["text", "concise", "github", "markdown"])
def test_of_very_many_problems_the_first_are_shown_and_the_rest_counted(name: str) -> None:
    problems = tuple(problem("wrong", line) for line in range(1, 2_001))
    text = FORMATS[name](Findings(problems, 1))
    assert text.count("wrong") == MOST_SHOWN
    assert "and 1,950 more in this file" in text


def test_long_problems_are_fewer() -> None:
    problems = tuple(problem("x" * 500, line) for line in range(1, 21))
    (file,) = Findings(problems, 1).by_file()
    assert len(file.shown) == MOST_SAID // 500
    assert file.hidden == 20 - len(file.shown)


def test_programs_get_every_problem() -> None:
    problems = tuple(problem("wrong", line) for line in range(1, 2_001))
    assert FORMATS["json"](Findings(problems, 1)).count('"wrong"') == len(problems)


def test_the_check_stops_after_many_errors_and_says_so() -> None:
    members = "".join(f"      m{i}: helo{i}\n" for i in range(MOST_ERRORS + 50))
    text = BASE.replace("      greeting: hello\n", f"      greeting: hello\n{members}")
    problems = check_mapping(text.encode(), "m.yaml", {}).problems
    assert len(problems) == MOST_ERRORS
    assert [one.help for one in problems].count(
        f"mend these first: the check stops after {MOST_ERRORS} errors"
    )


def test_a_file_has_so_many_ignores_at_most() -> None:
    text = BASE + "# miradot: ignore[MD404] because\n" * (MOST_IGNORES + 5)
    problems = check_mapping(text.encode(), "m.yaml", {}).problems
    told = [one.message for one in problems if one.code == "MD491"]
    assert told == [f"more than {MOST_IGNORES} ignores in one file"]


def test_the_nearest_word_is_found_among_very_many() -> None:
    assert nearest("order_totl", [*(f"name_{i}" for i in range(5_000)), "order_total"]) == (
        "order_total"
    )


def test_long_words_are_not_compared() -> None:
    assert nearest("x" * 100, ["x" * 99]) is None
    assert nearest("x" * 70, ["x" * 100]) is None


@pytest.mark.parametrize(("count", "personal"), [(50, False), (150, True)])
def test_what_may_be_one_of_very_many_things_is_personal(count: int, *, personal: bool) -> None:
    parts = {f"p{i}": {"type": "string"} for i in range(count)}
    schema = {"type": "object", "properties": parts}
    assert walk_path("*", schema, schema)[0].personal is personal
