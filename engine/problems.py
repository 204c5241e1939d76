"""A list that problems of one document are written to, at the places they stand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from engine.problem import Place, Problem, Severity
from engine.text import Document, Pointer

MOST_ERRORS = 200


class TooManyErrors(Exception):  # noqa: N818 - the file has errors; that it has many is no other
    """A document has so many errors that looking for more is of no use; all are in `found`."""


class Remarks(TypedDict, total=False):
    """What may be added to a problem.

    `at_key`: it stands at the key, not at the value; `span`: at these characters of the text.
    """

    help: str
    effect: str
    example: str
    at_key: bool
    span: tuple[int, int]
    severity: Severity


@dataclass(slots=True)
class ProblemList:
    """Collects problems of `document`; `found` holds them in the order they were reported."""

    document: Document
    found: list[Problem] = field(default_factory=list)
    errors: int = 0

    def report(self, code: str, pointer: Pointer, message: str, **remarks: Unpack[Remarks]) -> None:
        """Report a problem at a value, at its key, or at characters `span` inside its text.

        Raises TooManyErrors after `MOST_ERRORS` errors.
        """
        place = self._place(pointer, remarks)
        self.found.append(
            Problem(
                code,
                message,
                place,
                severity=remarks.get("severity", "error"),
                effect=remarks.get("effect", ""),
                help=remarks.get("help", ""),
                example=remarks.get("example", ""),
                source=self.document.line(place.line),
            )
        )
        self.errors += self.found[-1].severity == "error"
        if self.errors == MOST_ERRORS:
            way_out = f"mend these first: the check stops after {MOST_ERRORS} errors"
            self.found[-1] = replace(self.found[-1], help=way_out)
            raise TooManyErrors

    def _place(self, pointer: Pointer, remarks: Remarks) -> Place:
        if "span" in remarks:
            return self.document.place_inside(pointer, *remarks["span"])
        if remarks.get("at_key"):
            return self.document.place_of_key(pointer)
        return self.document.place_of(pointer)

    @property
    def has_errors(self) -> bool:
        """Whether anything reported so far refuses the document."""
        return any(problem.severity == "error" for problem in self.found)
