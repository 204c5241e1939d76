"""Problems in every format: exact outputs in `tests/report`, and laws for any text at all."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator
from pydantic import TypeAdapter

from engine.codes import CODES
from engine.commands.schema import schema_text
from engine.problem import Place, Problem
from engine.report.document import problems_schema
from engine.report.findings import printable
from engine.report.formats import FORMATS, Findings, resolve_format

ROOT = Path(__file__).parent.parent
# NAME.json holds findings, NAME.FORMAT.out exactly what the format gives for them.
PAIRS = sorted((ROOT / "tests/report").glob("*.out"))
DOCUMENT = Draft202012Validator(problems_schema())
SARIF = Draft4Validator(orjson.loads((ROOT / "tests/report/sarif.schema.json").read_bytes()))
PLACE = Place("m.yaml", 1, 1, 1, 2)
PLAIN = Problem("MD302", "wrong", PLACE, source="x: 1")

HOSTILE = st.sampled_from("\udcff\n\r\t\x00\x1b\x9b\x85\u2028\u202e%:,`|@#[]{}<&\\$")
# Not st.text: it draws from the union of both alphabets, where the hostile few are never met.
TEXTS = st.lists(HOSTILE | st.characters(), max_size=20).map("".join)
PLACES = st.builds(Place, TEXTS, *[st.integers(1, 150)] * 4)
PROBLEMS = st.builds(
    Problem,
    st.sampled_from(sorted(CODES)),
    TEXTS,
    PLACES,
    st.sampled_from(["error", "warning"]),
    effect=TEXTS,
    help=TEXTS,
    example=TEXTS,
    source=TEXTS | TEXTS.map(lambda text: text * 9),
)
FINDINGS = st.builds(Findings, st.lists(PROBLEMS, max_size=3).map(tuple), st.integers(0, 9))


def load(name: str) -> Findings:
    text = (ROOT / f"tests/report/{name}.json").read_bytes()
    return TypeAdapter(Findings).validate_json(text)


def show(output_format: str, *problems: Problem) -> str:
    return FORMATS[output_format](Findings(problems, 1))


@pytest.mark.parametrize("expected", PAIRS, ids=lambda path: path.stem)
def test_a_format_gives_exactly_this(expected: Path) -> None:
    name, output_format, _ = expected.name.split(".")
    assert FORMATS[output_format](load(name)) == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("output_format", "last"),
    [
        ("text", "m.yaml  and 30 more in this file"),
        ("concise", "m.yaml: and 30 more in this file"),
        ("github", "::notice file=m.yaml::and 30 more in this file"),
        ("markdown", "- and 30 more in this file"),
    ],
)
def test_of_a_file_with_very_many_problems_people_read_the_first_fifty(
    output_format: str, last: str
) -> None:
    places = [Place("m.yaml", line, 1, line, 2) for line in range(1, 81)]
    text = show(output_format, *(replace(PLAIN, place=place) for place in places))
    assert last in text.splitlines()
    assert (text.count("wrong"), "51" in text) == (50, False)


@pytest.mark.parametrize(("output_format", "member"), [("json", "problems"), ("sarif", "results")])
def test_programs_read_every_problem_of_a_file(output_format: str, member: str) -> None:
    document = orjson.loads(show(output_format, *[PLAIN] * 80))
    holder = document["runs"][0] if output_format == "sarif" else document
    assert len(holder[member]) == 80


def test_every_format_has_an_exact_output() -> None:
    assert {path.name.split(".")[1] for path in PAIRS} == FORMATS.keys() - {"github and text"}


@pytest.mark.parametrize("output_format", FORMATS)
@settings(max_examples=40)
@given(findings=FINDINGS)
def test_any_text_can_be_written_in_every_format(output_format: str, findings: Findings) -> None:
    text = FORMATS[output_format](findings)
    assert text.encode().decode() == text


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_file_name_that_is_not_utf8_is_shown_by_its_bytes(output_format: str) -> None:
    problem = replace(PLAIN, place=replace(PLACE, path="mappings/\udcff.yaml"))
    shown = "%5Cudcff.yaml" if output_format == "sarif" else "\\udcff.yaml"
    assert shown in show(output_format, problem).replace("\\\\", "\\")


@pytest.mark.parametrize("output_format", ["text", "concise", "github", "markdown"])
@settings(max_examples=40)
@given(findings=FINDINGS)
def test_no_text_of_a_file_steers_the_terminal(output_format: str, findings: Findings) -> None:
    assert FORMATS[output_format](findings).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("name", "environment", "expected"),
    [
        ("auto", {}, "text"),
        ("auto", {"GITHUB_ACTIONS": "false"}, "text"),
        ("auto", {"GITHUB_ACTIONS": "true"}, "github and text"),
        ("json", {"GITHUB_ACTIONS": "true"}, "json"),
    ],
)
def test_auto_follows_the_environment(
    name: str, environment: dict[str, str], expected: str
) -> None:
    assert resolve_format(name, environment) == expected
    assert expected in FORMATS


@pytest.mark.parametrize(
    ("severities", "checked", "expected"),
    [
        ("", 0, "0 files are fine"),
        ("", 1, "1 file is fine"),
        ("", 3, "3 files are fine"),
        ("e", 1, "1 error in 1 file"),
        ("w", 2, "1 warning in 2 files"),
        ("eew", 3, "2 errors, 1 warning in 3 files"),
    ],
)
def test_the_last_line_counts(severities: str, checked: int, expected: str) -> None:
    warning = replace(PLAIN, severity="warning")
    problems = tuple(PLAIN if letter == "e" else warning for letter in severities)
    assert FORMATS["text"](Findings(problems, checked)).splitlines()[-1] == expected


def test_colour_is_the_only_difference_that_colour_makes() -> None:
    plain = load("plain")
    coloured = FORMATS["text"](replace(plain, colour=True))
    assert "\x1b[31merror MD302\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d*m", "", coloured) == FORMATS["text"](plain)


@given(st.text("abc", min_size=1, max_size=400), st.data())
def test_the_carets_stand_under_the_stretch(source: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(source) - 1))
    end = data.draw(st.integers(start + 1, len(source)))
    place = Place("m.yaml", 1, start + 1, 1, end + 1)
    _, shown, carets, *_ = show("text", replace(PLAIN, place=place, source=source)).splitlines()
    under = "".join(above for above, caret in zip(shown, carets, strict=False) if caret == "^")
    assert under
    assert source[start:end].startswith(under)
    assert under == source[start:end] or shown.endswith("…")


@given(PROBLEMS)
def test_a_source_line_is_at_most_a_hundred_columns(problem: Problem) -> None:
    lines = show("text", replace(problem, source=problem.source + "x" * 200)).splitlines()
    source, carets = lines[1:3]
    assert len(source.partition(" | ")[2]) <= 98
    assert len(carets.partition(" | ")[2]) <= 98


@pytest.mark.parametrize("output_format", ["concise", "github"])
@settings(max_examples=40)
@given(findings=FINDINGS)
def test_a_problem_is_one_line(output_format: str, findings: Findings) -> None:
    lines = FORMATS[output_format](findings).splitlines()
    assert len(lines) == len(findings.problems)


# What the runner does with a line of output: ActionCommand.cs and ActionCommandManager.cs.
COMMAND = re.compile(r"\s*::([\w-]+)(?: ([^\n]*?))?::(.*)|.*##\[([\w-]+)[^\]]*\]")


def obey(output: str) -> list[str]:
    obeyed, token = [], ""
    for line in output.split("\n"):
        found = COMMAND.match(line)
        name = (found[1] or found[4]) if found else ""
        if found and token in ("", name):
            obeyed.append(name)
            token = found[3] if name == "stop-commands" else ""
    return obeyed


def unescape(text: str) -> str:
    for escape, letter in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, letter)
    return text


def test_the_runner_obeys_nothing_that_a_file_says() -> None:
    place = replace(PLACE, path="::add-mask::m.yaml")
    source = "x: '##[set-output name=a]b'"
    hostile = replace(PLAIN, place=place, source=source, message="##[add-path]x\n::add-mask::x")
    assert {"add-mask", "set-output"} <= set(obey(show("text", hostile)))
    first, *rest = obey(show("github and text", hostile))
    assert (first, len(rest), rest[0]) == ("error", 2, "stop-commands")
    assert re.fullmatch("[0-9a-f]{64}", rest[1])


@given(TEXTS, TEXTS)
def test_the_runner_reads_back_path_and_message(path: str, message: str) -> None:
    path, message = (re.sub(r"[^\n\r -~]", "é", text) for text in (path, message))
    problem = replace(PLAIN, place=replace(PLACE, path=path), message=message)
    properties, _, data = show("github", problem).removeprefix("::error ").partition("::")
    values = dict(part.split("=", 1) for part in properties.split(","))
    assert unescape(values["file"]) == path
    assert unescape(data) == message + "\n"
    assert list(values)[1:] == ["line", "col", "endLine", "endColumn", "title"]


def test_the_published_schema_is_the_one_of_the_models() -> None:
    published = ROOT / "schemas/problems.v1.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text("problems.v1")


@given(FINDINGS)
def test_the_document_fits_its_schema(findings: Findings) -> None:
    document = orjson.loads(FORMATS["json"](findings))
    DOCUMENT.validate(document)
    assert len(document["problems"]) == len(findings.problems)


@given(FINDINGS)
def test_a_sarif_log_has_the_shape_of_the_standard(findings: Findings) -> None:
    log = orjson.loads(FORMATS["sarif"](findings))
    SARIF.validate(log)
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    for result in log["runs"][0]["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize("name", sorted({path.name.split(".")[0] for path in PAIRS}))
def test_the_sarif_log_of_every_sample_has_the_shape_of_the_standard(name: str) -> None:
    SARIF.validate(orjson.loads(FORMATS["sarif"](load(name))))


# What the schema leaves to the standard: RFC 3986 names, and texts without placeholders (3.11.5).
URI = re.compile(r"[A-Za-z0-9._~/%-]+|file:///[A-Za-z0-9._~/%:@!$&'()*+,;=-]*")
PLAIN_TEXT = re.compile(r"(?:[^{}]|\{\{|\}\})*")


@given(PROBLEMS)
def test_sarif_holds_names_and_texts_that_the_standard_reads_as_such(problem: Problem) -> None:
    result = sarif_result(problem)
    assert URI.fullmatch(result["uri"])
    assert PLAIN_TEXT.fullmatch(result["text"])
    assert re.fullmatch("[0-9a-f]{64}", result["fingerprint"])


def sarif_result(problem: Problem) -> dict[str, str]:
    """Give the members of a result that tests ask for."""
    result = orjson.loads(show("sarif", problem))["runs"][0]["results"][0]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    return {
        "uri": location["uri"],
        "text": result["message"]["text"],
        "fingerprint": result["partialFingerprints"]["miradot/v1"],
    }


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("mappings/orders.yaml", "mappings/orders.yaml"),
        ("./mappings/orders.yaml", "mappings/orders.yaml"),
        ("mappings/a b#1?é.yaml", "mappings/a%20b%231%3F%C3%A9.yaml"),
        ("c:a.yaml", "c%3Aa.yaml"),
        ("/srv/orders.yaml", "file:///srv/orders.yaml"),
    ],
)
def test_sarif_names_a_file_by_a_uri(path: str, uri: str) -> None:
    assert sarif_result(replace(PLAIN, place=replace(PLACE, path=path)))["uri"] == uri


def test_sarif_messages_hold_neither_placeholders_nor_links() -> None:
    hostile = replace(PLAIN, message="{0} {{ name }} [x](https://example.com)")
    expected = "{{0}} {{{{ name }}}} [x] (https://example.com)"
    assert sarif_result(hostile)["text"] == expected


def test_a_problem_that_only_moved_keeps_its_fingerprint() -> None:
    moved = replace(PLAIN, place=Place("m.yaml", 9, 3, 9, 4), source=f"  {PLAIN.source}")
    assert sarif_result(moved)["fingerprint"] == sarif_result(PLAIN)["fingerprint"]


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAIN, code="MD303"),
        replace(PLAIN, source="y: 1"),
        replace(PLAIN, place=replace(PLACE, path="n.yaml")),
    ],
    ids=["code", "line", "file"],
)
def test_another_problem_has_another_fingerprint(other: Problem) -> None:
    assert sarif_result(other)["fingerprint"] != sarif_result(PLAIN)["fingerprint"]


# A code span as CommonMark reads it: rows of backticks of one length, nothing read between.
SPAN = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)")
LINES = re.compile(
    r"### miradot: [\w, ]+"
    r"|- line \d+:\d+ (error|warning) \*\*MD\d{3}\*\* §"
    r"|  - (effect|example|help): §"
    r"|§?"
)


@given(FINDINGS)
def test_markdown_says_what_a_file_says_in_code_spans_only(findings: Findings) -> None:
    for line in FORMATS["markdown"](findings).split("\n"):
        assert LINES.fullmatch(SPAN.sub("§", line)), line


@given(TEXTS)
def test_markdown_keeps_every_letter_of_a_message(message: str) -> None:
    item = show("markdown", replace(PLAIN, message=message)).split("\n")[4]
    span = SPAN.search(item)
    assert span is not None
    assert span[2].strip() == printable(message).strip()
