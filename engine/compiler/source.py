"""Python source under construction: lines, indentation, and the constants they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Source:
    """Collects the lines of one function body and the objects bound to its constants."""

    def __init__(self) -> None:
        self.constants: dict[str, object] = {}
        self._lines: list[str] = []
        self._depth = 1

    def line(self, text: str) -> None:
        """Add one line at the present depth."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add `head:` and indent what follows."""
        self.line(f"{head}:")
        self._depth += 1
        start = len(self._lines)
        yield
        if len(self._lines) == start:
            self.line("pass")
        self._depth -= 1

    def bind(self, value: object, hint: str) -> str:
        """Give the name of a constant that holds `value`."""
        name = f"K{len(self.constants)}_{hint}"
        self.constants[name] = value
        return name

    def text(self, head: str) -> str:
        """Give the whole function under its `def` line."""
        return "\n".join([f"{head}:", *self._lines, ""])
