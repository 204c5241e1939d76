"""Test files of the shipped catalogue, in folders of their own."""

from __future__ import annotations

from pathlib import Path

from tests.shipped import ROOT

FOLDER = ROOT / "mappings/debenhams"
CATALOGUE = (FOLDER / "catalogue.yaml").read_text(encoding="utf-8")
_HEAD = """# yaml-language-server: $schema=https://miradot.dev/schemas/test.v1.schema.json
mapping: catalogue.yaml
now: 2026-03-01T09:00:00Z
records: samples/offers.json

cases:
"""


def write_trials(folder: Path, cases: str) -> Path:
    """Write the catalogue with its samples and these cases; gives the path of the test file."""
    if not (folder / "samples").exists():
        (folder / "samples").symlink_to(FOLDER / "samples")
    (folder / "catalogue.yaml").write_text(CATALOGUE, encoding="utf-8")
    path = folder / "catalogue.test.yaml"
    path.write_text(_HEAD + cases, encoding="utf-8")
    return path
