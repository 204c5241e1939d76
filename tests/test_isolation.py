"""Isolated checking: the same output, no way out, and no file that stops the others."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cli
from engine.codes import CODES
from engine.commands.checks import Checker, Result, Task, check_files
from engine.commands.files import SourceFile
from engine.commands.isolation import parent
from engine.commands.isolation.parent import run_isolated
from engine.commands.isolation.wire import decode_result, encode_result
from engine.commands.validate import validate_paths
from engine.problem import Failure, Problem, sort_problems
from tests.hostile import makers
from tests.shipped import ROOT
from tests.test_rules import BASE, CASES

FORMATS = ["text", "concise", "json", "github", "sarif", "markdown"]
GOOD = SourceFile("good.yaml", BASE.encode())
# The confined process as it is, but for files that name what it is to do instead of checking.
PROGRAM = """
import ctypes, os, signal, socket, subprocess, sys, time
from engine.commands.checks import Checker, Result
from engine.commands.isolation import child, limits
from engine.problem import Place, Problem
limits.CPU_SECONDS = 1
child._ENOUGH_SECONDS = {enough}
check = Checker.do

def do(self, task):
    head, _, order = task.file.raw.decode().partition("#order: ")
    if not order:
        return check(self, task)
    try:
        said = str(eval(order))
    except OSError as error:
        said = f"refused {{type(error).__name__}}"
    return Result((Problem("MD106", said, Place(task.file.path, 1, 1, 1, 1)),))

def burn():
    while True:
        pass

Checker.do = do
sys.exit(child.run())
"""


def confine(monkeypatch: pytest.MonkeyPatch, *, enough: float = 2.5) -> None:
    program = PROGRAM.format(enough=enough)
    monkeypatch.setattr(parent, "_COMMAND", [sys.executable, "-I", "-c", program])


def tell(*orders: str) -> list[tuple[str, str]]:
    """Give code and message of each problem; a file holds what the confined process is to do."""
    files = [SourceFile(f"{i}.yaml", f"#order: {one}".encode()) for i, one in enumerate(orders)]
    return [(one.code, one.message) for one in check_files([*files, GOOD], run_isolated)]


def whole_yaml_family() -> list[SourceFile]:
    cases = makers.load("yaml")
    return [SourceFile(case["name"], makers.make_files(case)[0].raw) for case in cases]


def every_mistake() -> list[SourceFile]:
    return [
        SourceFile(case["name"], BASE.replace(case["old"], case["new"], 1).encode())
        for case in CASES
    ]


@pytest.mark.parametrize("output_format", FORMATS)
def test_the_output_is_the_same_to_the_byte(output_format: str) -> None:
    paths = [ROOT / "mappings", ROOT / "tests/readme/broken.yaml"]
    plain = validate_paths(paths, output_format, colour=True)
    assert validate_paths(paths, output_format, colour=True, isolated=True) == plain


@pytest.mark.parametrize("files", [every_mistake(), whole_yaml_family()], ids=["rules", "hostile"])
def test_the_problems_are_the_same_for_every_mapping_of_the_tests(files: list[SourceFile]) -> None:
    plain = sort_problems(check_files(files, Checker().run))
    assert sort_problems(check_files(files, run_isolated)) == plain
    assert len(plain) >= len(files)


def test_brand_files_are_checked_with_their_mapping_after_a_restart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    confine(monkeypatch, enough=0)
    text = "brand: some-brand\nmapping: base\nparams: {sales: [SHIPED]}\n"
    files = [GOOD, SourceFile("brand.yaml", text.encode())]
    plain = sort_problems(check_files(files, Checker().run))
    assert sort_problems(check_files(files, run_isolated)) == plain
    assert "MD414" in {one.code for one in plain}


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("burn()", "takes more than 5 seconds"),
        ("bytearray(1 << 30)", "needs more than 512 MB"),
        ("os._exit(3)", "broke off"),
        ("sys.exit(0)", "broke off"),
        ("1 / 0", "broke off"),
        ("os.abort()", "broke off"),
        ("os.write(1, b'{}\\n')", "no readable answer"),
        ("os.write(1, b'x' * (20 << 20))", "more than can be told"),
    ],
)
def test_a_file_too_costly_to_check_is_told_and_the_others_are_checked(
    order: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    confine(monkeypatch)
    said = tell("'before'", order, "'after'")
    assert [code for code, _ in said] == ["MD106", "MD120", "MD106"]
    assert words in said[1][1]


def test_a_process_that_only_waits_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    confine(monkeypatch)
    monkeypatch.setattr(parent, "_WALL_SECONDS", 9.0)
    ((code, message),) = tell("time.sleep(60)")
    assert (code, message) == ("MD120", "the check took more than 9 seconds")


def test_after_ten_costly_files_the_rest_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "_MOST_DEATHS", 2)
    confine(monkeypatch)
    said = tell(*["os._exit(3)"] * 4)
    assert [code for code, _ in said] == ["MD120"] * 5
    assert said[-1][1].startswith("not checked")


@pytest.mark.parametrize(
    "order",
    [
        "socket.socket()",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.getaddrinfo('example.com', 80)",
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.kill(os.getppid(), 0)",
        "open('file', 'w')",
        "open('/dev/null', 'r+b')",
        "os.open('file', os.O_CREAT | os.O_WRONLY)",
        "os.remove('/tmp/nothing')",
        "os.rename('/tmp/nothing', '/tmp/none')",
        "os.mkdir('folder')",
        "os.symlink('a', 'b')",
        "ctypes.CDLL(None)",
    ],
)
def test_nothing_leaves_the_confined_process(order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    confine(monkeypatch)
    assert tell(order) == [("MD106", "refused PermissionError")]


def test_the_confined_process_has_no_environment_and_an_empty_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "canary")
    confine(monkeypatch)
    ((_, said),) = tell("(sorted(os.environ), os.listdir('.'), os.getcwd() != '/')")
    assert said in ("(['LANG'], [], True)", "(['LANG', 'LC_CTYPE'], [], True)")


def test_where_no_process_can_be_confined_the_command_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parent, "_COMMAND", [sys.executable, "-I", "-c", "raise SystemExit(1)"])
    with pytest.raises(Failure):
        tell("'never'")


TASK = Task(GOOD)
RESULT = Checker().do(Task(SourceFile(GOOD.path, BASE.replace("order_id", "order_di", 3).encode())))


def spoil() -> Iterator[bytes]:
    """Give answers that a process taken over could send."""
    line = encode_result(TASK, RESULT)
    code = RESULT.problems[0].code.encode()
    yield line.replace(code, b"MD999")
    yield line.replace(b'"error"', b'"fatal"', 1)
    yield line.replace(b'"file": 0', b'"file": 1', 1)
    yield line.replace(b'"source": 0', b'"source": -1', 1)
    yield line.replace(b'"source": 0', b'"source": 99', 1)
    yield line.replace(b'"line": ', b'"line": -', 1)
    yield line.replace(b'"mapping": ""', b'"mapping": "../../x"', 1)
    yield line.replace(b'"help": "', b'"help": "' + b"x" * 10_000, 1)
    yield line.replace(b"{", b'{"more": 1, ', 1)
    yield b"[" * 100_000
    yield b"null"
    yield b""


def test_a_result_comes_back_as_it_was() -> None:
    assert decode_result(encode_result(TASK, RESULT), TASK) == RESULT != Result(())


@pytest.mark.parametrize("raw", list(spoil()), ids=lambda raw: f"{len(raw)} bytes")
def test_an_answer_that_is_none_of_ours_is_refused(raw: bytes) -> None:
    assert raw != encode_result(TASK, RESULT)
    with pytest.raises(ValueError, match="no "):
        decode_result(raw, TASK)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_result_or_refused(raw: bytes) -> None:
    try:
        result = decode_result(raw, TASK)
    except ValueError:
        return
    assert all(isinstance(one, Problem) and one.code in CODES for one in result.problems)


@pytest.mark.parametrize("view", ["--matrix", "--consent"])
def test_views_are_not_made_of_files_of_strangers(view: str) -> None:
    with pytest.raises(Failure, match="without --isolated"):
        cli.cli.main(["validate", "--isolated", view], standalone_mode=False)


# What an ordinary user runs: the program above, found without an installed miradot.
AS_ORDINARY_USER = """
import os, sys
sys.path[:0] = {paths!r}
from engine.commands.checks import check_files
from engine.commands.files import SourceFile
from engine.commands.isolation import parent
assert os.getuid() != 0 and os.geteuid() != 0
head = "import sys; sys.path[:0] = " + repr(sys.path[:{count}]) + chr(10)
parent._COMMAND = [sys.executable, "-I", "-c", head + {program!r}]
files = [SourceFile(f"{{i}}.yaml", b"#order: " + one.encode()) for i, one in enumerate({orders!r})]
notes = set()
good = SourceFile("good.yaml", {good!r})
for one in check_files([*files, good], lambda tasks: parent.run_isolated(tasks, notes)):
    print(one.code, one.message)
print(sorted(notes))
"""


def run_as_ordinary_user(*orders: str, program: str = PROGRAM.format(enough=2.5)) -> list[str]:
    """Do orders as somebody who is not root: as whoever runs the tests, else as nobody."""
    account: dict[str, Any] = (
        {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    )
    paths = [str(ROOT), sysconfig.get_paths()["platlib"]]
    text = AS_ORDINARY_USER.format(
        paths=paths, count=len(paths), program=program, orders=orders, good=GOOD.raw
    )
    wanted = "{}.{}".format(*sys.version_info)
    # An interpreter in root's own folder is out of reach for anybody else.
    for python in (sys.executable, f"/usr/bin/python{wanted}", f"/usr/local/bin/python{wanted}"):
        if os.geteuid() == 0 and python.startswith("/root"):
            continue
        with suppress(OSError):
            done = subprocess.run(
                [python, "-I", "-c", text],
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                **account,
            )
            assert done.returncode == 0, done.stderr
            return str(done.stdout).splitlines()
    raise AssertionError("no Python that an ordinary user could run")


def test_an_ordinary_user_checks_as_root_does() -> None:
    assert run_as_ordinary_user()[:-1] == []


def test_nothing_of_an_ordinary_user_leaves_the_confined_process_either() -> None:
    orders = ["socket.socket()", "os.system('true')", "open('file', 'w')", "ctypes.CDLL(None)"]
    said = run_as_ordinary_user(*orders)
    assert said[:-1] == ["MD106 refused PermissionError"] * len(orders)


def test_an_ordinary_user_has_the_same_limits() -> None:
    said = run_as_ordinary_user("burn()", "bytearray(1 << 30)")
    assert [one.split()[0] for one in said[:-1]] == ["MD120", "MD120"]


def test_no_privilege_is_gained_and_the_network_is_left_where_the_kernel_lets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    confine(monkeypatch)
    status = "[one.split()[1] for one in open('/proc/self/status') if one.startswith('NoNewPrivs')]"
    networks = "[one.split(':')[0].strip() for one in open('/proc/self/net/dev') if ':' in one]"
    notes: set[str] = set()
    files = [SourceFile("a.yaml", f"#order: {status}".encode())]
    files.append(SourceFile("b.yaml", f"#order: {networks}".encode()))
    said = check_files(files, lambda tasks: parent.run_isolated(tasks, notes))
    assert said[0].message == "['1']"
    assert (said[1].message == "['lo']") is not bool(notes)


def test_what_the_system_does_not_allow_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = PROGRAM.replace("check = Checker.do", "limits._leave_network = lambda: False")
    lines = program.replace("return check(self, task)", "return Result(())")
    monkeypatch.setattr(parent, "_COMMAND", [sys.executable, "-I", "-c", lines.format(enough=2.5)])
    path = str(ROOT / "mappings/debenhams/catalogue.yaml")
    assert cli.cli.main(["validate", "--isolated", path], standalone_mode=False) == 0
    said = capsys.readouterr()
    assert said.err.startswith("note: --isolated: this system lets no ordinary user")
    assert said.out == "1 file is fine\n"


def test_a_process_that_cannot_be_started_stops_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parent, "_COMMAND", ["/nowhere/python"])
    with pytest.raises(Failure, match="no process"):
        tell("'never'")
