"""What commands print keeps to schemas that are committed as they are made."""

from __future__ import annotations

import pytest

from engine.commands.schema import SCHEMAS, schema_text
from engine.resources import schemas_folder


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_committed_schema_is_the_one_that_is_made(name: str) -> None:
    committed = (schemas_folder() / f"{name}.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(name), "run: miradot schema --write schemas"
