"""`miradot migrate`: mappings brought to another version of the language, shown or written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.commands.difference import render_difference
from engine.commands.files import SourceFile, read_files
from engine.commands.writing import write_whole
from engine.migrations.migration import (
    MIGRATIONS,
    Migration,
    language_of,
    migrate_document,
    newest,
)
from engine.problem import Failure, Problem, sort_problems
from engine.report.findings import Findings
from engine.report.text import render_text
from engine.text import Document, read_document

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Migrated:
    """What migrating gives: a unified diff, what is said to people, and the new files."""

    diff: str
    talk: str
    files: Sequence[tuple[Path, bytes]]
    failed: bool


def migrate_paths(
    paths: Iterable[Path],
    to: int | None,
    migrations: Sequence[Migration] = MIGRATIONS,
    *,
    colour: bool = False,
) -> Migrated:
    """Bring every mapping under paths to version `to`, the newest without one; nothing is written.

    Raises Failure when a path cannot be read, or there is no such version.
    """
    known = newest(migrations)
    wanted = known if to is None else to
    if not 1 <= wanted <= known:
        raise Failure(f"there is no version {wanted} of the language, the newest is {known}")
    problems: list[Problem] = []
    diffs: list[str] = []
    files: list[tuple[Path, bytes]] = []
    mappings = 0
    read = read_files(paths)
    for file in read:
        document, found = read_document(file.raw, file.path)
        made, refused = _migrate(document, wanted, migrations)
        problems += [*found, *refused]
        mappings += document is not None and language_of(document) is not None
        if document is not None and made is not None and made.text != document.text:
            diffs.append(render_difference(document.path, document.text, made.text))
            files.append((Path(file.path), _encode(file, made)))
    findings = Findings(tuple(sort_problems(problems)), len(read), colour)
    said = f"{len(files)} of {mappings} mappings to be brought to version {wanted}\n"
    return Migrated(
        diff="".join(diffs),
        talk=render_text(findings) if problems else said,
        files=files,
        failed=bool(problems),
    )


def write_migrated(migrated: Migrated) -> None:
    """Write the new files, each whole or not at all; raises Failure."""
    for path, text in migrated.files:
        write_whole(path, text)


def _migrate(
    document: Document | None, to: int, migrations: Sequence[Migration]
) -> tuple[Document | None, list[Problem]]:
    if document is None:
        return None, []
    version = language_of(document)
    if version is not None and to < version <= newest(migrations):
        raise Failure(f"{document.path} is written in version {version}: there is no way back")
    return migrate_document(document, to, migrations)


def _encode(file: SourceFile, made: Document) -> bytes:
    mark = _BYTE_ORDER_MARK if file.raw.startswith(_BYTE_ORDER_MARK) else b""
    return mark + made.text.encode()
