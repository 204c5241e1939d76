"""The databases that these tests run on, and somebody who listens."""

from collections.abc import Iterator

import pytest

from tests.alerts.listening import Listener, listening
from tests.state.databases import database, database_url, postgres, prepared_file

__all__ = ["database", "database_url", "postgres", "prepared_file"]


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Give a service that takes every notice."""
    with listening() as found:
        yield found
