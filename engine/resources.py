"""Where the shipped schemas and locks are: inside the installed package, or beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

import orjson

_INSTALLED = Path(__file__).parent / "schemas"
_CHECKOUT = Path(__file__).parent.parent / "schemas"


def schemas_folder() -> Path:
    """Give the folder of schemas: a wheel carries it in the package, a checkout beside it."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


@cache
def read_schema(name: str) -> dict[str, object]:
    """Give the shipped JSON file `name`, such as `mirakl/order.json`; KeyError without one."""
    path = schemas_folder() / name
    if not path.is_file():
        raise KeyError(name)
    return cast("dict[str, object]", orjson.loads(path.read_bytes()))
