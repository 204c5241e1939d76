"""Tables for spreadsheets: every cell a text in quotes, none of them a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO

# What spreadsheets take for the start of a formula, or skip before one, and the full-width twins.
_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def defuse(text: str) -> str:
    """Give a cell that a spreadsheet shows as text: an apostrophe stands before a formula."""
    return f"'{text}" if text.startswith(_STARTS) else text


def render_csv(head: Sequence[str], rows: Iterable[Sequence[str | Decimal]]) -> str:
    """Give a CSV text (RFC 4180) with a head, all cells quoted and defused.

    A Decimal stays a number, whatever its sign: somebody will want to add it up.
    """
    written = StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([defuse(cell) for cell in head])
    writer.writerows([_write(cell) for cell in row] for row in rows)
    return written.getvalue()


def _write(cell: str | Decimal) -> str:
    return format(cell, "f") if isinstance(cell, Decimal) else defuse(cell)
