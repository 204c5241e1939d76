"""Two plans of one record, held apart: everything in which the new one is another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from engine.changes.bodies import SendFields
from engine.plan import Call, ConsentView, IdentityView, RaisedException, Record

Heading = Literal[
    "consent", "money", "identity", "fields", "calls", "exceptions", "outcomes", "wording"
]
HEADINGS: tuple[Heading, ...] = (
    *("consent", "money", "identity", "fields", "calls", "exceptions", "outcomes", "wording"),
)
_ABSENT = object()
# Who may be marketed to, in rising order.
_HELD, _QUIET, _MAY_MARKET, _SUBSCRIBED = range(4)


@dataclass(frozen=True, slots=True)
class Subject:
    """What changed, and how: effects of one subject are counted together."""

    heading: Heading
    kind: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One difference between two plans of a record.

    `roots` are the nodes of the graph that it comes from; `delta` is the change of an amount in
    major units of `currency`; `rules` are the lines that raised the exceptions it comes from.
    """

    subject: Subject
    roots: tuple[str, ...]
    before: object = None
    after: object = None
    delta: Decimal | None = None
    currency: str = ""
    rules: frozenset[str] = field(default_factory=frozenset)


class Comparison:
    """Compares the plans of two versions; `fields` knows the sends of both."""

    def __init__(self, fields: SendFields) -> None:
        self._fields = fields

    def compare(self, old: Record, new: Record) -> Iterator[Observation]:
        """Give every difference between two plans of one record, except in what lines they cite."""
        stopped = None
        if old["outcome"] != new["outcome"]:
            stopped = _stopped(old, new)
            yield _outcome(old, new, stopped)
        if old["exceptions"] or new["exceptions"]:
            yield from _compare_exceptions(old, new, stopped)
        if old["money"] != new["money"]:
            yield from _compare_money(old, new)
        if old["identity"] != new["identity"]:
            yield from _compare_identity(old["identity"], new["identity"])
        if old["consent"] is not new["consent"]:
            yield from _compare_consent(old["consent"], new["consent"], stopped)
        if old["calls"] or new["calls"]:
            yield from self._compare_calls(old, new, stopped)

    def _compare_calls(
        self, old: Record, new: Record, stopped: Observation | None
    ) -> Iterator[Observation]:
        before = {call["send"]: call for call in old["calls"]}
        after = {call["send"]: call for call in new["calls"]}
        for send in dict.fromkeys([*after, *before]):
            if send in before and send in after:
                yield from self._compare_call(before[send], after[send], _currency(new))
                continue
            kind = "removed" if send in before else "added"
            roots = stopped.roots if stopped else (f"send:{send}", f"key:{send}")
            rules = stopped.rules if stopped else frozenset[str]()
            operation = (before.get(send) or after[send])["operation"]
            yield Observation(Subject("calls", kind, send, operation), roots, rules=rules)
        if [one for one in before if one in after] != [one for one in after if one in before]:
            yield Observation(Subject("calls", "reordered", ""), ("order",), [*before], [*after])

    def _compare_call(self, old: Call, new: Call, currency: str) -> Iterator[Observation]:
        send = new["send"]
        if old["operation"] != new["operation"]:
            yield Observation(
                Subject("calls", "operation", send),
                (f"send:{send}",),
                old["operation"],
                new["operation"],
            )
            return
        if self._fields.identity_of("old", old) != self._fields.identity_of("new", new):
            subject = Subject("calls", "made_again", send)
            yield Observation(subject, (f"key:{send}",))
        if old["path"] != new["path"]:
            roots = (*self._fields.inputs_of(send), "address.email", "contact.status")
            subject = Subject("calls", "elsewhere", send)
            yield Observation(subject, roots, old["path"], new["path"])
        if old["body"] != new["body"]:
            yield from self._compare_bodies(old, new, currency)

    def _compare_bodies(self, old: Call, new: Call, currency: str) -> Iterator[Observation]:
        before = self._fields.read("old", old)
        after = self._fields.read("new", new)
        status = self._fields.status_of(new["send"])
        same_status = before.get(status) == after.get(status)
        for name in dict.fromkeys([*after, *before]):
            one, other = before.get(name, _ABSENT), after.get(name, _ABSENT)
            # Whoever is not subscribed takes no proof along.
            if one != other and (same_status or not name.startswith("evidence:")):
                yield self._compare_field(new["send"], name, (one, other), currency)

    def _compare_field(
        self, send: str, name: str, values: tuple[object, object], currency: str
    ) -> Observation:
        """Tell one field apart; `values` are old and new, `_ABSENT` where there is none."""
        old, new = values
        root, _, label = name.partition("|")
        where = f"{send}.{label}"
        before = None if old is _ABSENT else old
        after = None if new is _ABSENT else new
        if root.startswith("lists:"):
            return self._compare_lists(send, before, after)
        if name == self._fields.status_of(send):
            kind = "widened" if after == "subscribed" else "narrowed"
            subject = Subject("consent", kind, f"{send} states another status")
            return Observation(subject, (root, "consent.decision"), before, after)
        if root.startswith("evidence:"):
            subject = Subject("consent", "proof", where)
            return Observation(subject, (root,), before, after)
        if old is not _ABSENT and new is not _ABSENT and self._fields.is_money(root):
            delta = _sum(after) - _sum(before)
            subject = Subject("money", "sent", where)
            return Observation(subject, (root,), before, after, delta, currency)
        if new is None:
            kind = "cleared"
        elif old is _ABSENT:
            kind = "created"
        else:
            kind = "removed" if new is _ABSENT else "changed"
        return Observation(Subject("fields", kind, where), (root,), before, after)

    def _compare_lists(self, send: str, old: object, new: object) -> Observation:
        before = set(old) if isinstance(old, list) else set()
        after = set(new) if isinstance(new, list) else set()
        joined, left = after - before, before - after
        marketing = self._fields.marketing_lists
        roots = (f"lists:{send}",)
        moved = [name for one, name in marketing.items() if one in joined or one in left]
        if moved:
            widened = any(one in joined for one in marketing)
            name = f"{'added' if widened else 'no longer added'} to {', '.join(moved)}"
            subject = Subject("consent", "widened" if widened else "narrowed", name)
            return Observation(subject, roots, old, new)
        return Observation(Subject("fields", "changed", f"{send}.lists"), roots, old, new)


def _compare_exceptions(
    old: Record, new: Record, stopped: Observation | None
) -> Iterator[Observation]:
    before = {one["code"]: one for one in old["exceptions"]}
    after = {one["code"]: one for one in new["exceptions"]}
    for code in dict.fromkeys([*after, *before]):
        one = after.get(code) or before[code]
        if code in before and code in after:
            values = _dealt_with(before[code], after[code])
            if values[0] == values[1]:
                continue
            kind = "altered"
        else:
            kind, values = ("new" if code in after else "gone"), (None, None)
        roots: tuple[str, ...] = (f"exception:{code}",)
        rules = frozenset([one["rule"]])
        if kind != "altered" and stopped is not None and roots[0] not in stopped.roots:
            # It came up, or would have, only because the record got that far.
            roots, rules = stopped.roots, stopped.rules
        yield Observation(
            Subject("exceptions", kind, code, f"{one['level']} · {one['owner']}"),
            roots,
            *values,
            rules=rules,
        )


def _dealt_with(old: RaisedException, new: RaisedException) -> tuple[str | None, str | None]:
    """Give in words how an exception is dealt with, old and new, in what differs."""
    sides = (old["level"], old["owner"], old["retry"]), (new["level"], new["owner"], new["retry"])
    differing = [pair for pair in zip(*sides, strict=True) if pair[0] != pair[1]]
    before, after = (
        (" · ".join(words) for words in zip(*differing, strict=True)) if differing else ("", "")
    )
    return before, after


def _stopping(record: Record, other: Record) -> list[RaisedException]:
    """Give the exceptions that held a record and do not stand in the way of the other."""
    spared = {(one["code"], one["level"]) for one in other["exceptions"]}
    return [one for one in record["exceptions"] if (one["code"], one["level"]) not in spared]


def _stopped(old: Record, new: Record) -> Observation | None:
    """Give why one version of a plan is held and the other is not; None when neither is."""
    held, other = (new, old) if new["outcome"] == "held" else (old, new)
    if held["outcome"] != "held":
        return None
    raised = _stopping(held, other)
    return Observation(
        Subject("outcomes", "held", ""),
        tuple(f"exception:{one['code']}" for one in raised),
        rules=frozenset(one["rule"] for one in raised),
    )


def _outcome(old: Record, new: Record, stopped: Observation | None) -> Observation:
    sends = dict.fromkeys(call["send"] for call in (*old["calls"], *new["calls"]))
    roots = stopped.roots if stopped else tuple(f"send:{one}" for one in sends)
    net = _net(new) - _net(old)
    return Observation(
        Subject("outcomes", f"{old['outcome']} → {new['outcome']}", ""),
        roots,
        old["outcome"],
        new["outcome"],
        net or None,
        _currency(new) or _currency(old),
        stopped.rules if stopped else frozenset(),
    )


def _net(record: Record) -> Decimal:
    money = record["money"]
    counts = record["outcome"] == "planned" and money is not None and "net" in money
    return Decimal(money["net"]) if counts and money is not None else Decimal(0)


def _currency(record: Record) -> str:
    return record["money"]["currency"] if record["money"] is not None else ""


def _compare_money(old: Record, new: Record) -> Iterator[Observation]:
    before, after = old["money"], new["money"]
    if before is None or after is None:
        # Held before the amounts were added up: told as an outcome.
        return
    if before["currency"] != after["currency"]:
        subject = Subject("money", "currency", "currency")
        yield Observation(subject, ("report",), before["currency"], after["currency"])
        return
    for name in dict.fromkeys([*after, *before]):
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            kind = "shown" if one is None else "hidden"
            yield Observation(Subject("money", kind, name), ("report",), one, other)
        elif one != other:
            delta = Decimal(other) - Decimal(one)
            currency = after["currency"]
            yield Observation(
                Subject("money", "figure", name), (name,), one, other, delta, currency
            )


def _compare_identity(old: IdentityView | None, new: IdentityView | None) -> Iterator[Observation]:
    if old is None or new is None:
        return
    if old["person"] != new["person"]:
        subject = Subject("identity", "person", "person")
        yield Observation(subject, ("person",), old["person"], new["person"])
    if old["email"] != new["email"]:
        subject = Subject("identity", "address", "address")
        yield Observation(subject, ("address.email",), old["email"], new["email"])
    elif old["email_masked"] != new["email_masked"]:
        words = {True: "relay address", False: "real address"}
        shown = words[old["email_masked"]], words[new["email_masked"]]
        yield Observation(
            Subject("identity", "kind", f"{shown[0]} → {shown[1]}"), ("address.kind",)
        )
    if old["contact"] != new["contact"]:
        subject = Subject("identity", "contact", "contact")
        roots = ("contact.status", "person", "address.email")
        yield Observation(subject, roots, old["contact"], new["contact"])


def _compare_consent(
    old: ConsentView | None, new: ConsentView | None, stopped: Observation | None
) -> Iterator[Observation]:
    before, after = _permission(old), _permission(new)
    words = _decision(old), _decision(new)
    if words[0] == words[1]:
        return
    roots: tuple[str, ...] = ("consent.decision",)
    rules = frozenset[str]()
    kind = "widened" if after > before else "narrowed" if after < before else "changed"
    if old is None or new is None:
        if max(before, after) < _MAY_MARKET:
            return
        if after < _SUBSCRIBED:
            # The record got further, or less far: that is no other answer to anybody.
            kind = "changed"
        if stopped is not None:
            roots, rules = stopped.roots, stopped.rules
    subject = Subject("consent", kind, f"{words[0]} → {words[1]}")
    yield Observation(subject, roots, rules=rules)


def permission(decision: str, *, may_market: bool) -> int:
    """Give how far a decision lets us go with a person; more is wider."""
    if decision == "hold":
        return _HELD
    if decision == "add_subscribed":
        return _SUBSCRIBED
    return _MAY_MARKET if may_market else _QUIET


def _permission(consent: ConsentView | None) -> int:
    if consent is None:
        return _HELD
    return permission(consent["decision"], may_market=consent["may_market"])


def _decision(consent: ConsentView | None) -> str:
    if consent is None:
        return "not decided"
    market = "may market" if consent["may_market"] else "no marketing"
    return f"{consent['decision']}, {market}"


def _sum(value: object) -> Decimal:
    """Give the sum of an amount as a body has it, or of a list of them."""
    values = value if isinstance(value, list) else [value]
    return sum((Decimal(str(one)) for one in values if isinstance(one, int | float)), Decimal(0))
