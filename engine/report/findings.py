"""What a check found, ready to be rendered."""

from __future__ import annotations

from dataclasses import dataclass

from engine.problem import Problem


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
