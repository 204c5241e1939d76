"""One office for tests that only look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.offices import Office, keep_busy, open_office, survey


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("office")) as office:
        keep_busy(office)
        survey(office)
        yield office
