"""Asking: what a page is given, what it answers, and how it stands in the list of pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, cast, get_args

from engine.problem import Failure
from engine.web.desk import Desk, OpenState
from engine.web.visitors import Visitor

Role = Literal["view", "act", "reveal"]
_MOST_TYPED, _LONGEST_NOTE = 200, 2000
_LARGEST_NUMBER = 10**15
_NUMBERS = re.compile(r"[0-9]{1,15}(,[0-9]{1,15}){0,199}")
# What no field of a form can hold, but lines of a note.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of somebody who may make it; `given` are the fields of its address or form."""

    desk: Desk
    visitor: Visitor
    given: Mapping[str, str]
    number: int = 0

    def text(self, name: str) -> str:
        """Give a field without blanks around it; Failure for one that nobody types."""
        text = self.given.get(name, "").strip()
        if len(text) > _MOST_TYPED and name != "note":
            raise Failure(f"{name} has {len(text)} characters; at most {_MOST_TYPED} are taken")
        if _CONTROL.search(text):
            raise Failure(f"{name} has characters that nobody types")
        return text

    def day(self, name: str) -> date | None:
        """Give a day, None without one; Failure for what is none."""
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise Failure(f"{name} takes a day such as 2026-03-01") from None

    def count(self, name: str) -> int:
        """Give a whole number, 0 without one; Failure for what is none."""
        text = self.text(name)
        return read_number(text, f"{name} takes a number") if text else 0

    def note(self) -> str:
        """Give why somebody does what they do; Failure for nothing, or for a book."""
        text = self.text("note")
        if not text:
            raise Failure("say why: the note takes a sentence")
        if len(text) > _LONGEST_NOTE:
            raise Failure(f"the note has {len(text)} characters; at most {_LONGEST_NOTE} are kept")
        return text

    def numbers(self) -> tuple[int, ...]:
        """Give the exceptions that a form names; Failure for what is no list of numbers."""
        text = self.given.get("numbers", "")
        if not _NUMBERS.fullmatch(text):
            raise Failure("numbers takes the exceptions that were looked at, commas between")
        return tuple(dict.fromkeys(int(one) for one in text.split(",")))

    def seen(self) -> int | None:
        """Give how many calls customers would see, as it was looked at; None where not said."""
        text = self.text("seen")
        if text and not (text.isascii() and text.isdecimal()):
            raise Failure("seen takes how many calls customers would see, as it was looked at")
        return int(text) if text else None

    def state(self) -> OpenState:
        """Give the state that is asked for, else open."""
        text = self.text("state") or "open"
        if text not in get_args(OpenState):
            raise Failure("state takes open, closed or all")
        return cast("OpenState", text)


def read_number(text: str, why: str) -> int:
    """Give a whole number that a row may have; Failure with the sentence for anything else."""
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:16]) < _LARGEST_NUMBER:
        raise Failure(why)
    return int(text)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown: the document is the twin, and `more` is for the template alone."""

    template: str
    document: object
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A path and the role that it needs; `table` gives it as CSV as well."""

    path: str
    answer: Callable[[Ask], Shown]
    role: Role = "view"
    method: Literal["GET", "POST"] = "GET"
    table: Callable[[Ask], str] | None = None
