"""The shipped mappings over the shipped samples: the plans they must give, kept as files.

`python -m tests.mappings` writes them anew; the difference is for a reviewer to read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.contacts import UNASKED, read_contacts
from engine.mapping import compile_mapping
from engine.run import run_mapping
from engine.sources.records import read_records
from tests.shipped import NOW, ROOT, checked

FOLDER = Path(__file__).parent
SAMPLES = ROOT / "mappings/debenhams/samples"


@dataclass(frozen=True)
class Case:
    """A mapping, its input, and whether Dotdigital's answers are given."""

    mapping: str
    source: str
    asked: bool


CASES = {
    "orders": Case("orders", "orders.json", asked=True),
    "orders-unasked": Case("orders", "orders.json", asked=False),
    "shipments": Case("shipments", "orders.json", asked=True),
    "catalogue": Case("catalogue", "offers.json", asked=False),
}


def plan_file(name: str) -> Path:
    return FOLDER / f"{name}.plan.json"


def render(name: str) -> str:
    return json.dumps(list(_records(CASES[name])), indent=1, ensure_ascii=False) + "\n"


def _records(case: Case) -> Iterator[object]:
    spec = checked(ROOT / f"mappings/debenhams/{case.mapping}.yaml")
    mapping = compile_mapping(spec, masked=True)
    contacts = UNASKED
    if case.asked:
        items = json.loads((SAMPLES / "contacts.json").read_text(encoding="utf-8"))["_items"]
        contacts = read_contacts(items, mapping.contact_form)
    with (SAMPLES / case.source).open("rb") as stream:
        yield from run_mapping(mapping, read_records(stream, mapping.envelope), contacts, NOW)
