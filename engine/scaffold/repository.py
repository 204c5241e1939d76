"""The files of a new repository: the shipped mapping under another name, and what surrounds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.edits.changes import SetValue
from engine.edits.editing import edit_document
from engine.resources import mappings_folder, schemas_folder
from engine.text import Json, read_document

_TEMPLATES = Path(__file__).parent / "templates"
_SURROUNDINGS = {
    "README.md": "README.md",
    "Makefile": "Makefile",
    "requirements.txt": "requirements.txt",
    ".gitignore": "gitignore",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".github/workflows/mappings.yml": "workflow.yml",
}
_SHIPPED = "debenhams"
_SHIPPED_BRAND = "example"
_OF_ANOTHER_MAPPING = "offers.json"
_SCHEMAS = ("mapping.v1.schema.json", "brand.v1.schema.json", "test.v1.schema.json")
_HOLE = re.compile(r"@(NAME|BRAND|VERSION)@")


@dataclass(frozen=True, slots=True)
class Naming:
    """What a new repository is called: `name` of its mapping, `brand`, miradot's `version`."""

    name: str
    brand: str
    version: str


def list_files(naming: Naming) -> Iterator[tuple[str, bytes]]:
    """Give every file of a new repository, by its path with `/`."""
    words = {"NAME": naming.name, "BRAND": naming.brand, "VERSION": naming.version}
    for path, template in _SURROUNDINGS.items():
        text = (_TEMPLATES / template).read_text(encoding="utf-8")
        yield path, _HOLE.sub(lambda hole: words[hole[1]], text).encode()
    for schema in _SCHEMAS:
        yield f"schemas/{schema}", (schemas_folder() / schema).read_bytes()
    yield from _list_mapping_files(naming)


def _list_mapping_files(naming: Naming) -> Iterator[tuple[str, bytes]]:
    shipped, folder = mappings_folder() / _SHIPPED, f"mappings/{naming.name}"
    mapping, brand = f"{naming.name}-orders", f"brands/{naming.brand}.yaml"
    yield f"{folder}/orders.yaml", _with_values(shipped / "orders.yaml", {"mapping": mapping})
    yield (
        f"{folder}/orders.test.yaml",
        _with_values(shipped / "orders.test.yaml", {"brand": brand}),
    )
    yield (
        f"{folder}/{brand}",
        _with_values(
            shipped / f"brands/{_SHIPPED_BRAND}.yaml",
            {"brand": naming.brand, "mapping": mapping},
        ),
    )
    for sample in sorted((shipped / "samples").glob("*.json")):
        if sample.name != _OF_ANOTHER_MAPPING:
            yield f"{folder}/samples/{sample.name}", sample.read_bytes()


def _with_values(path: Path, values: Mapping[str, Json]) -> bytes:
    """Give a shipped file in which some values at the top are others, the rest as it is."""
    document, problems = read_document(path.read_bytes(), path.name)
    if document is None:
        raise ValueError(f"the shipped {path.name} cannot be read: {problems[0].message}")
    for key, value in values.items():
        document = edit_document(document, SetValue((key,), value))
    return document.text.encode()
