"""Totals: the amounts that were added, element by element, and those that were not."""

from __future__ import annotations

from engine.inputs import Input, Level, ListInput, level_of
from engine.provenance.explanation import Step
from engine.provenance.places import find_element, find_input, find_list
from engine.provenance.trace import Indexes
from engine.provenance.view import View, leave_out, make_step
from engine.runtime.values import ABSENT
from engine.spec.money import Total, terms_of


def explain_total(view: View, name: str, indexes: Indexes) -> Step | None:
    """Explain an amount by its definition; the amounts of its parts add up to it."""
    money = view.checked.spec.money
    total = money.totals.get(name) if money is not None else None
    if total is None:
        return None
    value = view.shown(name, view.trace.value(name, indexes))
    step = make_step(name, value, _says(total), view.rule(("money", "totals", name)))
    if total.calc is not None:
        step["parts"] = [view.added(term, indexes, sign) for sign, term in terms_of(total.calc)]
    elif total.choose is not None and total.among is not None:
        chosen = str(view.checked.params.values[total.choose[1:]])
        step["says"] = f"{total.among[chosen]}, as {total.choose} is {chosen}"
        step["parts"] = [view.added(total.among[chosen], indexes)]
        step["looked_at"] = [view.of(total.choose)]
    else:
        _Sum(view, name, total, step).explain(indexes)
    return step


def _says(total: Total) -> str:
    """Say what an amount is: the mapping's own sentence, or else how it is made."""
    if total.about is not None:
        return total.about[:1].lower() + total.about[1:]
    return total.calc if total.calc is not None else f"the sum of {' + '.join(total.sum or ())}"


class _Sum:
    """Walks the elements that a sum goes over, as the compiled function left them behind."""

    def __init__(self, view: View, name: str, total: Total, step: Step) -> None:
        self._view = view
        self._total = total
        self._step = step
        self._rule = view.rule(("money", "totals", name))
        self._asked: dict[tuple[str, Indexes], None] = {}

    def explain(self, outer: Indexes) -> None:
        """Fill the step with what is added, what decides, and what is left out."""
        levels = dict.fromkeys(level_of(one) for one in self._total.sum or ())
        for level in levels:
            names = [one for one in self._total.sum or () if level_of(one) == level]
            for indexes in self._view.trace.elements_in(level, outer):
                self._add(level, indexes, names)
        self._step["looked_at"] = [self._view.of(name, at) for name, at in self._asked]
        for level in _with_outer(levels, len(outer)):
            one = self._view.checked.inputs.lists[".".join(level)]
            _Uncounted(self._view, one, self._step).tell(outer)

    def _add(self, level: Level, indexes: Indexes, names: list[str]) -> None:
        view, where = self._view, self._total.where or {}
        unmet = []
        for name, cell in where.items():
            self._asked[(name, indexes[: len(view.checked.names[name].level)])] = None
            if isinstance(cell, str) and cell.startswith("$"):
                self._asked[(cell, ())] = None
            unmet += [said for said in [view.trace.unmet_part(name, cell, indexes)] if said]
        if not unmet:
            self._step["parts"] += [view.added(name, indexes) for name in names]
            return
        amount = sum(view.trace.minor(name, indexes) for name in names)
        if amount:
            place = find_element(view.checked, view.trace.situation.record, level, indexes).at
            because = self._reason(indexes) or " and ".join(unmet)
            shown = view.trace.decimal(amount)
            self._step["left_out"].append(leave_out(place, shown, because, self._rule))

    def _reason(self, indexes: Indexes) -> str:
        """Give the reason that the mapping itself states for leaving a refund out."""
        for name in self._total.where or {}:
            value = self._view.trace.value(name, indexes)
            if isinstance(value, str) and value in self._total.leaves:
                return f"{value}: {self._total.leaves[value]}"
        return ""


def _with_outer(levels: dict[Level, None], depth: int) -> list[Level]:
    """Give each list and the lists around it, down from an element at `depth`."""
    found: dict[Level, None] = {}
    for level in levels:
        found.update((level[:end], None) for end in range(depth + 1, len(level) + 1))
    return list(found)


class _Uncounted:
    """The elements of one list that the run passed over: repeats of a key, and what is none."""

    def __init__(self, view: View, one: ListInput, step: Step) -> None:
        self._view = view
        self._one = one
        self._step = step
        self._rule = view.rule(one.pointer)

    def tell(self, outer: Indexes) -> None:
        """Tell them in the step, with the keys by which repeats were known."""
        view, level = self._view, self._one.level
        for holder in (
            view.trace.elements_in(level[:-1], outer) if len(level) > len(outer) + 1 else [outer]
        ):
            around = find_element(view.checked, view.trace.situation.record, level[:-1], holder)
            listed = find_list(around, self._one)
            if isinstance(listed.value, list):
                for index, element in enumerate(listed.value):
                    if (level, (*holder, index)) not in view.trace.elements:
                        at = f"{listed.at}[{index}]"
                        self._leave_out(at, self._reason(element, (*holder, index)))
            elif listed.value is not ABSENT and listed.value is not None:
                answer = self._one.answers["unknown"]
                self._leave_out(listed.at, f"no list, so {answer.kind} {answer.word}".rstrip())

    def _leave_out(self, at: str, because: str) -> None:
        self._step["left_out"].append(leave_out(at, None, because, self._rule))

    def _reason(self, element: object, indexes: Indexes) -> str:
        view, one = self._view, self._one
        if not isinstance(element, dict):
            return "no object, so there is nothing to read"
        key = view.checked.inputs.reads.get(f"{one.name}.{one.each.key}")
        first = self._first(key, indexes) if key is not None else None
        if key is None or first is None:
            return "not read"
        self._step["looked_at"] += [view.of(key.name, first), view.of(key.name, indexes)]
        place = find_element(view.checked, view.trace.situation.record, one.level, first).at
        return f"has the same {one.each.key} as {place}, and each counts once"

    def _first(self, key: Input, indexes: Indexes) -> Indexes | None:
        """Give the counted element with the same key."""
        view = self._view
        raw = find_input(view.checked, view.trace.situation.record, key, indexes).value
        return next(
            (
                known
                for known in view.trace.elements_in(self._one.level)
                if view.trace.value(key.name, known) == raw
            ),
            None,
        )
