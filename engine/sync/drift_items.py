"""What drifted, counted: the same thing is one item, however often it came up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Side = Literal["payload", "target", "values", "orphans"]
_EXAMPLES = 3


@dataclass(slots=True)
class Item:
    """One thing that drifted: where, what, how often, and the lines of the mapping it touches."""

    side: Side
    kind: str
    what: str
    lines: tuple[str, ...] = ()
    number: int = 1
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        """Count one more."""
        if example not in self.examples and len(self.examples) < _EXAMPLES:
            self.examples.append(example)
        self.number += 1


def gather(found: Iterable[tuple[Item, str]]) -> Iterator[Item]:
    """Count the same thing once, with its first examples."""
    items: dict[tuple[str, str], Item] = {}
    for item, example in found:
        known = items.get((item.kind, item.what))
        if known is None:
            item.examples = [example] if example else []
            items[item.kind, item.what] = item
        else:
            known.add(example)
    yield from items.values()
