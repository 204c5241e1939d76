"""The plan of a change as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from engine.changes.document import ChangesDocument, EffectView, MappingChanges
from engine.report.changes.sayings import (
    EMPTY,
    cost_cells,
    effect_says,
    example_lines,
    headline,
    status_line,
    summary_line,
    unseen_edits,
)
from engine.report.findings import printable

_WIDTH = 100
_COLOURS = {
    "breaking": "31",
    "changes": "33",
    "harmless": "2",
    "error": "31",
    "warning": "33",
    "bold": "1",
    "dim": "2",
}


def render_changes_text(document: ChangesDocument, *, colour: bool) -> str:
    """Give every mapping's effects by heading, then what no sample shows, cost and version."""
    page = _Page(colour)
    if not document["mappings"]:
        return EMPTY.format(base=printable(document["base"])) + "\n"
    return "\n".join("\n".join(page.mapping(one)) + "\n" for one in document["mappings"])


class _Page:
    def __init__(self, colour: bool) -> None:  # noqa: FBT001 - a plain switch
        self._colour = colour

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if self._colour else text

    def mapping(self, view: MappingChanges) -> Iterator[str]:
        """Give the block of one mapping."""
        yield self._paint(printable(headline(view)), "bold")
        yield from (f"  {printable(line)}" for line in status_line(view))
        heading = ""
        for effect in view["effects"]:
            if effect["heading"] != heading:
                heading = effect["heading"]
                yield from ("", self._paint(heading, "bold"))
            yield from self._effect(effect)
        yield from self._unseen(view)
        yield from self._cost(view)
        yield from self._findings(view)
        yield from ("", printable(summary_line(view)))

    def _effect(self, effect: EffectView) -> Iterator[str]:
        word = self._paint(f"{effect['severity']:<8}", effect["severity"])
        first, *rest = wrap(printable(effect_says(effect)), _WIDTH - 12)
        yield f"  {word}  {first}"
        yield from (f"            {line}" for line in rest)
        if effect["lines"]:
            lines = wrap(printable(", ".join(effect["lines"])), _WIDTH - 12)
            yield from (f"            {self._paint(line, 'dim')}" for line in lines)
        yield from (f"              {printable(line)}" for line in example_lines(effect))

    def _unseen(self, view: MappingChanges) -> Iterator[str]:
        unseen = unseen_edits(view)
        if unseen:
            yield from ("", self._paint("changed, not shown by any sample", "bold"))
            yield from (
                f"  {one['kind']:<8}  {printable(one['part'])}  "
                + self._paint(printable(one["line"]), "dim")
                for one in unseen
            )

    def _cost(self, view: MappingChanges) -> Iterator[str]:
        rows = cost_cells(view)
        if rows:
            widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
            yield from ("", self._paint("cost", "bold"))
            for row in rows:
                cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                yield "  " + "  ".join(cells).rstrip()

    def _findings(self, view: MappingChanges) -> Iterator[str]:
        for one in view["findings"]:
            word = self._paint(f"{one['severity']} {one['code']}", one["severity"])
            yield ""
            yield f"{printable(one['line'])}  {word}  {printable(one['message'])}"
            for label, text in (("effect", one["effect"]), ("help", one["help"])):
                if text:
                    yield f"    {label}: {printable(text)}"
