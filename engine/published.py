"""Published schemas: the JSON Schema of what a command prints, made from its type."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

_BASE = "https://miradot.dev/schemas/"


def publish(name: str, shape: TypeAdapter[Any], **about: str) -> dict[str, object]:
    """Give the JSON Schema of a type under its published name; `about` is its title and more."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{_BASE}{name}.schema.json",
        **about,
        **shape.json_schema(),
    }
