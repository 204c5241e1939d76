r"""The examples of the pages, checked as what they stand for.

The kind of an example, which stands behind its fence, says what it is:

- `yaml`: a fragment of a mapping, laid over `tests/rules/base.yaml`; of a code MD1xx, a whole file
- `yaml whole`: a whole file, mostly a brand file for the base mapping
- `yaml-escaped`: as `yaml`, in which a character is written `\uXXXX` and a byte `\xXX`
- `yaml repeated N`: as `yaml`, in which the last line stands N times
- `yaml trial`: a whole test file, which stands beside the base mapping
- `yaml plan`: a fragment of the mapping as it is now, the base mapping being what it was
- `yaml base`: a fragment of the mapping as it was, the base mapping being what it is now
- `json`: records that the base mapping runs over
- `console`: a command and what it prints, which `tests/test_codes.py` holds against the command

A fragment is laid over like this: a block of keys is merged with the block it names, key by key;
whatever else stands behind a key (`{ }`, a list, a text) replaces what was there. The lines of the
fragment stay as they are, with their comments; new keys stay before the key they stand before.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.check import check_mapping
from engine.codes import Example
from engine.commands.checks import Checker, Task
from engine.commands.files import SourceFile
from engine.commands.plan import PlanRequest, plan_change
from engine.contacts import UNASKED
from engine.mapping import Mapping, compile_mapping
from engine.problem import Problem
from engine.run import run_mapping
from engine.sources.records import read_records
from engine.text import Document, Json, Pointer, read_document
from engine.trials.files import Ground, read_trials
from engine.trials.running import check_trials, run_trials
from tests.shipped import NOW, order

BASE = Path(__file__).parent / "rules/base.yaml"
_ESCAPE = re.compile(rb"\\u([0-9a-f]{4})|\\x([0-9a-f]{2})")


def codes_of(code: str, example: Example) -> list[str]:
    """Give the codes that an example on the page of `code` is told, in their order."""
    if example.kind == "json":
        return list(_run(example.text.encode()))
    if example.kind == "console":
        return re.findall(r"(?:error|warning) (MD\d{3})", example.text)
    if example.kind in ("yaml plan", "yaml base"):
        return _plan(example)
    raw = _bytes_of(example)
    if example.kind == "yaml trial":
        return [problem.code for problem in _check_trials(raw)]
    if code.startswith("MD1"):
        problems = read_document(raw, "example.yaml")[1]
    elif example.kind == "yaml whole":
        problems = _check_file(SourceFile("example.yaml", raw))
    else:
        problems = list(check_mapping(lay_over(raw.decode()).encode(), "example.yaml", {}).problems)
    return [problem.code for problem in problems]


def _plan(example: Example) -> list[str]:
    """Give the codes that the plan of a change is told, over one order that is right."""
    with TemporaryDirectory() as folder:
        old, new, sample = (Path(folder, name) for name in ("old.yaml", "new.yaml", "one.json"))
        shown, other = (new, old) if example.kind == "yaml plan" else (old, new)
        shown.write_text(lay_over(example.text), encoding="utf-8")
        shutil.copy(BASE, other)
        sample.write_text(json.dumps(order()), encoding="utf-8")
        document = plan_change(PlanRequest(str(old), new, sample, None, None, (), NOW))
    return [one["code"] for view in document["mappings"] for one in view["findings"]]


def _check_trials(raw: bytes) -> list[Problem]:
    """Check a test file of the base mapping, and run it when it is right."""
    with TemporaryDirectory() as folder:
        shutil.copy(BASE, folder)
        path = Path(folder, "example.test.yaml")
        path.write_bytes(raw)
        trials, problems = read_trials(path)
        if trials is None:
            return problems
        ground = Ground(trials)
        assert all(result.passed for result in run_trials(ground))
        return [*problems, *check_trials(ground)]


def _bytes_of(example: Example) -> bytes:
    text = example.text
    if example.kind.startswith("yaml repeated "):
        last = text.splitlines(keepends=True)[-1]
        text += last * (int(example.kind.split()[-1]) - 1)
    if example.kind != "yaml-escaped":
        return text.encode()
    return _ESCAPE.sub(
        lambda found: bytes.fromhex(found[2].decode()) if found[2] else _encode(found[1]),
        text.encode(),
    )


def _encode(digits: bytes) -> bytes:
    return chr(int(digits, 16)).encode()


def _check_file(file: SourceFile) -> list[Problem]:
    """Check a file by itself, and with the base mapping when it is a brand file."""
    checker = Checker()
    result = checker.do(Task(file))
    if not result.brand_of:
        return list(result.problems)
    base = SourceFile(str(BASE), BASE.read_bytes())
    return [*result.problems, *checker.do(Task(file, base)).problems]


@cache
def _base_mapping() -> Mapping:
    spec = check_mapping(BASE.read_bytes(), str(BASE), {}).spec
    assert spec is not None
    return compile_mapping(spec, masked=False)


def _run(raw: bytes) -> Iterator[str]:
    mapping = _base_mapping()
    records = read_records(BytesIO(raw), mapping.envelope)
    for record in run_mapping(mapping, records, UNASKED, NOW):
        yield from (raised["code"] for raised in record["exceptions"])


def lay_over(fragment: str) -> str:
    """Give the base mapping with a fragment laid over it."""
    base, given = _read(BASE.read_text(encoding="utf-8")), _read(fragment)
    lines = _merge(base.data, given, (), (1, len(given.lines) + 1))
    return "\n".join([base.line(1), *lines, ""])


def _read(text: str) -> Document:
    document, problems = read_document(text.encode(), "example.yaml")
    assert document is not None, problems
    return document


def _merge(base: Json, given: Document, at: Pointer, span: tuple[int, int]) -> Iterator[str]:
    """Give the lines of one block; `span` are those of the fragment, the end exclusive."""
    own = given.value_at(at)
    assert isinstance(base, dict)
    assert isinstance(own, dict)
    starts = [_first_line(given, given.keys[(*at, key)].line) for key in own]
    spans = dict(zip(own, zip(starts, [*starts[1:], span[1]], strict=True), strict=True))
    waiting = list(own)
    margin = " " * (given.keys[(*at, waiting[0])].column - 1)
    for key, value in base.items():
        if key not in own:
            yield f"{margin}{json.dumps(key)}: {json.dumps(value)}"
            continue
        while key in waiting:
            first = waiting.pop(0)
            yield from _lay_key(base.get(first), given, (*at, first), spans[first])
    for key in waiting:
        yield from _lay_key(None, given, (*at, key), spans[key])


def _lay_key(base: Json, given: Document, at: Pointer, span: tuple[int, int]) -> Iterator[str]:
    value, place = given.value_at(at), given.place_of(at)
    is_block = given.line(place.line)[place.column - 1 :][:1] != "{"
    if not (isinstance(base, dict) and isinstance(value, dict) and is_block):
        yield from given.lines[span[0] - 1 : span[1] - 1]
        return
    head = given.keys[at].line + 1
    yield from given.lines[span[0] - 1 : head - 1]
    yield from _merge(base, given, at, (head, span[1]))


def _first_line(given: Document, number: int) -> int:
    """Give the line where a key begins, the comments right above it included."""
    while given.line(number - 1).lstrip().startswith("#"):
        number -= 1
    return number
