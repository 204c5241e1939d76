"""`miradot init`: a new repository written into a folder, all of it or nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from engine.problem import Failure
from engine.scaffold.repository import Naming, list_files

_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
_MOST_TOLD = 3


def init_repository(folder: Path, naming: Naming) -> list[str]:
    """Write a new repository into a folder, which is made if need be; give the paths written.

    Raises Failure, and writes nothing, when a name will not do, or a file of that path exists.
    """
    for what, name in (("name", naming.name), ("brand", naming.brand)):
        if not _NAME.fullmatch(name):
            raise Failure(f'--{what} takes small letters, digits and hyphens, not "{name}"')
    files = list(list_files(naming))
    _refuse_existing(folder, [path for path, _ in files])
    written: list[Path] = []
    try:
        for path, text in files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            with (folder / path).open("xb") as stream:
                written.append(folder / path)
                stream.write(text)
    except OSError as error:
        for one in written:
            with suppress(OSError):
                one.unlink()
        raise Failure(f'cannot write "{error.filename}": {error.strerror}') from None
    return [path for path, _ in files]


def _refuse_existing(folder: Path, paths: Sequence[str]) -> None:
    """Refuse what is there already, and what is no folder or leads out of the folder."""
    if os.path.lexists(folder) and not folder.is_dir():
        raise Failure(f'"{folder}" is not a folder')
    there = [path for path in paths if os.path.lexists(folder / path)]
    if there:
        more = len(there) - _MOST_TOLD
        told = ", ".join(there[:_MOST_TOLD]) + (f" and {more} more" if more > 0 else "")
        raise Failure(f'"{folder}" holds {told} already; nothing was written')
    root = folder.resolve()
    for path in paths:
        for inner in (folder / path).parents:
            if inner == folder:
                break
            if os.path.lexists(inner) and not (
                inner.is_dir() and inner.resolve().is_relative_to(root)
            ):
                raise Failure(f'"{inner}" is no folder inside "{folder}"; nothing was written')
