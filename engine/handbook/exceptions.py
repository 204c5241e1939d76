"""Every exception: what it says, who owns it, what they do, when the record is tried again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.checked import CheckedSpec
from engine.handbook.blocks import (
    Block,
    Heading,
    Paragraph,
    Row,
    Sayable,
    Section,
    Table,
    Text,
    code,
    say,
    sentence,
)
from engine.handbook.missing import exception_anchor
from engine.handbook.naming import mark_names
from engine.handbook.sources import noun_of
from engine.spec.read import ExceptionRule

TITLE = "When something cannot go through"
_COLUMNS = ("Exception", "What people read", "What becomes of it", "What to do", "Tried again")
_LEVELS = {
    "hold": "Nothing is sent",
    "review": "Nothing is sent until a person decides",
    "note": "It goes on, and this is kept",
}
_RETRIES = {
    "when_record_changes": "When the {noun} changes",
    "when_mapping_changes": "When the mapping changes",
    "by_hand": "When a person says so",
}
_INSERTED = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)


def tell_exceptions(checked: CheckedSpec) -> Section:
    """Give the section: a table for each owner."""
    noun = noun_of(checked)
    blocks: list[Block] = [
        Paragraph(
            say(
                "Every {} ends planned, unchanged or held; none disappears. These are all the "
                "reasons why one may not simply go through. What stands in code is filled in.",
                noun,
            )
        )
    ]
    for owner in owners_of(checked):
        rows = tuple(
            _row(checked, word, rule)
            for word, rule in checked.spec.exceptions.items()
            if rule.owner == owner
        )
        blocks += [
            Heading(team(owner), f"owner-{owner}"),
            Table(f"Exceptions of {owner}", _COLUMNS, rows),
        ]
    return Section(TITLE, tuple(blocks))


def owners_of(checked: CheckedSpec) -> list[str]:
    """Give the teams that own exceptions, in the order they come up."""
    rules: Iterable[ExceptionRule] = checked.spec.exceptions.values()
    return list(dict.fromkeys(rule.owner for rule in rules))


def team(owner: str) -> str:
    """Give a team's name as a heading."""
    words = owner.replace("-", " ")
    return words[:1].upper() + words[1:]


def _row(checked: CheckedSpec, word: str, rule: ExceptionRule) -> Row:
    do = (
        sentence(mark_names(checked, rule.do))
        if rule.do
        else say("Not said in the mapping: ask the owner.")
    )
    retry = _RETRIES[rule.retry].replace("{noun}", noun_of(checked))
    cells = (say("{}", code(word)), _fill(rule.say), say(_LEVELS[rule.level]), do, say(retry))
    return Row(cells, exception_anchor(word))


def _fill(said: str) -> Text:
    """Give a sentence, what is filled in as code."""
    parts: list[Sayable] = []
    pattern, end = "", 0
    for found in _INSERTED.finditer(said):
        parts += [said[end : found.start()], code(found[1])]
        pattern += "{}{}"
        end = found.end()
    return say(pattern + "{}", *parts, said[end:])
