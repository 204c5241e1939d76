"""What a replay means: its effects as they are told, and whether the version declared fits them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from engine.changes.document import (
    EditView,
    EffectView,
    ExampleView,
    VersionView,
)
from engine.changes.edits import Edit
from engine.changes.effects import Effect
from engine.changes.replay import Replay
from engine.changes.version import Bump, declared_bump, largest, next_version
from engine.changes.words import count_of, sentence
from engine.checked import CheckedSpec
from engine.problem import Place, Problem
from engine.problems import ProblemList
from engine.text import Document, Pointer

_MOST_NAMED = 5
_OF_A_SEND = 2


class Judgement:
    """One pair of checked versions, their edits, and what replaying found."""

    def __init__(
        self, old: CheckedSpec, new: CheckedSpec, edits: Sequence[Edit], replay: Replay
    ) -> None:
        self._old = old
        self._new = new
        self._edits = edits
        self._replay = replay
        self.noun = noun_of(new)

    @property
    def needed(self) -> Bump:
        """The version bump that the change asks for."""
        measured = (one.needs for one in self._replay.effects.found.values())
        unseen = (_needs_unseen(one) for one in self._unseen())
        return largest([*measured, *unseen])

    def effects(self) -> list[EffectView]:
        """Give the effects as they are told."""
        return [self._show(one) for one in self._replay.effects.in_order()]

    def edits(self) -> list[EditView]:
        """Give the edits as they are told."""
        return [
            {
                "kind": edit.kind,
                "part": part_of(edit.pointer),
                "line": self._line(edit),
                "shown": index in self._replay.shown,
                "wording": edit.is_wording,
            }
            for index, edit in enumerate(self._edits)
        ]

    def version(self) -> VersionView:
        """Give the versions, and the bump that is needed."""
        old, new = self._old.spec.version, self._new.spec.version
        return {
            "old": old,
            "new": new,
            "declared": declared_bump(old, new) or "lowered",
            "needed": self.needed,
        }

    def problems(self) -> list[Problem]:
        """Give what is wrong with the change itself; an error refuses it."""
        found = ProblemList(self._new.document)
        self._judge_name(found)
        self._judge_version(found)
        unseen = self._unseen()
        if unseen:
            lines = ", ".join(dict.fromkeys(self._line(one) for one in unseen[:_MOST_NAMED]))
            left = len(unseen) - _MOST_NAMED
            more = f" and {left} more" if left > 0 else ""
            found.report(
                "MD703",
                unseen[0].new or _nearest(self._new.document, unseen[0]),
                f"no sample {self.noun} shows what {count_of(len(unseen), 'change')} of the "
                f"mapping {'does' if len(unseen) == 1 else 'do'}: {lines}{more}",
                help=f"add a sample {self.noun} that such a line decides about",
                at_key=True,
                severity="warning",
            )
        return found.found

    def _judge_name(self, found: ProblemList) -> None:
        old, new = self._old.spec.mapping, self._new.spec.mapping
        if old != new:
            found.report(
                "MD704",
                ("mapping",),
                f'the mapping is called "{new}", its base "{old}"',
                effect="brand files and whatever was recorded under the old name lose it",
                help="keep the name; for another mapping, write another file",
            )

    def _judge_version(self, found: ProblemList) -> None:
        view = self.version()
        old, new, needed = view["old"], view["new"], view["needed"]
        way_out = f"write version: {next_version(old, needed)}"
        if view["declared"] == "lowered":
            message = f"the version goes back from {old} to {new}"
            found.report("MD702", ("version",), message, help=way_out)
        elif view["declared"] == "none" and needed != "none":
            message = f"the mapping changed, and its version is still {old}"
            found.report("MD701", ("version",), message, effect=self._why(needed), help=way_out)
        elif largest([view["declared"], needed]) != view["declared"]:
            message = f"from {old} to {new} is a {view['declared']} change, this is a {needed} one"
            found.report("MD702", ("version",), message, effect=self._why(needed), help=way_out)

    def _why(self, needed: Bump) -> str:
        """Give the first effect that asks for the bump."""
        telling = (one for one in self._replay.effects.in_order() if one.needs == needed)
        effect = next(telling, None)
        return sentence(effect, self.noun) if effect is not None else ""

    def _unseen(self) -> list[Edit]:
        return [
            edit
            for index, edit in enumerate(self._edits)
            if index not in self._replay.shown and not edit.is_wording
        ]

    def _show(self, effect: Effect) -> EffectView:
        examples: list[ExampleView] = [
            {"record": one.record, "before": one.before, "after": one.after}
            for one in effect.examples
        ]
        causes = [self._edits[index] for index in sorted(effect.causes)]
        return {
            "heading": effect.subject.heading,
            "kind": effect.subject.kind,
            "subject": effect.subject.name,
            "says": sentence(effect, self.noun),
            "severity": effect.severity,
            "needs": effect.needs,
            "records": effect.records,
            "people": len(effect.people) if effect.is_about_people else None,
            "amounts": {
                currency: f"{amount:+f}" for currency, amount in sorted(effect.amounts.items())
            },
            "lines": [*dict.fromkeys(self._line(one) for one in causes)],
            "examples": examples,
        }

    def _line(self, edit: Edit) -> str:
        if edit.new is not None:
            return _line_at(self._new.document, edit.new)
        return f"{_line_at(self._old.document, edit.old or ())} (base)"


def noun_of(checked: CheckedSpec) -> str:
    """Give what a record of the mapping is called: `mirakl.order` gives orders."""
    return checked.source.name.rpartition(".")[2].replace("_", " ")


def part_of(pointer: Pointer) -> str:
    """Give a part of a mapping as people write it: `consent.rows[6].may_market`, from 0."""
    return "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in pointer
    ).removeprefix(".")


def told_line(place: Place) -> str:
    """Give a place as `file:line`, the folders left out."""
    return f"{PurePath(place.path).name}:{place.line}"


def _line_at(document: Document, pointer: Pointer) -> str:
    return told_line(document.place_of_key(pointer))


def _nearest(new: Document, edit: Edit) -> Pointer:
    """Give what of the new mapping holds the place of a part that is gone."""
    pointer = edit.pointer
    while pointer and pointer not in new.values:
        pointer = pointer[:-1]
    return pointer


def _needs_unseen(edit: Edit) -> Bump:
    """Give the least bump for an edit that no record shows, by what it adds or takes away."""
    is_output = edit.pointer[:1] == ("send",) and (
        len(edit.pointer) == _OF_A_SEND or "fields" in edit.pointer
    )
    if not is_output:
        return "patch"
    return {"removed": "major", "added": "minor", "changed": "patch"}[edit.kind]  # type: ignore[return-value]
