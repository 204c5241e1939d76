"""Where the shipped schemas, locks and mappings are: inside the installed package, or beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

import orjson

_INSTALLED = Path(__file__).parent
_CHECKOUT = Path(__file__).parent.parent


def schemas_folder() -> Path:
    """Give the folder of schemas: a wheel carries it in the package, a checkout beside it."""
    return _find_folder("schemas")


def mappings_folder() -> Path:
    """Give the folder of the shipped mappings, from which new repositories are made."""
    return _find_folder("mappings")


@cache
def read_schema(name: str) -> dict[str, object]:
    """Give the shipped JSON file `name`, such as `mirakl/order.json`; KeyError without one."""
    path = schemas_folder() / name
    if not path.is_file():
        raise KeyError(name)
    return cast("dict[str, object]", orjson.loads(path.read_bytes()))


def _find_folder(name: str) -> Path:
    installed = _INSTALLED / name
    return installed if installed.is_dir() else _CHECKOUT / name
