"""The codes: named by phase, each in use, each with a page whose examples do what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.codes import CODES
from engine.codes.page import parse_page
from engine.commands.isolation import parent
from engine.commands.validate import validate_paths
from tests.page_examples import BASE, codes_of, lay_over

ENGINE = Path(__file__).parent.parent / "engine"
PAGES = {path.stem: path for path in sorted((ENGINE / "codes/pages").iterdir())}
USED = {
    code
    for path in ENGINE.rglob("*.py")
    for code in re.findall(r'"(MD\d{3})"', path.read_text(encoding="utf-8"))
}
# A process that is stopped for what it costs, without the wait.
STALLED = "import os, signal; print('ready', flush=True); os.kill(os.getpid(), signal.SIGXCPU)"
every_code = pytest.mark.parametrize("code", PAGES)


def count_sentences(prose: str) -> int:
    return len(re.findall(r"[.?!](?= [A-Z]|$)", prose))


def test_the_codes_are_those_that_have_a_page() -> None:
    assert list(CODES) == list(PAGES)


def test_every_code_in_use_has_a_page() -> None:
    assert sorted(USED - CODES.keys()) == []


def test_every_page_is_of_a_code_in_use() -> None:
    assert sorted(CODES.keys() - USED) == []


@every_code
def test_a_code_is_in_the_range_of_a_phase(code: str) -> None:
    assert re.fullmatch(r"MD[1-7](?!00)\d\d", code)


@every_code
def test_a_page_has_a_short_title(code: str) -> None:
    title = CODES[code].title
    assert 0 < len(title) <= 60
    assert title == title.strip().rstrip(".")


def test_titles_tell_codes_apart() -> None:
    titles = [page.title for page in CODES.values()]
    assert sorted(set(titles)) == sorted(titles)


@every_code
def test_a_page_explains_in_one_to_five_sentences(code: str) -> None:
    prose = CODES[code].prose
    assert prose.endswith(".")
    assert 1 <= count_sentences(prose) <= 5


@every_code
def test_a_page_shows_what_to_change(code: str) -> None:
    page = CODES[code]
    assert page.fails.text != page.passes.text
    assert max(len(line) for line in PAGES[code].read_text(encoding="utf-8").splitlines()) <= 120


@every_code
def test_the_failing_example_gives_the_code_and_no_other(code: str) -> None:
    assert set(codes_of(code, CODES[code].fails)) == {code}


@every_code
def test_the_passing_example_gives_no_problem(code: str) -> None:
    assert codes_of(code, CODES[code].passes) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# MD302 ", "# MD303 "),
        ("# MD302 unknown field", "# MD302"),
        ("## Fails", "## Wrong"),
        ("## Passes", ""),
        ("```yaml\n", "```\n"),
    ],
)
def test_a_page_of_another_form_is_refused(old: str, new: str) -> None:
    text = PAGES["MD302"].read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ValueError, match="MD302"):
        parse_page("MD302", text.replace(old, new, 1))


@pytest.mark.parametrize("which", ["fails", "passes"])
def test_what_a_page_shows_of_a_command_is_what_it_prints(
    which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if which == "fails":
        monkeypatch.setattr(parent, "_COMMAND", [sys.executable, "-c", STALLED])
    monkeypatch.chdir(BASE.parent)
    report = validate_paths([Path(BASE.name)], "text", colour=False, isolated=True)
    shown = f"$ miradot validate --isolated {BASE.name}\n{report.text}"
    assert getattr(CODES["MD120"], which).text == shown


def test_a_code_without_a_page_is_told() -> None:
    assert "MD999" not in CODES
    assert CODES.get("../page") is None


def test_no_page_is_read_before_it_is_asked_for() -> None:
    program = (
        "import sys\n"
        "opened = []\n"
        "hook = lambda event, given: opened.append(str(given[0])) if event == 'open' else None\n"
        "sys.addaudithook(hook)\n"
        "from engine.codes import CODES\n"
        "assert 'MD302' in CODES\n"
        "assert not [path for path in opened if path.endswith('.md')], opened\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ENGINE.parent)


def test_a_fragment_merges_blocks_and_replaces_the_rest() -> None:
    laid = lay_over("params:\n  zone:\n    about: Ours\n  sales: {type: texts}\nread: {}\n")
    assert '    "default": "Europe/London"\n    about: Ours\n' in laid
    assert '\n  sales: {type: texts}\n  "basis": ' in laid
    assert "\nread: {}\n" in laid


def test_a_new_key_of_a_fragment_stays_before_the_key_it_stands_before() -> None:
    laid = lay_over("text:\n  bye: {a: b}\n  # why\n  hello: {c: d}\n")
    assert '"missing": "skip"}\n  bye: {a: b}\n  # why\n  hello: {c: d}\n' in laid
