"""Which mappings are compared: each file with its base, wherever it stood there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath

from engine.commands.checks import is_brand
from engine.commands.files import SourceFile, read_files
from engine.commands.repository import Commit, find_commit
from engine.problem import Failure
from engine.text import read_document

FOLDER = Path("mappings")
_YAML = (".yaml", ".yml")
_TESTS = (".test.yaml", ".test.yml")


@dataclass(frozen=True, slots=True)
class Pair:
    """A mapping by name, new and old; None on the side that lacks it, never on both."""

    name: str
    old: SourceFile | None
    new: SourceFile | None

    @property
    def path(self) -> str:
        """Where the mapping stands, or stood."""
        file = self.new or self.old
        return file.path if file is not None else ""


def find_pairs(base: str, mapping: Path | None) -> list[Pair]:
    """Give the mapping with its base, or every mapping under `mappings` that differs from it.

    `base` is a file, a commit, or a file in a commit: `COMMIT:PATH`. Raises Failure when it is
    none of them, or when there is no such mapping on either side.
    """
    if Path(base).is_file():
        if mapping is None:
            raise Failure(f'"{base}" is the base of one mapping: name it')
        return [_pair(_read_new(Path(base)), _read_new(mapping))]
    name, _, path = base.partition(":")
    commit = find_commit(name, mapping.parent if mapping is not None else Path())
    if mapping is None:
        if path:
            raise Failure(f'"{base}" is the base of one mapping: name it')
        return _find_all(commit)
    return [_find_one(commit, mapping, path)]


def _find_one(commit: Commit, mapping: Path, path: str) -> Pair:
    new = _read_new(mapping) if mapping.exists() else None
    if path:
        old = commit.read(path)
        if old is None:
            raise Failure(f'the base {commit.name} has no file "{path}"')
        return _pair(old, new)
    old = commit.read(commit.path_of(mapping))
    if old is None and new is not None:
        return _pair(_namesake(commit, mapping, new), new)
    if old is None:
        raise Failure(f'there is no mapping "{mapping}", here or in {commit.name}')
    return _pair(old, new)


def _namesake(commit: Commit, mapping: Path, new: SourceFile) -> SourceFile | None:
    """Give the file in which a mapping stood that was moved: the one of its name that is gone."""
    for old in _read_old(commit, commit.path_of(mapping.parent)):
        if _name_of(old) == _name_of(new) and not (commit.root / _path_in(old)).exists():
            return old
    return None


def _find_all(commit: Commit) -> list[Pair]:
    if not FOLDER.is_dir():
        raise Failure(f'there is no folder "{FOLDER}": name a mapping')
    old = {_path_in(one): one for one in _read_old(commit, commit.path_of(FOLDER))}
    new = {commit.path_of(Path(one.path)): one for one in read_files([FOLDER])}
    new = {path: one for path, one in new.items() if not _is_brand(one)}
    pairs = [_pair(old.pop(path), new.pop(path)) for path in list(new) if path in old]
    for path, one in list(new.items()):
        moved = next((at for at, two in old.items() if _name_of(two) == _name_of(one)), None)
        if moved is not None:
            pairs.append(_pair(old.pop(moved), new.pop(path)))
    pairs += [_pair(None, one) for one in new.values()]
    pairs += [_pair(one, None) for one in old.values()]
    differing = [one for one in pairs if not _is_same(one)]
    return sorted(differing, key=lambda one: one.path)


def _is_same(pair: Pair) -> bool:
    return pair.old is not None and pair.new is not None and pair.old.raw == pair.new.raw


def _read_old(commit: Commit, folder: str) -> list[SourceFile]:
    paths = (path for path in commit.list_files(commit.root / folder) if path.endswith(_YAML))
    files = (commit.read(path) for path in paths if not path.endswith(_TESTS))
    return [one for one in files if one is not None and not _is_brand(one)]


def _read_new(mapping: Path) -> SourceFile:
    files = read_files([mapping])
    if len(files) != 1:
        raise Failure(f'"{mapping}" is not one mapping')
    return files[0]


def _pair(old: SourceFile | None, new: SourceFile | None) -> Pair:
    file = new or old
    return Pair(_name_of(file) if file is not None else "", old, new)


def _path_in(file: SourceFile) -> str:
    return file.path.partition(":")[2]


def _name_of(file: SourceFile) -> str:
    document, _ = read_document(file.raw, file.path)
    name = document.value_at(("mapping",)) if document is not None else None
    return name if isinstance(name, str) else PurePath(file.path).stem


def _is_brand(file: SourceFile) -> bool:
    document, _ = read_document(file.raw, file.path)
    return document is not None and is_brand(document)
