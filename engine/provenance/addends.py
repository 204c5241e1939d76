"""Addends: the amounts from outside that add up to a value, and those that cancel each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.provenance.explanation import Addend, LeftOutPart, Step
from engine.provenance.view import leave_out


@dataclass(frozen=True, slots=True)
class _Counted:
    """One amount as it counts in the whole; `within` is the part of the whole it stands in."""

    step: Step
    sign: int
    within: str

    @property
    def amount(self) -> Decimal:
        """The amount, negative when it is taken off the whole."""
        return self.sign * Decimal(self.step["value"] or "0")


def list_addends(steps: Step) -> list[Addend]:
    """Give what adds up to the value of a step, each place once; zeros are left out."""
    addends: list[Addend] = []
    for counted in _by_place(steps).values():
        amount = sum((one.amount for one in counted), Decimal(0))
        if amount:
            step = counted[0].step
            element = step["element"]
            addends.append(
                {
                    "amount": str(amount),
                    "at": element["at"] if element is not None else "this record",
                    "source": element["source"] if element is not None else "record",
                    "name": step["name"],
                }
            )
    return addends


def list_cancelled(steps: Step) -> Iterator[LeftOutPart]:
    """Give the amounts that are added in one part of the whole and taken off in another."""
    for counted in _by_place(steps).values():
        amounts = [one for one in counted if one.amount]
        if amounts and not sum(one.amount for one in amounts):
            first = amounts[0].step
            plus = ", ".join(dict.fromkeys(one.within for one in amounts if one.amount > 0))
            minus = ", ".join(dict.fromkeys(one.within for one in amounts if one.amount < 0))
            at = first["element"]["at"] if first["element"] is not None else first["name"]
            because = f"added in {plus} and taken off again in {minus}"
            yield leave_out(at, str(abs(amounts[0].amount)), because, first["rule"])


def _by_place(steps: Step) -> dict[tuple[str, str], list[_Counted]]:
    found: dict[tuple[str, str], list[_Counted]] = {}
    for one in _counted(steps, 1, ""):
        element = one.step["element"]
        place = element["at"] if element is not None else one.step["name"]
        found.setdefault((place, one.step["name"]), []).append(one)
    return found


def _counted(step: Step, sign: int, within: str) -> Iterator[_Counted]:
    parts = [part for part in step["parts"] if part["amount"] is not None]
    if not parts and step["amount"] is not None:
        yield _Counted(step, sign, within)
    for part in parts:
        # The first step of several parts is where the whole falls into parts.
        inside = within or (part["name"] if len(parts) > 1 else "")
        yield from _counted(part, sign * sign_of(part), inside)


def sign_of(step: Step) -> int:
    """Give -1 for a step that is taken off the one above; its own parts add up to its value."""
    return 1 if Decimal(step["amount"] or "0") == Decimal(step["value"] or "0") else -1
