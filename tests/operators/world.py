"""A made-up world with an engine in it, in which time stands still until somebody lets it pass."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.readme import run_command
from tests.rehearsal import ROOT, Sides, sandbox, settings_for

NOW = "2026-03-02T08:00:00Z"
PROGRAM = str(Path(__file__).parent / "command.py")
_DAYS = 2


@dataclass(frozen=True, slots=True)
class World:
    """Both sides, and a desk between them: a folder with the mappings, and settings."""

    sides: Sides
    folder: Path
    settings: Mapping[str, str]

    def run(self, command: str) -> list[str]:
        """Run a command at the desk; what differs from run to run is told alike."""
        alike = {self.settings["SANDBOX"]: "http://127.0.0.1:8790", str(self.folder): "/srv/brand"}
        lines = run_command(command, self.folder, self.settings, PROGRAM)
        for found, instead in alike.items():
            lines = [line.replace(found, instead) for line in lines]
        return lines


@contextmanager
def open_world() -> Iterator[World]:
    """Give a world as it is after two days of business, before the engine ever ran."""
    with (
        TemporaryDirectory() as folder,
        sandbox(history=_DAYS, now=NOW) as base,
        closing(Sides(base)) as sides,
    ):
        shutil.copytree(ROOT / "mappings", Path(folder) / "mappings")
        settings = {
            **settings_for(base, Path(folder)),
            "MIRADOT_MAPPING": "mappings/debenhams/orders.yaml",
            "MIRADOT_BRAND": "mappings/debenhams/brands/example.yaml",
            "MIRADOT_WORKER": "one",
            "SANDBOX": base,
        }
        yield World(sides, Path(folder), settings)
