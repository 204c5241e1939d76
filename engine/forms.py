"""The forms a value can have, in the words of the mapping language instead of JSON Schema's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from engine.nearest import nearest
from engine.patterns import fits

_OUTCOME = "^(skip|clear|fail [A-Z][A-Z0-9_]{2,39}|use .{0,200})$"
_DECISION = "^(add_subscribed|add_unsubscribed|leave|hold [A-Z][A-Z0-9_]{2,39})$"
_FIRST_WORDS = {
    _OUTCOME: ("fail", "skip", "clear", "use"),
    "^fail ": ("fail",),
    _DECISION: ("add_subscribed", "add_unsubscribed", "leave", "hold"),
}

# Every pattern of the grammar, said in words: what was expected.
FORMS = {
    "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*|\\[[0-9]+\\])*$": (
        'a place in the record like "order_lines[0].refunds"'
    ),
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$": (
        'a moment in UTC like "2026-03-01T09:00:00Z"'
    ),
    "^[a-z](_?[a-z0-9]){0,39}$": "a name of small letters, digits and single underscores",
    "^[a-z](_?[a-z0-9])*(\\.[a-z](_?[a-z0-9])*){0,3}$": (
        'the name of a value like "state" or "lines.total"'
    ),
    "^\\$[a-z][a-z0-9_]*$": 'a parameter like "$programme"',
    "^[A-Z][A-Z0-9_]{2,39}$": "an exception code in capitals, such as NO_ADDRESS",
    "^[a-z][a-z0-9-]{1,39}$": "a name of small letters, digits and hyphens",
    "^[a-z][a-z0-9-]{1,59}$": "a name of small letters, digits and hyphens",
    _OUTCOME: 'an outcome: "clear", "fail CODE", "skip" or "use VALUE"',
    "^fail ": 'the outcome "fail CODE"',
    _DECISION: 'a decision: "add_subscribed", "add_unsubscribed", "hold CODE" or "leave"',
    "^-?[0-9]{1,15}(\\.[0-9]{1,4})?$": 'a number in quotes, such as "0" or "12.50"',
    "^[A-Za-z0-9_-]{1,20}$": "a data field of at most 20 letters, digits, hyphens and underscores",
    "^[^ \\t\\r\\n](.*[^ \\t\\r\\n])?$": "a text without blanks around it",
    "^[a-z]+\\.[a-z_]+$": 'an operation of the target, such as "contacts.create"',
    r"^[a-z][a-z0-9_]*\.[^\s.\[\]]+(\[\]\.[^\s.\[\]]+)?$": "a field of a send, such as"
    ' "order_record.order_total" or "order_record.products[].brand"',
    "^P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?)?$": "a duration in days or hours, such as P14D or PT6H",
    "^[0-9]+\\.[0-9]+\\.[0-9]+$": "a version of three numbers, such as 1.0.0",
    "^[a-z]+\\.[a-z_]+@[0-9]{4}-[0-9]{2}$": "a source and its version, such as name.part@2026-07",
    "^[0-9]{1,20}$": 'the number of something in the account, in quotes, such as "4711"',
    "^[a-z]+@[0-9]{4}-[0-9]{2}$": "a target and its version, such as name@2026-07",
    "^[a-z][a-z0-9_.]* (==|>=|<=|>|<) ([a-z][a-z0-9_.]*|-?[0-9]+(\\.[0-9]+)?)$": (
        'an equation with single blanks, such as "net >= 0" or "listed == order_total"'
    ),
}
KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a block of keys",
}
_LONGEST_QUOTE = 60


def form_of(pattern: str) -> str:
    """Say a pattern in words."""
    return FORMS.get(pattern, f"a text of the form {pattern}")


def mend(pattern: str, text: str) -> str:
    """Give `; did you mean "x"?` when an easy change makes the text fit, or an empty text."""
    words = text.split()
    first = nearest(words[0], _FIRST_WORDS.get(pattern, ())) if words else None
    snake = re.sub(r"[\s_-]+", "_", text.strip())
    tries = [f"{first} {' '.join(words[1:])}".strip(), f"{first} {'_'.join(words[1:]).upper()}"]
    tries = tries if first else []
    tries += [text.strip(), snake.lower(), snake.upper(), snake.lower().replace("_", "-")]
    mended = next((one for one in tries if one != text and fits(pattern, one)), None)
    return f'; did you mean "{mended}"?' if mended else ""


def kind_of(value: object) -> str:
    """Say what a value is, as `found …` says it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number" if isinstance(value, int) else "a number with decimals"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "a block of keys"


def quote(value: object) -> str:
    """Give the offending text in quotes, shortened when it is long; other values by their kind."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return kind_of(value)
    text = str(value)
    short = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
    return json.dumps(short, ensure_ascii=False) if isinstance(value, str) else short


def join_words(words: Iterable[str], last: str = "or") -> str:
    """Give `a, b or c`, each once."""
    *front, end = dict.fromkeys(words)
    return f"{', '.join(front)} {last} {end}" if front else end


def name_concept(title: str) -> str:
    """Give a concept with its article, such as `an age limit`."""
    name = title[:1].lower() + title[1:]
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
