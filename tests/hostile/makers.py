"""How an entry becomes files: a text written out or made, put where it does its harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from engine.commands.files import SourceFile

FOLDER = Path(__file__).parent / "cases"
BASE = (FOLDER.parent.parent / "rules/base.yaml").read_text(encoding="utf-8")
FAMILIES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(family: str) -> list[dict[str, Any]]:
    text = (FOLDER / f"{family}.yaml").read_text(encoding="utf-8")
    listed: list[dict[str, Any]] = yaml.load(text, yaml.CSafeLoader)
    return listed


def repeat(unit: str, count: int, before: str = "", after: str = "") -> str:
    return before + unit * count + after


def nest(opening: str, closing: str, depth: int, **around: str) -> str:
    """Put `inner` into a number of brackets, between `before` and `after`."""
    nested = opening * depth + around.get("inner", "") + closing * depth
    return around.get("before", "") + nested + around.get("after", "")


def number(unit: str, count: int, before: str = "", after: str = "") -> str:
    """Repeat a text in which `{i}` is the number of its turn and `{h}` the one before."""
    made = (unit.replace("{i}", str(i)).replace("{h}", str(i - 1)) for i in range(1, count + 1))
    return before + "".join(made) + after


MAKERS: dict[str, Callable[..., str]] = {"repeat": repeat, "nest": nest, "number": number}


def make_text(case: dict[str, Any]) -> str:
    if "make" not in case:
        return str(case["text"])
    name, *arguments = case["make"]
    options = {key: case[key] for key in ("inner", "before", "after") if key in case}
    return MAKERS[name](*arguments, **options)


def change(old: str, new: str) -> str:
    assert old in BASE, old
    return BASE.replace(old, new, 1)


def as_path(text: str) -> str:
    return change("path: customer.firstname", f"path: {json.dumps(text)}")


def as_template(text: str) -> str:
    return change('template: "Hello {{ first }}"', f"template: {json.dumps(text)}")


def as_sentence(text: str) -> str:
    return change('say: "Order {{ order_id }} has nothing to send"', f"say: {json.dumps(text)}")


PLACES: dict[str, Callable[[str], str]] = {
    "path": as_path,
    "template": as_template,
    "sentence": as_sentence,
}


def make_files(case: dict[str, Any]) -> list[SourceFile]:
    """Give the files of an entry; a brand file stands beside the base mapping."""
    text = make_text(case)
    if "at" in case:
        text = change(case["at"], case["at"] + text)
    elif "instead_of" in case:
        text = change(case["instead_of"], text)
    elif case.get("as") in PLACES:
        text = PLACES[case["as"]](text)
    raw = text.encode(case.get("encoding", "utf-8"))
    if case.get("as") == "brand":
        return [SourceFile("base.yaml", BASE.encode()), SourceFile("hostile.yaml", raw)]
    return [SourceFile("hostile.yaml", raw)]
