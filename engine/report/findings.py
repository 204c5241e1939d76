"""What a check found, ready to be rendered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from engine.problem import Problem

# What people read of one file: problems, and characters of what is said about them.
MOST_SHOWN = 50
MOST_SAID = 4096


@dataclass(frozen=True, slots=True)
class Findings:
    """The problems of `checked` files, sorted; `colour` asks for ANSI colours."""

    problems: tuple[Problem, ...]
    checked: int
    colour: bool = False

    @property
    def errors(self) -> int:
        """How many problems refuse a file."""
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many problems only warn."""
        return len(self.problems) - self.errors

    def by_file(self) -> list[FileFindings]:
        """Give what is shown of each file, in the order of the problems."""
        groups = groupby(self.problems, key=lambda problem: problem.place.path)
        return [_cut(path, problems) for path, problems in groups]

    def summary(self) -> str:
        """Give the figures in words."""
        files = f"{self.checked} file{'' if self.checked == 1 else 's'}"
        if not self.problems:
            return f"{files} {'is' if self.checked == 1 else 'are'} fine"
        parts = [
            f"{count} {word}{'' if count == 1 else 's'}"
            for count, word in ((self.errors, "error"), (self.warnings, "warning"))
            if count
        ]
        return f"{', '.join(parts)} in {files}"


@dataclass(frozen=True, slots=True)
class FileFindings:
    """What is shown of the problems of one file; `hidden` tells how many are not."""

    path: str
    shown: list[Problem]
    hidden: int

    def more(self) -> str:
        """Say how many problems are not shown, '' when all are."""
        return f"and {self.hidden:,} more in this file" if self.hidden else ""


def _cut(path: str, problems: Iterable[Problem]) -> FileFindings:
    every = list(problems)
    shown, said = 0, 0
    for problem in every[:MOST_SHOWN]:
        said += len(full_message(problem))
        if shown and said > MOST_SAID:
            break
        shown += 1
    return FileFindings(path, every[:shown], len(every) - shown)


def remarks(problem: Problem) -> list[tuple[str, str]]:
    """Give what a problem says beside its message, each with its label."""
    known = (("effect", problem.effect), ("example", problem.example), ("help", problem.help))
    return [(label, text) for label, text in known if text]


def full_message(problem: Problem) -> str:
    """Give all that a problem says, its message in the first line."""
    return "\n".join([problem.message, *(": ".join(remark) for remark in remarks(problem))])


def printable(text: str) -> str:
    r"""Show as its escape, such as `\x1b`, each character that would steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def encodable(text: str) -> str:
    """Show as escapes the lone surrogates by which Python names a file that is not UTF-8."""
    return text.encode(errors="backslashreplace").decode()
