"""The tables of the handbook that stand in code: causes of differences, exceptions by owner."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from engine.commands.reconcile import ADVICE
from engine.sync.causes import CAUSES
from tests.shipped import ORDERS, checked

_LEVELS = {
    "hold": "nothing is sent",
    "review": "nothing more is sent until a person decides",
    "reject": "Dotdigital did not take it",
    "note": "it goes on, and this is kept",
}
_RETRIES = {
    "when_record_changes": "the order changes",
    "when_mapping_changes": "the mapping changes",
    "by_hand": "a person says so",
}


def tell_causes() -> Iterator[str]:
    """Give a row for each cause of a difference between the sides."""
    yield from _head("cause", "what to do")
    for cause, advice in ADVICE.items():
        yield f"| {cause} | {advice} |"


def tell_own_exceptions() -> Iterator[str]:
    """Give a row for each exception that delivery raises itself."""
    yield from _head("code", "owner", "what people read", "so", "what to do", "again when")
    for code, one in sorted(CAUSES.items()):
        said = re.sub(r"\{\w+\}", "…", one.say)
        again = _RETRIES[one.retry]
        yield _row(f"`{code}`", one.owner, said, _LEVELS[one.level], one.do, again)


def tell_mapped_exceptions() -> Iterator[str]:
    """Give a row for each exception of the shipped mappings, with who raises it."""
    yield from _head("code", "owner", "mapping", "what to do", "again when")
    for path in sorted(ORDERS.parent.glob("*.yaml")):
        if path.name.endswith(".test.yaml"):
            continue
        spec = checked(path).spec
        for code, one in spec.exceptions.items():
            link = f"[{path.stem}](../../mappings/debenhams/handbook/{path.stem}.md)"
            if one.level != "note":
                yield _row(f"`{code}`", one.owner, link, one.do or "", _RETRIES[one.retry])


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield _row(*("---" for _ in names))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "causes of differences": tell_causes,
    "exceptions of delivery": tell_own_exceptions,
    "exceptions of the shipped mappings": tell_mapped_exceptions,
}
