"""The permanent codes of problems: append-only, ranged by phase, never reused."""

from __future__ import annotations

from engine.codes.code import Code
from engine.codes.data import DATA
from engine.codes.expressions import EXPRESSIONS
from engine.codes.meaning import MEANING
from engine.codes.shape import SHAPE
from engine.codes.text import TEXT

CODES: dict[str, Code] = {**TEXT, **SHAPE, **EXPRESSIONS, **MEANING, **DATA}

__all__ = ["CODES", "DATA", "EXPRESSIONS", "MEANING", "SHAPE", "TEXT", "Code"]
