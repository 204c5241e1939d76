"""What the source lock says of a record's money: every amount, and the codes that decide on it.

The engine knows no vendor: where amounts stand, what they are and which codes turn them all come
from marks in the lock (`x-amount`, `x-key`, `x-tax-on-top`, `x-refused`, `x-settled`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from engine.expressions.selected import follow
from engine.lock import NO_MARK, Address, AmountMark, amount_mark, load_source

# References of mappings reach into three lists; a lock that refers to itself would have no end.
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Turn:
    """A code that turns amounts: when what stands at `at` is `code`."""

    at: Address
    code: str


@dataclass(slots=True)
class MoneyLock:
    """The amounts of one source lock.

    `lists` gives, per list, the moment of what stands in it, and `keys` the member that tells its
    elements apart; `codes` are the codes that can stand at an address. `on_top`: tax comes on top
    of listed amounts; `refused`: an element is no sale; `settled`: a refund is paid.
    """

    amounts: dict[Address, AmountMark] = field(default_factory=dict)
    lists: dict[Address, str] = field(default_factory=dict)
    keys: dict[Address, str] = field(default_factory=dict)
    codes: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    on_top: Turn | None = None
    refused: Turn | None = None
    settled: Turn | None = None

    @property
    def turns(self) -> Iterator[Turn]:
        """Give the codes that turn amounts."""
        yield from (turn for turn in (self.on_top, self.refused, self.settled) if turn is not None)

    def list_of(self, address: Address) -> Address:
        """Give the innermost list that an address stands in; empty for the record itself."""
        outer = (address[:depth] for depth in range(len(address) - 1, 0, -1))
        return next((one for one in outer if one in self.lists), ())

    def show(self, address: Address) -> str:
        """Give an address as people write it: `order_lines[].refunds[].amount`."""
        steps = (address[: depth + 1] for depth in range(len(address)))
        return ".".join(f"{one[-1]}[]" if one in self.lists else one[-1] for one in steps)


@cache
def read_money_lock(reference: str) -> MoneyLock:
    """Give what the lock `name@version` says of money; raises LockError as `load_source` does."""
    schema = load_source(reference).schema
    found = MoneyLock()
    _walk(found, schema, schema, (), NO_MARK)
    return found


def _walk(
    found: MoneyLock,
    schema: Mapping[str, object],
    root: Mapping[str, object],
    at: Address,
    outer: AmountMark,
) -> None:
    if len(at) > _DEEPEST:
        return
    node = follow(schema, root)
    mark = amount_mark(node).within(outer)
    _note_marks(found, node, at, mark)
    alternatives = node.get("anyOf")
    for one in alternatives if isinstance(alternatives, list) else ():
        _walk(found, one, root, at, mark)
    items = node.get("items")
    if isinstance(items, Mapping):
        found.lists[at] = mark.moment
        _walk(found, items, root, at, mark)
    members = node.get("properties")
    for name, member in members.items() if isinstance(members, Mapping) else ():
        _walk(found, member, root, (*at, name), mark)


def _note_marks(
    found: MoneyLock, node: Mapping[str, object], at: Address, mark: AmountMark
) -> None:
    if node.get("x-type") == "money":
        found.amounts[at] = mark
    if isinstance(node.get("x-key"), str):
        found.keys[at] = str(node["x-key"])
    codes = node.get("x-codes")
    if isinstance(codes, Mapping):
        found.codes[at] = tuple(codes)
    for word in ("on_top", "refused", "settled"):
        code = node.get("x-tax-on-top" if word == "on_top" else f"x-{word}")
        if isinstance(code, str):
            setattr(found, word, Turn(at, code))


def parts_covered(mark: AmountMark) -> Iterator[str]:
    """Give the parts that an amount of listed prices or of tax covers; fees carry no tax."""
    if mark.part == "all":
        yield from ("goods", "delivery") if mark.kind == "tax" else ("goods", "delivery", "fee")
    else:
        yield mark.part
