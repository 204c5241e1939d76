"""`miradot validate --watch`: check again whenever a file changes, until Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from engine.commands.files import find_files
from engine.lock import load_source, load_target
from engine.problem import Failure
from engine.report.findings import printable
from engine.resources import read_schema, schemas_folder

_MOST_NAMED = 3
# Events come at once. What they cannot tell (a folder that another took the place of, a drive of
# another machine, a change before the first watch) is found by looking again after so long.
_BEAT_MILLISECONDS = 500

Stamp = tuple[int, ...]
"""What changes with a file or a folder: where it lies, and of a file its time, size and rights."""
Stamps = dict[str, Stamp]


@dataclass(frozen=True, slots=True)
class Watch:
    """What is checked, and where it is told.

    `check` gives the findings as text or raises Failure; `say` takes findings, `talk` what is said
    about them; `clock` gives the present.
    """

    paths: Sequence[Path]
    check: Callable[[], str]
    say: Callable[[str], None]
    talk: Callable[[str], None]
    clock: Callable[[], datetime]


def watch_paths(watch: Watch) -> NoReturn:
    """Check, then again after each change of a file under the paths or of a lock.

    Raises Failure when the first check does, when the extra `watch` is not installed, or when the
    system watches no more folders; KeyboardInterrupt on Ctrl-C.
    """
    _import_watchfiles()
    seen = _stamp_files(watch.paths)
    watch.say(watch.check())
    while True:
        folders = _stamp_folders(watch.paths)
        for _ in _wait(folders):
            now = _stamp_files(watch.paths)
            changed = sorted({name for name, _ in seen.items() ^ now.items()})
            if changed:
                seen = now
                watch.talk(f"-- {watch.clock():%H:%M:%S} {_name(changed)} changed --\n")
                _check_again(watch)
            if _stamp_folders(watch.paths) != folders:
                break


def _import_watchfiles() -> Callable[..., Iterator[object]]:
    try:
        from watchfiles import watch  # noqa: PLC0415 - an extra
    except ImportError:
        raise Failure('--watch needs the extra: pip install "miradot[watch]"') from None
    return watch


def _wait(folders: Iterable[str]) -> Iterator[object]:
    """Give something after each change in the folders, and after each beat."""
    watch = _import_watchfiles()
    try:
        yield from watch(
            *folders,
            watch_filter=None,
            recursive=False,
            rust_timeout=_BEAT_MILLISECONDS,
            yield_on_timeout=True,
        )
    except FileNotFoundError:
        return  # a folder went before it was watched: the next look at them knows
    except OSError as error:
        raise Failure(f"cannot watch for changes: {error}") from None


def _check_again(watch: Watch) -> None:
    """Check by the locks as they are now; what stops a check does not stop the watch."""
    for cached in (read_schema, load_source, load_target):
        cached.cache_clear()
    try:
        watch.say(watch.check())
    except Failure as failure:
        watch.talk(f"miradot: {failure}\n")
    except ValueError:  # from JSON and models: a lock that is half written
        watch.talk(f"miradot: a lock in {schemas_folder()} cannot be read\n")


def _stamp_files(paths: Iterable[Path]) -> Stamps:
    """Give what the next check would read; what went or cannot be read is left out."""
    found: Stamps = {}
    for path in [*_list_files(paths), *_list_locks()]:
        with suppress(OSError):
            status = path.stat()
            content = (status.st_mtime_ns, status.st_size, status.st_mode)
            found[str(path)] = (status.st_dev, status.st_ino, *content)
    return found


def _list_files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        with suppress(Failure):
            yield from find_files([path])


def _list_locks() -> Iterator[Path]:
    folder = schemas_folder()
    yield from folder.glob("*/*.json")
    yield from (path for path in folder.glob("*.json") if not path.match("*.schema.json"))


def _stamp_folders(paths: Iterable[Path]) -> Stamps:
    """Give the folders in which a change would matter.

    A file is watched by its folder: editors write another file and give it the name.
    """
    found: Stamps = {}
    for folder in {path.parent for path in _list_locks()}.union(*map(_list_folders, paths)):
        with suppress(OSError):
            status = folder.stat()
            found[str(folder)] = (status.st_dev, status.st_ino)
    return found


def _list_folders(path: Path) -> Iterator[Path]:
    """Give the folder of a file, or all folders in a folder, or what is left of their way."""
    if path.is_dir():
        yield from (Path(top) for top, _, _ in os.walk(path))
    else:
        yield next(one for one in path.absolute().parents if one.is_dir())


def _name(changed: Sequence[str]) -> str:
    """Name the first few files that changed, from here where they are below."""
    here = Path.cwd()
    named = [
        printable(str(path.relative_to(here) if path.is_relative_to(here) else path))
        for path in map(Path, changed[:_MOST_NAMED])
    ]
    more = len(changed) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
