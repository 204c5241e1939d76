"""A migration: the changes that bring a mapping to the next version of the language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.edits.changes import Change, NameSchema, SetValue, change_data
from engine.edits.editing import EditError, edit_document, find_lost_comment
from engine.problem import Problem
from engine.text import Document, Json

NEWER = "MD740"
IN_THE_WAY = "MD741"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: `to` is the version it leads to, `about` says what changes, in a sentence.

    `find_changes` gives the changes for the data of a mapping, each for the data as the ones
    before leave it. The version itself and the first line are changed without being told.
    """

    to: int
    about: str
    find_changes: Callable[[Mapping[str, Json]], Iterator[Change]]


# Every migration, in order, from version 1 on.
MIGRATIONS: Sequence[Migration] = ()


def newest(migrations: Sequence[Migration]) -> int:
    """Give the newest version of the language."""
    return 1 + len(migrations)


def migrate_document(
    document: Document, to: int, migrations: Sequence[Migration]
) -> tuple[Document, list[Problem]]:
    """Give a mapping in version `to`; the document itself and a problem when that cannot be.

    What is not a mapping, and what has that version already, is given back as it is.
    """
    version = language_of(document)
    if version is None or version == to:
        return document, []
    if version > newest(migrations) or version < 1:
        return document, [_tell_unknown(document, version, newest(migrations))]
    made = document
    for migration in migrations[version - 1 : to - 1]:
        try:
            for change in _changes_of(migration, made.data):
                made = edit_document(made, change)
        except EditError as error:
            return document, [_tell_in_the_way(made, migration, error)]
    lost = find_lost_comment(document, made)
    if lost is not None:
        told = EditError("this comment would be lost", lost)
        return document, [_tell_in_the_way(document, migrations[to - 2], told)]
    return made, []


def migrate_data(data: Json, to: int, migrations: Sequence[Migration]) -> Json:
    """Give what the data of a mapping is in version `to`; the text must come to the same."""
    version = data.get("language") if isinstance(data, dict) else None
    if not isinstance(version, int):
        return data
    for migration in migrations[version - 1 : to - 1]:
        for change in _changes_of(migration, data):
            data = change_data(data, change)
    return data


def language_of(document: Document) -> int | None:
    """Give the version of the language a mapping is written in; None when it is no mapping."""
    version = document.data.get("language") if isinstance(document.data, dict) else None
    return version if isinstance(version, int) and not isinstance(version, bool) else None


def _changes_of(migration: Migration, data: Json) -> Iterator[Change]:
    yield from migration.find_changes(data if isinstance(data, dict) else {})
    yield SetValue(("language",), migration.to)
    yield NameSchema(f"mapping.v{migration.to}.schema.json")


def _tell_unknown(document: Document, version: int, known: int) -> Problem:
    place = document.place_of(("language",))
    return Problem(
        NEWER,
        f"written in version {version} of the language, which is not known here",
        place,
        help=f"this miradot knows versions up to {known}; install a newer one",
        source=document.line(place.line),
    )


def _tell_in_the_way(document: Document, migration: Migration, error: EditError) -> Problem:
    return Problem(
        IN_THE_WAY,
        f"cannot be brought to version {migration.to} here: {error}",
        error.place,
        help="write this part in a simpler form, then migrate again; nothing was changed",
        source=document.line(error.place.line),
    )
