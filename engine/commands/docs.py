"""`miradot docs`: the operating handbook of a mapping, its examples from its own tests' records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from engine.check import check_document
from engine.checked import CheckedSpec
from engine.commands.checks import is_brand
from engine.commands.files import read_files
from engine.commands.run import read_file
from engine.handbook.blocks import Handbook
from engine.handbook.document import build_handbook
from engine.problem import Failure, Problem, sort_problems
from engine.report.handbook_html import render_handbook_page
from engine.report.handbook_markdown import render_handbook_markdown
from engine.sources.records import Unreadable, read_records
from engine.text import read_document
from engine.trials.files import read_trials

_ENDINGS = (".test.yaml", ".test.yml")
# Examples are worked out as of the tests' clock; without tests there are none, and no clock counts.
_NO_CLOCK = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Written:
    """A handbook, or the problems for which there is none; warnings come with one."""

    handbook: Handbook | None
    problems: tuple[Problem, ...]


def write_handbook(path: Path) -> Written:
    """Give the handbook of a mapping file; Failure when it or what its tests name is unreadable."""
    if path.is_dir():
        raise Failure(f'docs takes one mapping, and "{path}" is a folder')
    (file,) = read_files([path])
    document, unread = read_document(file.raw, file.path)
    if document is None:
        return Written(None, tuple(sort_problems(unread)))
    if is_brand(document):
        raise Failure(f'docs takes a mapping, and "{path}" is a brand file')
    checked = check_document(document, {})
    if checked.spec is None:
        return Written(None, checked.problems)
    samples, now = _read_samples(path, checked.spec)
    return Written(build_handbook(checked.spec, samples, now), checked.problems)


def save_handbook(handbook: Handbook, name: str, folder: Path) -> list[Path]:
    """Write NAME.md and NAME.html into a folder, made if need be; Failure when it cannot be."""
    texts = {
        f"{name}.md": render_handbook_markdown(handbook),
        f"{name}.html": render_handbook_page(handbook),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            # The same bytes on every system.
            (folder / file).write_bytes(text.encode())
    except OSError as error:
        raise Failure(f'cannot write into "{folder}": {error.strerror}') from None
    return [folder / file for file in texts]


def _read_samples(
    path: Path, checked: CheckedSpec
) -> tuple[Sequence[Mapping[str, object]], datetime]:
    """Give the records that the mapping's own tests are about, and their clock."""
    beside = (path.with_name(path.stem + ending) for ending in _ENDINGS)
    tests = next((one for one in beside if one.is_file()), None)
    if tests is None:
        return (), _NO_CLOCK
    trials, problems = read_trials(tests)
    if trials is None:
        raise Failure(f'"{tests}" has errors: {problems[0].message}')
    now = datetime.fromisoformat(trials.spec.now)
    if trials.spec.records is None:
        return (), now
    raw = read_file(trials.folder / trials.spec.records)
    found = list(read_records(BytesIO(raw), checked.source.envelope))
    return [one[1] for one in found if not isinstance(one, Unreadable)], now
