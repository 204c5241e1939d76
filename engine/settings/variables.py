"""Names of variables, and sentences on what was given in them; no secret is ever part of one."""

from __future__ import annotations

import json
import re

PREFIX = "MIRADOT_"
FILE = "_FILE"
_LONGEST_QUOTE = 80


def variable(name: str) -> str:
    """Give the variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def file_variable(name: str) -> str:
    """Give the variable that names the file of a secret."""
    return f"{variable(name)}{FILE}"


def quote(value: object) -> str:
    """Give what was given, short and printable, without the password of an address."""
    text = re.sub(r"//[^/]*@", "//…@", str(value))
    short = text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
    return json.dumps(short) if not short.isprintable() else f'"{short}"'
