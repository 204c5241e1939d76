"""The permanent codes of problems: append-only, ranged by phase, never reused.

MD1xx reading YAML · MD2xx its shape · MD3xx paths and texts · MD4xx its meaning · MD5xx records at
run time · MD6xx tests · MD7xx what is done with mappings (MD74x migrating). Each code has its page
in `pages/`, whose examples the tests check.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.codes.page import Code, Example, Pages

CODES: Mapping[str, Code] = Pages()

__all__ = ["CODES", "Code", "Example"]
