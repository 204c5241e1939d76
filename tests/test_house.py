"""The bars this code holds itself to, measured."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OWN = [*sorted((ROOT / "engine").rglob("*.py")), ROOT / "cli.py"]
MEASURED = [*OWN, *sorted((ROOT / "benchmarks").rglob("*.py"))]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def place(path: Path, node: Function) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}:{node.name}"


def arguments(node: Function) -> list[ast.arg]:
    taken = node.args
    named = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs]
    return [argument for argument in named if argument.arg not in ("self", "cls")]


def catches_all(node: ast.ExceptHandler) -> bool:
    if node.type is None:
        return True
    names = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)}
    return bool(names & {"Exception", "BaseException"})


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def p95(values: list[int]) -> int:
    return sorted(values)[int(len(values) * 0.95)]


def test_functions_are_short() -> None:
    lengths = {place(path, node): length(node) for path in MEASURED for node in functions(path)}
    assert {name: lines for name, lines in lengths.items() if lines > 60} == {}
    assert p95(list(lengths.values())) <= 40


def test_files_are_short() -> None:
    lines = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MEASURED}
    assert {name: count for name, count in lines.items() if count > 400} == {}
    assert p95(list(lines.values())) <= 300


def test_functions_take_few_arguments() -> None:
    taken = {
        place(path, node): len(arguments(node)) for path in MEASURED for node in functions(path)
    }
    assert {name: count for name, count in taken.items() if count > 5} == {}


def test_every_function_is_annotated() -> None:
    bare = [
        place(path, node)
        for path in MEASURED
        for node in functions(path)
        if node.returns is None
        or any(
            argument.annotation is None
            for argument in [*arguments(node), node.args.vararg, node.args.kwarg]
            if argument
        )
    ]
    assert bare == []


def test_every_exception_is_caught_in_one_place_only() -> None:
    caught = [
        path.name
        for path in MEASURED
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and catches_all(node)
    ]
    assert caught == ["cli.py"]


@pytest.mark.parametrize(
    "call", [r"\bprint\(", r"\b(datetime|date)\.(now|utcnow|today)\(", r"\btime\.time(_ns)?\("]
)
def test_only_the_console_prints_or_looks_at_the_clock(call: str) -> None:
    found = [
        str(path)
        for path in OWN
        if "console" not in path.parts
        and path != ROOT / "engine/clock.py"
        and re.search(call, path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_only_commands_open_files() -> None:
    found = [
        str(path)
        for path in OWN
        if path.name != "cli.py"
        and not {"commands", "console"} & set(path.parts)
        and re.search(r"\bopen\(", path.read_text(encoding="utf-8"))
    ]
    assert found == []


# The contract on rooms can only name whole packages, and `urllib.parse` is wanted.
@pytest.mark.parametrize("module", ["urllib.request", "http.client", "asyncio", "ssl"])
def test_the_engine_imports_nothing_that_reaches_out(module: str) -> None:
    # The server of pages is handed a transport and a timer, and names their types.
    own = [path for path in OWN if path != ROOT / "engine/serving.py"]
    assert [str(path) for path in own if module in imported(path)] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helper", "helpers", "manager", "common", "misc", "base_classes"}
    assert [path.name for path in MEASURED if path.stem in empty] == []


def test_no_file_names_a_package_registry() -> None:
    needles = ["py" + "pi.org", "python" + "hosted", "registry." + "npmjs", "index" + "-url ="]
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - whichever git is at hand
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    texts = {name: (ROOT / name).read_text(encoding="utf-8", errors="ignore") for name in listed}
    assert [name for name, text in texts.items() if any(needle in text for needle in needles)] == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = [re.split(r"[\[<>=]", line)[0] for line in wanted]
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in names if f"| {name} |" not in reasons] == []
