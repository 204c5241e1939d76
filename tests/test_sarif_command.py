"""`miradot validate --output-format sarif`, held to the schema of the standard."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft4Validator

from tests.shipped import ROOT

SCHEMA = Draft4Validator(orjson.loads((ROOT / "tests/report/sarif.schema.json").read_bytes()))
BRAND = "# yaml-language-server: $schema=brand.v1.schema.json\nbrand: a\nmapping: b\nparams: [1]\n"


def report(folder: Path) -> tuple[int, list[dict[str, Any]]]:
    """Give the exit code and the results of a log that fits the schema."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "validate", ".", "--output-format", "sarif"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    log = orjson.loads(done.stdout)
    SCHEMA.validate(log)
    return done.returncode, log["runs"][0]["results"]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder of files, each broken in a way of its own."""
    (tmp_path / "meaning.yaml").write_bytes((ROOT / "tests/readme/broken.yaml").read_bytes())
    (tmp_path / "empty.yaml").write_bytes(b"")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "half written.yaml").write_bytes(b'mapping: "orders\n')
    (tmp_path / "{0} [x](y)#?é.yaml").write_bytes(b"a: &a [*a]\n")
    (tmp_path / "brand.yaml").write_text(BRAND, encoding="utf-8")
    return tmp_path


def test_a_log_of_broken_files_fits_the_standard_and_names_each_of_them(broken: Path) -> None:
    code, results = report(broken)
    places = [result["locations"][0]["physicalLocation"] for result in results]
    named = {place["artifactLocation"]["uri"] for place in places}
    assert code == 1
    assert named == {
        "meaning.yaml",
        "empty.yaml",
        "bytes.yaml",
        "half%20written.yaml",
        "%7B0%7D%20%5Bx%5D%28y%29%23%3F%C3%A9.yaml",
        "brand.yaml",
    }


def test_a_log_of_the_shipped_mappings_fits_the_standard_and_is_empty() -> None:
    assert report(ROOT / "mappings") == (0, [])
