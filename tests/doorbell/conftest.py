"""A doorbell that is served, for each test that asks for one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.doorbell import Porch, make_porch, serving


@pytest.fixture
def porch(tmp_path: Path) -> Iterator[Porch]:
    root = logging.getLogger()
    before = list(root.handlers)
    made = make_porch(tmp_path)
    with serving(made):
        yield made
    made.doorbell.database.close()
    structlog.reset_defaults()
    root.handlers = before
