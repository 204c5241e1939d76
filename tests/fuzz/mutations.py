"""Changes of a text: some blind, some with words that mean something to the parsers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random

WORDS = [
    *("&a ", "*a", "!t ", "<<: ", "- ", "? ", ": ", "|\n", ">\n", "---\n", "%YAML 1.2\n", "# "),
    *("{", "}", "[", "]", ",", "'", '"', "\\", "\n", "\t", "\r", "\x00", "\u2028", "\u202e", "é"),
    *("null", "true", "~", "1e999", "-0", "0x1", "9" * 40, ".nan", "2026-02-30", '"\\ud800"'),
    *("@", "*", "[]", "[*]", "[?@]", "[::-1]", "[@,@]", "|[0]", "||", "&&", "==", "!", "&", "`1`"),
    *("to_string(", "map(&@,", "join('-',", "sort_by(", "not_null(", "length(", ")", "order_lines"),
    *("{{ ", " }}", "{% if ", "{% endif %}", "|upper", "|replace('','xx')", "~", " ** 9", "for "),
    *("fail BROKEN", "skip", "use 1", "clear", "$offers", "lines.net", "any", "rest", "given"),
    *("# miradot: ignore[MD404] reason", "contact.status", "consent.may_market", "lifetime.value"),
]
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
Change = Callable[[Random, str], str]


def _span(random: Random, text: str) -> tuple[int, int]:
    start = random.randrange(len(text) + 1)
    return start, min(len(text), start + random.choice([1, 2, 5, 20, 100]))


def delete(random: Random, text: str) -> str:
    start, end = _span(random, text)
    return text[:start] + text[end:]


def double(random: Random, text: str) -> str:
    start, end = _span(random, text)
    return text[:end] + text[start:end] * random.choice([1, 1, 2, 30]) + text[end:]


def insert(random: Random, text: str) -> str:
    start, _ = _span(random, text)
    return text[:start] + random.choice(WORDS) * random.choice([1, 1, 1, 3, 25]) + text[start:]


def replace_token(random: Random, text: str) -> str:
    """Put one token of the text, or a word, in the place of another."""
    tokens = [found.span() for found in _TOKEN.finditer(text)]
    if not tokens:
        return text
    (start, end), (first, last) = random.choice(tokens), random.choice(tokens)
    new = random.choice([text[first:last], random.choice(WORDS)])
    return text[:start] + new + text[end:]


def swap_lines(random: Random, text: str) -> str:
    lines = text.split("\n")
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return "\n".join(lines)


def double_line(random: Random, text: str) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    return "\n".join([*lines[:at], lines[at], *lines[at:]])


def flip(random: Random, text: str) -> str:
    if not text:
        return text
    at = random.randrange(len(text))
    return text[:at] + chr(ord(text[at]) ^ (1 << random.randrange(7))) + text[at + 1 :]


NAMES = [
    *("order_id", "order_lines", "customer", "firstname", "offer_sku", "quantity", "refunds"),
    *("order_state", "total_price", "created_date", "nothing", "order_additional_fields", "value"),
]
STEPS = [".*", "[*]", "[]", "[0]", "[-1]", "[::-1]", "[:2]", " | [0]", ".[@, @]", ".{a: @}"]
PAIRS = ["{} || {}", "{} && {}", "{} == {}", "{} < {}", "{} | {}", "[{}, {}]", "contains({}, {})"]
PAIRS += ["join({}, {})", "map(&{}, {})", "not_null({}, {})", "{}[?{}]", "merge({}, {})", "{}.{}"]
CALLS = ["to_string({})", "length({})", "to_number({})", "keys({})", "sort({})", "type({})", "!{}"]
CALLS += ["max_by({}, &@)", "sort_by({}, &@)", "reverse({})", "to_array({})", "sum({})", "({})"]
PIECES = ["{{{{ {} }}}}", "{{{{ {}|upper }}}}", "{{{{ {}|title }}}}", "{{{{ {} ~ 'é' }}}}", "{} "]
PIECES += ["{{% if {} == 'a' %}}b{{% endif %}}", "{{{{ {}|replace('a', 'bc') }}}}"]
_PATH = re.compile(r"(?<=path: )[^,}\n]+")
_TEMPLATE = re.compile(r'(?<=template: )"[^"]*"|(?<=say: )"[^"]*"')


def make_path(random: Random, depth: int = 4) -> str:
    """Make a path that often means something in an order."""
    kind = random.randrange(5) if depth else 0
    if kind <= 1:
        return random.choice([*NAMES, "@", "'a'", "`1`", "`null`"])
    if kind == 2:
        return make_path(random, depth - 1) + random.choice(STEPS)
    parts = [make_path(random, depth - 1) for _ in range(2)]
    return random.choice(PAIRS if kind == 3 else CALLS).format(*parts)


def make_template(random: Random) -> str:
    names = ["order_id", "first", "state", "total", "email", "value"]
    count = random.randrange(1, 5)
    return "".join(random.choice(PIECES).format(random.choice(names)) for _ in range(count))


def graft_path(random: Random, text: str) -> str:
    return _graft(random, text, _PATH, make_path(random))


def graft_template(random: Random, text: str) -> str:
    return _graft(random, text, _TEMPLATE, make_template(random))


def _graft(random: Random, text: str, place: re.Pattern[str], made: str) -> str:
    found = list(place.finditer(text))
    if not found:
        return text
    start, end = random.choice(found).span()
    return text[:start] + json.dumps(made) + text[end:]


CHANGES: list[Change] = [
    delete,
    double,
    insert,
    replace_token,
    replace_token,
    *[graft_path] * 6,
    graft_template,
    swap_lines,
    double_line,
    flip,
]


def mutate(random: Random, text: str) -> str:
    """Change a text once or a few times."""
    for _ in range(random.choice([1, 1, 1, 2, 3, 8])):
        text = random.choice(CHANGES)(random, text)
    return text
