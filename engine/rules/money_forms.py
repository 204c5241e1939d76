"""Money in symbols: each total as plus and minus of the amounts read, in every situation.

A situation fixes the codes and parameters that totals ask for (`refunds.state` is REFUNDED, the
tax mode is TAX_EXCLUDED). In it, a total is a sum of amounts read, each with a whole factor; the
rules of money are proved on these factors, so they hold for every order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import product

from engine.names import Named
from engine.params import Params
from engine.spec.condition import Cell, Condition, NoneOf
from engine.spec.money import Money, Total, terms_of

Form = dict[str, int]
Situation = Mapping[str, str]

# What a bound or a presence test finds cannot be told from codes: both ways are looked at.
_EITHER = ("holds", "fails")
_MOST_SITUATIONS = 4096
# So many terms, over all situations, are proved in about a second.
_MOST_TERMS = 150_000


class MoneyForms:
    """The forms of one mapping's totals."""

    def __init__(self, money: Money, names: Mapping[str, Named], params: Params) -> None:
        self._money = money
        self._names = names
        self._params = params
        self._known: dict[tuple[str, int], Form] = {}

    @cached_property
    def situations(self) -> tuple[Situation, ...]:
        """Give every situation that any total tells from another; none when they are too many."""
        domains = {**dict(self._code_domains()), **dict(self._choice_domains())}
        size = 1
        for values in domains.values():
            size *= len(values)
        if size > _MOST_SITUATIONS or size * self._count_terms() > _MOST_TERMS:
            return ()
        keys = list(domains)
        return tuple(dict(zip(keys, case, strict=True)) for case in product(*domains.values()))

    def _count_terms(self) -> int:
        """Give how many amounts the totals and both sides of the equations are made of at most."""
        leaves: dict[str, frozenset[str]] = {}
        for name, total in self._money.totals.items():
            parts = (leaves.get(part, frozenset({part})) for part in parts_of(total))
            leaves[name] = frozenset[str]().union(*parts)
        sides = (side for one in self._money.must_hold for side in one.rule.split(" "))
        return sum(map(len, leaves.values())) + sum(len(leaves.get(one, "1")) for one in sides)

    def form(self, name: str, situation: Situation) -> Form:
        """Give what a total, or an amount read, is made of; no amount comes with factor 0.

        `situation` is one of `situations`.
        """
        key = name, id(situation)
        if key not in self._known:
            form = self._form(name, situation)
            self._known[key] = {leaf: factor for leaf, factor in form.items() if factor}
        return self._known[key]

    def _form(self, name: str, situation: Situation) -> Form:
        total = self._money.totals.get(name)
        if total is None:
            return {name: 1}
        found: Form = {}
        for sign, part in self._parts(total, situation):
            for leaf, factor in self.form(part, situation).items():
                found[leaf] = found.get(leaf, 0) + sign * factor
        return found

    def _parts(self, total: Total, situation: Situation) -> Iterator[tuple[int, str]]:
        if total.sum is not None:
            if self._holds(total.where, situation):
                yield from ((1, part) for part in total.sum)
        elif total.calc is not None:
            yield from ((-1 if sign == "-" else 1, part) for sign, part in terms_of(total.calc))
        else:
            yield 1, (total.among or {})[situation[str(total.choose)]]

    def _holds(self, where: Condition | None, situation: Situation) -> bool:
        for name, cell in (where or {}).items():
            codes = self.codes_of(cell)
            if codes is None:
                if situation[f"{name} {cell!r}"] == "fails":
                    return False
            elif (situation[name] in codes) == isinstance(cell, NoneOf):
                return False
        return True

    def codes_of(self, cell: Cell) -> frozenset[str] | None:
        """Give the codes that a cell names; None for one that names none."""
        given = cell.none_of if isinstance(cell, NoneOf) else cell
        if isinstance(given, str) and given.startswith("$"):
            value = self._params.values.get(given[1:])
            given = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        return frozenset(given) if isinstance(given, list) else None

    def _conditions(self) -> Iterator[tuple[str, Cell]]:
        for total in self._money.totals.values():
            yield from (total.where or {}).items()

    def _code_domains(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        asked: dict[str, list[frozenset[str]]] = {}
        for name, cell in self._conditions():
            codes = self.codes_of(cell)
            if codes is None:
                yield f"{name} {cell!r}", _EITHER
            else:
                asked.setdefault(name, []).append(codes)
        for name, sets in asked.items():
            named = self._names.get(name)
            values = named.values if named is not None and named.values is not None else ()
            yield name, _representatives(values or frozenset().union(*sets), sets)

    def _choice_domains(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for total in self._money.totals.values():
            if total.choose is not None:
                yield total.choose, tuple(total.among or {})


def parts_of(total: Total) -> set[str]:
    """Give the names that a total is made of, in any situation."""
    calc = [name for _, name in terms_of(total.calc)] if total.calc is not None else []
    return {*(total.sum or []), *calc, *(total.among or {}).values()}


def _representatives(values: Iterable[str], sets: list[frozenset[str]]) -> tuple[str, ...]:
    """Give one value of each kind that the conditions tell apart."""
    kinds: dict[tuple[bool, ...], str] = {}
    for value in values:
        kinds.setdefault(tuple(value in codes for codes in sets), value)
    return tuple(kinds.values())
