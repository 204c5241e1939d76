"""What checking a path can find, and the code of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

UNKNOWN_FIELD = "MD302"
FIELD_FOR_TEXT = "MD303"
NEW_CODE = "MD304"
MISSPELT_CODE = "MD305"
TYPES_DIFFER = "MD308"
WRONG_SHAPE = "MD309"
SHORTENED_LIST = "MD310"
MONEY_ARITHMETIC = "MD311"
REPLACED_FIELD = "MD312"
DEPRECATED_FIELD = "MD313"
OLD_LITERAL = "MD315"

FINDS_NOTHING = "nothing would be found, with no error: the value would always be missing"
NEVER_TRUE = "the comparison would have the same answer for every record, with no error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a path.

    `start` and `end` are character offsets from 0 inside the text of the path, the end is
    exclusive; `code` is one of `engine.codes`; the texts are as in `engine.problem.Problem`.
    """

    code: str
    message: str
    start: int
    end: int
    help: str = ""
    effect: str = ""
    severity: Literal["error", "warning"] = "error"
