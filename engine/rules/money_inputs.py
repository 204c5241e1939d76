"""What totals are made from: every amount and code is read, or the record is held.

A total is only as sound as its inputs. So of whatever feeds one: what cannot be read holds the
record, and so does what is missing though the source always gives it; nothing stands for nothing
only where the source says that there may be none; and no element is counted twice under one key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.inputs import Answer, Case, Input, ListInput, answer_key
from engine.rules.money_forms import parts_of
from engine.rules.money_lock import MoneyLock
from engine.rules.subject import Subject, listed
from engine.spec.money import Money
from engine.text import Pointer

_LOST = "a figure would be wrong without a word"


def check_money_inputs(subject: Subject, money: Money, lock: MoneyLock) -> None:
    """Check all that the totals and equations of a mapping are made from."""
    fed = _gather(subject, money, lock)
    for one in (*fed.amounts.values(), *fed.codes.values()):
        if one.name in subject.doubted:
            continue
        before = subject.problems.errors
        if _is_money(one):
            _check_amount(subject, one, lock)
        else:
            _check_code(subject, one)
        if subject.problems.errors > before:
            subject.doubt(one.name)
    for each in fed.lists.values():
        before = subject.problems.errors
        _check_list(subject, each, lock)
        if subject.problems.errors > before:
            subject.doubt(each.name)


@dataclass(frozen=True, slots=True)
class _Fed:
    amounts: dict[str, Input]
    codes: dict[str, Input]
    lists: dict[str, ListInput]


def _pinned(subject: Subject, lock: MoneyLock) -> Iterator[Input]:
    """Give the reads that hold records for some codes of the source.

    What is proved with the codes that are left rests on every element being read.
    """
    for one in subject.inputs.reads.values():
        known = lock.codes.get(one.address, ())
        holds = all(answer.kind == "fail" for answer in one.answers.values())
        if one.read.type == "code" and len(one.codes) < len(known) and holds:
            yield one


def _gather(subject: Subject, money: Money, lock: MoneyLock) -> _Fed:
    reads = subject.inputs.reads
    names = [part for total in money.totals.values() for part in sorted(parts_of(total))]
    names += [side for equation in money.must_hold for side in equation.rule.split(" ")]
    asked = [name for total in money.totals.values() for name in total.where or {}]
    amounts = {name: reads[name] for name in (*names, *asked) if _is_money(reads.get(name))}
    codes = {name: reads[name] for name in asked if name in reads and name not in amounts}
    lists = {}
    for one in (*amounts.values(), *codes.values(), *_pinned(subject, lock)):
        for depth in range(len(one.level)):
            name = ".".join(one.level[: depth + 1])
            lists[name] = subject.inputs.lists[name]
    return _Fed(amounts, codes, lists)


def _is_money(one: Input | None) -> bool:
    return one is not None and one.read.type == "money"


def _answers(one: Input | ListInput) -> Iterator[tuple[Pointer, Answer, list[Case]]]:
    """Give each answer as written, with the cases it is the answer to."""
    outcomes = one.read if isinstance(one, Input) else one.each
    found: dict[str, list[Case]] = {}
    for case in one.answers:
        found.setdefault(answer_key(outcomes, case), []).append(case)
    for key, cases in found.items():
        yield (*one.pointer, key), one.answers[cases[0]], cases


def _check_amount(subject: Subject, one: Input, lock: MoneyLock) -> None:
    if one.address and one.address not in lock.amounts:
        subject.problems.report(
            "MD408",
            (*one.pointer, "path"),
            f"{subject.source.name} holds no amount here",
            effect="nobody could say what it is a part of",
        )
    for at, answer, cases in _answers(one):
        _check_held(subject, answer, at)
        lost = [case for case in cases if case == "unknown" or case not in one.possible]
        if answer.kind in ("skip", "clear"):
            _report(subject, at, f'"{one.name}" counts in totals, so it may not be left out')
        elif answer.kind == "use" and lost:
            _report(subject, at, f'"{one.name}" would count as 0.00 when it is {listed(lost)}')


def check_sent(subject: Subject, one: Input) -> None:
    """Report an amount that leaves as it is read, and would be 0.00 where it cannot be read."""
    for at, answer, cases in _answers(one) if _is_money(one) else ():
        lost = [case for case in cases if case == "unknown" or case not in one.possible]
        if answer.kind == "use" and lost:
            _report(subject, at, f'"{one.name}" would be sent as 0.00 when it is {listed(lost)}')


def _check_code(subject: Subject, one: Input) -> None:
    if one.read.type != "code":
        return
    for at, answer, _ in _answers(one):
        _check_held(subject, answer, at)
        if answer.kind != "fail":
            _report(subject, at, f'totals ask for "{one.name}", so nothing may stand for it')


def _check_list(subject: Subject, one: ListInput, lock: MoneyLock) -> None:
    for at, answer, cases in _answers(one):
        _check_held(subject, answer, at)
        lost = [case for case in cases if case == "unknown" or case not in one.possible]
        if answer.kind == "skip" and lost:
            _report(
                subject, at, f'"{one.name}" counts in totals, but is left out when {listed(lost)}'
            )
    for key in ("repeated", "conflicting"):
        answer = getattr(one, key)
        if answer is not None:
            _check_held(subject, answer, (*one.pointer, key))
    _check_key(subject, one, lock)


def _check_key(subject: Subject, one: ListInput, lock: MoneyLock) -> None:
    """Report a list that could count one element twice."""
    wanted = lock.keys.get(one.address)
    if wanted is None:
        _check_no_key(subject, one)
        return
    key = subject.inputs.reads.get(f"{one.name}.{one.each.key}")
    if one.each.key is not None and (key is None or key.name in subject.doubted):
        return
    if key is None:
        subject.problems.report(
            "MD431",
            one.pointer,
            f'"{one.name}" has no key, so one element that comes twice would count twice',
            help=f"read {wanted} as an id, name it as key, and say what repeated means",
            at_key=True,
        )
        return
    holds = all(answer.kind == "fail" for answer in key.answers.values())
    named = subject.names[key.name]
    if (
        key.address != (*one.address, wanted)
        or key.read.type != "id"
        or named.optional
        or not holds
    ):
        subject.problems.report(
            "MD431",
            (*one.pointer, "key"),
            f'"{key.name}" does not tell elements apart: {wanted} does, read as an id that is '
            "always there",
        )


def _check_no_key(subject: Subject, one: ListInput) -> None:
    """Report a list that leaves elements out for a value that the source does not call their key.

    Where a repeat holds the record, nothing is left out.
    """
    if one.address and one.repeated is not None and one.repeated.kind == "once":
        subject.problems.report(
            "MD431",
            (*one.pointer, "repeated"),
            f'{subject.source.name} knows no key of "{one.name}", so equal elements all count',
            effect="two fees of one kind and amount would count once",
            help="leave key, repeated and conflicting out",
        )


def _check_held(subject: Subject, answer: Answer, at: Pointer) -> None:
    if answer.kind == "fail":
        subject.stops(answer.word, at)


def _report(subject: Subject, at: Pointer, message: str) -> None:
    subject.problems.report(
        "MD418",
        at,
        message,
        effect=_LOST,
        help="let it fail; only what the source may leave out can stand for nothing",
    )
