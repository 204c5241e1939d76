"""One seeded edit: a mapping as shipped and as edited, and what a plan says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml

from engine.commands.plan import PlanRequest, plan_change
from engine.spec.trial import Changed
from engine.trials.payloads import change_payload
from tests.shipped import NOW, ROOT

FOLDER = ROOT / "mappings/debenhams"
SAMPLES = FOLDER / "samples"
CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Seeded:
    """A case in a folder of its own."""

    case: dict[str, Any]
    folder: Path

    @property
    def base(self) -> Path:
        return FOLDER / f"{self.case.get('mapping', 'orders')}.yaml"

    @property
    def edited(self) -> Path:
        return self.folder / self.base.name

    def write(self) -> None:
        text = self.base.read_text(encoding="utf-8")
        for edit in self.case["edits"]:
            assert edit["old"] in text
            text = text.replace(edit["old"], edit["new"], 1)
        self.edited.write_text(text, encoding="utf-8")

    def plan(self) -> Any:
        self.write()
        request = PlanRequest(
            base=str(self.base),
            mapping=self.edited,
            samples=self._samples(),
            contacts=SAMPLES / "contacts.json",
            brand=None,
            params=(),
            now=NOW,
        )
        return plan_change(request)["mappings"][0]

    def lines(self, expected: dict[str, Any]) -> list[str]:
        """Give the line that an expectation names, as plans cite it."""
        path = self.base if expected.get("base") else self.edited
        found = [
            number
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if expected["at"].rstrip("\n") in line
        ]
        assert found, expected["at"]
        number = found[-1] if expected.get("last") else found[0]
        number += expected.get("below", 0) - expected.get("above", 0)
        return [f"{path.name}:{number}" + (" (base)" if expected.get("base") else "")]

    def _samples(self) -> Path:
        if "record" not in self.case:
            return SAMPLES
        orders = orjson.loads((SAMPLES / "orders.json").read_bytes())["orders"]
        order = next(one for one in orders if one["order_id"] == self.case["record"])
        changed = Changed(
            changes=self.case.get("changes", {}), without=self.case.get("without", [])
        )
        path = self.folder / "one.json"
        path.write_bytes(orjson.dumps(change_payload(order, changed)))
        return path
