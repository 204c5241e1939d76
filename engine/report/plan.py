"""A dry run as a person reads it: calls, money, consent with its reason, what is held."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from engine.plan import Call, Record, Summary

_WIDTH = 100
_RETRY = {
    "when_record_changes": "tried again when the record changes",
    "when_mapping_changes": "tried again when the mapping changes",
    "by_hand": "waits for a person",
}
_CONTACT = {
    "known": "{target} knows the contact",
    "none": "unknown to {target}",
    "not_asked": "{target} was not asked",
}
_COLOURS = {"planned": "32", "unchanged": "36", "held": "31", "note": "33", "dim": "2", "bold": "1"}


class PlanText:
    """Renders records; `target` is what the target is called, `colour` asks for ANSI codes."""

    def __init__(self, target: str, *, colour: bool) -> None:
        self._target = target
        self._colour = colour

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if self._colour else text

    def head(self, mapping: str, version: str, summary: str) -> str:
        """Give the first line of a run."""
        return (
            f"{self._paint(f'{mapping} {version}', 'bold')}  dry run, nothing is sent  {summary}\n"
        )

    def record(self, record: Record) -> str:
        """Give one record as a block of lines."""
        lines = [self._title(record), *self._facts(record)]
        for number, call in enumerate(record["calls"], 1):
            lines += self._call(number, call)
        lines += [
            self._paint(f"  left out  {one['send']}: {one['because']}  {one['rule']}", "dim")
            for one in record["left_out"]
        ]
        for one in record["exceptions"]:
            style = "note" if one["level"] == "note" else "held"
            said = _printable(one["message"])
            lines.append(
                "  " + self._paint(f"{one['level']:<8}", style) + f"  {one['code']}: {said}"
            )
            where = " · ".join(part for part in (_printable(one["at"]), one["rule"]) if part)
            lines.append(f"            {one['owner']} · {where} · {_RETRY[one['retry']]}")
        return "\n".join(lines) + "\n"

    def _title(self, record: Record) -> str:
        key = _printable(record["key"] or f"({record.get('where', 'no key')})")
        outcome = self._paint(record["outcome"], record["outcome"])
        count = len(record["calls"])
        calls = f"{count} call{'' if count == 1 else 's'}" if count else "no call"
        parts = [self._paint(key, "bold"), outcome, calls, record["order_version"] or ""]
        return "  ".join(parts).rstrip()

    def _facts(self, record: Record) -> Iterator[str]:
        money, identity, consent = record["money"], record["identity"], record["consent"]
        if money is not None:
            parts = [
                f"{name} {amount}"
                for name, amount in money.items()
                if name != "currency" and (name in ("placed", "net") or _is_some(amount))
            ]
            yield f"  money     {' · '.join(parts)} {money['currency']}"
        if identity is not None:
            contact = _CONTACT[identity["contact"]].format(target=self._target)
            kind = "relay address" if identity["email_masked"] else "real address"
            yield f"  buyer     {identity['email']} · {kind} · {contact}"
        if consent is not None:
            yield (
                f"  consent   {consent['decision']}: {consent['because']}"
                f"  (row {consent['row']}, {consent['rule']})"
            )

    def _call(self, number: int, call: Call) -> Iterator[str]:
        query = "&".join(f"{name}={value}" for name, value in call["query"].items())
        path = call["path"] + (f"?{query}" if query else "")
        because = self._paint(f"{call['send']} · {', '.join(call['because'])}", "dim")
        yield f"  {number:>6}.  {self._paint(call['operation'], 'bold')}  {because}"
        yield f"           {call['method']} {path}"
        yield from body_lines(call["body"])


def body_lines(body: object) -> Iterator[str]:
    """Give a body exactly, one member a line; long values go on between their own members."""
    members = body if isinstance(body, dict) else {"": body}
    for name, value in members.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"             {name}"
            for element in value:
                yield from _packed("               ", element)
        else:
            yield from _packed(f"             {name}  ", value)


def _packed(head: str, value: object) -> Iterator[str]:
    """Give JSON in lines of bearable length, broken between members only."""
    if isinstance(value, dict):
        parts = [f"{_json(name)}: {_json(one)}" for name, one in value.items()]
        opening, closing = "{", "}"
    elif isinstance(value, list):
        parts, opening, closing = [_json(one) for one in value], "[", "]"
    else:
        parts, opening, closing = [_json(value)], "", ""
    line = head + opening
    indent = " " * (len(head) - len(head.lstrip()) + 2)
    for number, part in enumerate(parts):
        piece = part + (", " if number < len(parts) - 1 else closing)
        if number and len(line) + len(piece.rstrip()) > _WIDTH:
            yield line.rstrip()
            line = indent
        line += piece
    yield line if parts else line + closing


def _json(value: object) -> str:
    return _printable(orjson.dumps(value).decode())


def _printable(text: str) -> str:
    """Keep what a payload wrote from steering the terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _is_some(amount: str) -> bool:
    return any(digit in "123456789" for digit in amount)


def summary_text(summary: Summary, target: str) -> str:
    """Give the figures of a run, and what a reader must know about them."""
    plural = "" if summary["records"] == 1 else "s"
    counts = ", ".join(f"{summary[word]} {word}" for word in ("planned", "unchanged", "held"))
    lines = [f"{summary['records']} record{plural}: {counts}"]
    if summary["calls"]:
        calls = " · ".join(f"{name} {count}" for name, count in summary["calls"].items())
        lines.append(f"  calls     {calls}")
    for currency, net in summary["net"].items():
        lines.append(f"  net       {net} {currency} over the planned records")
    lines += [
        f"  {one['level']:<8}  {one['records']} {one['code']} · {one['owner']}"
        for one in summary["exceptions"]
    ]
    if summary["contacts"] == "not_asked":
        lines.append(f"  contacts  not given: every buyer is planned as unknown to {target}, and")
        lines.append("            create-only calls are refused for one who exists after all")
    if summary["examples"]:
        lines.append(f"  examples  stand in for {', '.join(summary['examples'])}")
    return "\n".join(lines) + "\n"
