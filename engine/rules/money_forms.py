"""Money in symbols: each total as plus and minus of the payload's amounts, in every situation.

A situation fixes the codes and parameters that totals ask for (`refund_state` is REFUNDED, the
tax mode is TAX_EXCLUDED). In it, a total is a sum of amounts, each with a whole factor; the rules
of money are proved on these factors, so they hold for every record.

Amounts and codes go by their address in the payload, not by the names a mapping gives them: what
is read twice under two names is one amount. A total takes from an element only what stands in it
or further in, and asks only what stands around the amount it adds; so the factor of an amount is
decided by the one element it stands in and those around it, and a situation is all there is to
say of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import product

from engine.inputs import Input, Inputs
from engine.lock import Address
from engine.names import Named
from engine.params import Params
from engine.rules.money_lock import MoneyLock, Turn
from engine.spec.condition import Cell, Condition, NoneOf
from engine.spec.money import Money, Total, terms_of

Form = dict[Address, int]
Situation = Mapping[str, str]

# What a bound or a presence test finds cannot be told from codes: both ways are looked at.
_EITHER = ("holds", "fails")
_MOST_SITUATIONS = 4096
# So many terms, over all situations, are proved in about a second.
_MOST_TERMS = 150_000


class MoneyForms:
    """The forms of one mapping's totals."""

    def __init__(
        self,
        money: Money,
        names: Mapping[str, Named],
        params: Params,
        inputs: Inputs,
        lock: MoneyLock,
    ) -> None:
        self._money = money
        self._names = names
        self._params = params
        self._inputs = inputs
        self._lock = lock
        self._known: dict[tuple[str, int], Form] = {}

    @cached_property
    def situations(self) -> tuple[Situation, ...]:
        """Give every situation that totals tell apart or the lock does; none when too many."""
        domains = {**dict(self._code_domains()), **dict(self._choice_domains())}
        size = 1
        for values in domains.values():
            size *= len(values)
        if size > _MOST_SITUATIONS or size * self._count_terms() > _MOST_TERMS:
            return ()
        keys = list(domains)
        return tuple(dict(zip(keys, case, strict=True)) for case in product(*domains.values()))

    @cached_property
    def choices(self) -> tuple[str, ...]:
        """Give the parameters that totals choose by: they are settled before any record comes."""
        return tuple(dict(self._choice_domains()))

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
            return {self._inputs.reads[name].address: 1}
        parts = self._parts(total, situation)
        return add_forms((sign, self.form(part, situation)) for sign, part in parts)

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
            found = situation[self._key_of(name, cell)]
            if codes is None:
                if (found == "fails") != (cell == "missing"):
                    return False
            elif (found in codes) == isinstance(cell, NoneOf):
                return False
        return True

    def codes_of(self, cell: Cell) -> frozenset[str] | None:
        """Give the codes that a cell names; None for one that names none."""
        given = cell.none_of if isinstance(cell, NoneOf) else cell
        if isinstance(given, str) and given.startswith("$"):
            value = self._params.values.get(given[1:])
            given = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        return frozenset(given) if isinstance(given, list) else None

    def _key_of(self, name: str, cell: Cell) -> str:
        """Give what a situation calls the thing that a condition asks."""
        if self.codes_of(cell) is None:
            return f"{name} is there" if cell in ("given", "missing") else f"{name} {cell!r}"
        one = self._inputs.reads.get(name)
        at = one.address if one is not None else ()
        return self._lock.show(at) if at in self._lock.codes else name

    def is_turned(self, turn: Turn | None, situation: Situation) -> bool:
        """Whether in a situation the code stands there that turns amounts."""
        return turn is not None and situation[self._lock.show(turn.at)] == turn.code

    def _code_domains(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        asked: dict[str, list[frozenset[str]]] = {}
        domains: dict[str, tuple[str, ...]] = {}
        for turn in self._lock.turns:
            key = self._lock.show(turn.at)
            asked[key] = [frozenset({turn.code})]
            domains[key] = self._codes_at(turn.at)
        for total in self._money.totals.values():
            for name, cell in (total.where or {}).items():
                codes, key = self.codes_of(cell), self._key_of(name, cell)
                if codes is None:
                    yield key, _EITHER
                    continue
                asked.setdefault(key, []).append(codes)
                if key not in domains:
                    one = self._inputs.reads[name]
                    coded = one.address in self._lock.codes
                    domains[key] = self._codes_at(one.address) if coded else self._values(name)
        for key, sets in asked.items():
            yield key, _representatives(domains[key], sets)

    def _values(self, name: str) -> tuple[str, ...]:
        named = self._names.get(name)
        return (named.values or ()) if named is not None else ()

    def _codes_at(self, at: Address) -> tuple[str, ...]:
        """Give the codes at an address with which a record is not held."""
        held_to = [
            one.codes
            for one in self._inputs.reads.values()
            if one.address == at and one.read.type == "code" and self._is_held(one)
        ]
        left = [code for code in self._lock.codes[at] if all(code in codes for codes in held_to)]
        # Codes that rule each other out leave no record to go wrong.
        return tuple(left) or self._lock.codes[at]

    def _is_held(self, one: Input) -> bool:
        """Whether a record without a readable value is held: it fails, and not with a mere note."""
        fails = all(answer.kind == "fail" for answer in one.answers.values())
        return fails and not self._names[one.name].optional

    def _choice_domains(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for total in self._money.totals.values():
            if total.choose is not None:
                yield total.choose, tuple(total.among or {})


def add_forms(forms: Iterable[tuple[int, Form]]) -> Form:
    """Give the sum of forms, each with its sign or factor."""
    found: Form = {}
    for factor, form in forms:
        for leaf, own in form.items():
            found[leaf] = found.get(leaf, 0) + factor * own
    return found


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
