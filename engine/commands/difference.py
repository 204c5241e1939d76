"""The difference of two texts, as `patch` reads it."""

from __future__ import annotations

from difflib import unified_diff


def render_difference(name: str, before: str, after: str) -> str:
    """Give a unified diff of a file's text; an empty one where nothing differs."""
    old, new = _split(before), _split(after)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in unified_diff(old, new, fromfile=f"a/{name}", tofile=f"b/{name}")
    )


def _split(text: str) -> list[str]:
    """Give the lines with their ends, as `patch` counts lines."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]
