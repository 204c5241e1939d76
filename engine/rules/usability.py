"""Floors: each is about a field that a call carries, and says something of its own."""

from __future__ import annotations

from engine.nearest import suggest
from engine.rules.subject import Subject
from engine.spec.usability import list_fields


def check_usability(subject: Subject) -> None:
    """Check the floors."""
    known = {f"{send}.{name}" for send, name, _ in list_fields(subject.spec.send)}
    seen: dict[tuple[str, str], int] = {}
    for index, one in enumerate(subject.spec.usability):
        at = ("usability", index)
        if one.field not in known:
            subject.problems.report(
                "MD493",
                (*at, "field"),
                f'no call carries a value of the record as "{one.field}"'
                f"{suggest(one.field, sorted(known))}",
                effect="nothing would ever be measured against this floor",
                help="name a field of a send as it stands there: send.field, or send.list[].field",
            )
        first = seen.setdefault((one.field, one.segment), index)
        if first != index:
            subject.problems.report(
                "MD494",
                (*at, "field"),
                f'"{one.field}" has a floor for {one.segment} already',
                effect="two floors of one field for the same orders cannot both be meant",
                help="keep the one that is meant, or name another segment",
            )
