"""What an analyst's editor shows: the real YAML language server with the published schemas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from engine.text import read_document
from tests.editor.language_server import LanguageServer, start_server
from tests.editor.places import Level, Schema, find_keys, find_levels
from tests.shipped import ROOT
from tests.test_shape import CASES, SMALL, change

MODELINE = "# yaml-language-server: $schema="
SHIPPED = sorted((ROOT / "mappings").rglob("*.yaml"))
# JSON Schema takes 1.0 for a whole number; miradot is stricter.
BROKEN = [case[:2] for case in CASES if case[1] != "language: 1.0"]


SCHEMAS = [ROOT / f"schemas/{name}.v1.schema.json" for name in ("mapping", "brand", "test")]


def load(path: Path) -> Schema:
    schema: Schema = orjson.loads(path.read_bytes())
    return schema


LEVELS = [(path, level) for path in SCHEMAS for level in find_levels(load(path))]
WORDS = [
    (path, level, key)
    for path, level in LEVELS
    for key, schema in level.properties.items()
    if "enum" in schema
]


def name_level(case: object) -> str:
    if isinstance(case, Level):
        return ".".join(map(str, case.way)) or "top"
    return case.name.partition(".")[0] if isinstance(case, Path) else str(case)


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    with start_server(ROOT) as server:
        yield server


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return tmp_path / "draft.yaml"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_nothing_is_marked_in_a_shipped_file(server: LanguageServer, path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith(MODELINE)
    assert server.diagnose(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("old", "new"), BROKEN)
def test_a_mistake_is_marked_in_the_line_that_validate_names(
    server: LanguageServer, draft: Path, old: str, new: str
) -> None:
    modeline, _, rest = SMALL.replace(old, new).partition("\n")
    assert modeline.startswith(MODELINE)
    found = server.diagnose(draft, f"{MODELINE}{SCHEMAS[0]}\n{rest}")
    marked = {one["range"]["start"]["line"] + 1 for one in found}
    assert {problem.place.line for problem in change(old, new)} <= marked


@pytest.mark.parametrize(("path", "level"), LEVELS, ids=name_level)
def test_every_key_is_offered_where_it_may_stand(
    server: LanguageServer, draft: Path, path: Path, level: Level
) -> None:
    lines, column = level.write()
    server.diagnose(draft, "\n".join([f"{MODELINE}{path}", *lines]))
    offered = server.complete(draft, len(lines), column)
    assert set(level.properties) - set(offered) == set()


@pytest.mark.parametrize(("path", "level", "key"), WORDS, ids=name_level)
def test_every_word_of_a_closed_list_is_offered_with_its_meaning(
    server: LanguageServer, draft: Path, path: Path, level: Level, key: str
) -> None:
    lines, column = level.write(key)
    server.diagnose(draft, "\n".join([f"{MODELINE}{path}", *lines]))
    offered = server.complete(draft, len(lines), column)
    schema = level.properties[key]
    words = schema["enum"]
    meanings = schema.get("enumDescriptions", [schema["description"]] * len(words))
    assert [offered.get(word) for word in words] == meanings


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_key_in_a_shipped_file_is_explained_by_its_schema(
    server: LanguageServer, path: Path
) -> None:
    document, _ = read_document(path.read_bytes(), str(path))
    assert document is not None
    schema = load((path.parent / document.line(1).removeprefix(MODELINE)).resolve())
    server.diagnose(path, document.text)
    silent = []
    for pointer, descriptions in find_keys(document.data, schema):
        place = document.place_of_key(pointer)
        shown = server.hover(path, place.line - 1, place.column - 1)
        if not any(text in shown for text in descriptions):
            silent.append((pointer, descriptions, shown))
    assert silent == []


def test_the_keys_of_the_shipped_orders_are_all_asked_for() -> None:
    orders = ROOT / "mappings/debenhams/orders.yaml"
    document, _ = read_document(orders.read_bytes(), str(orders))
    assert document is not None
    assert isinstance(document.data, dict)
    asked = {pointer for pointer, _ in find_keys(document.data, load(SCHEMAS[0]))}
    assert asked >= {(key,) for key in document.data}
    assert len(asked) > 500
