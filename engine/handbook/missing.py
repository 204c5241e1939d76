"""What becomes of each field when what it is made of is missing or cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from engine.checked import CheckedSpec
from engine.handbook.blocks import Sayable, Text, code, enumerate_words, join_texts, say
from engine.proof.matrix import MatrixRow, build_matrix

Missing = Mapping[tuple[str, str], Text]
_HELD = re.compile(r"held as ([A-Z][A-Z0-9_]{2,39})")
_WORD = re.compile(r'(held as |noted: )([A-Z][A-Z0-9_]{2,39})|taken as "(.*?)"')


def tell_missing(checked: CheckedSpec) -> Missing:
    """Give the words for every field, by send and field."""
    rows: dict[tuple[str, str], list[MatrixRow]] = {}
    for row in build_matrix(checked)["rows"]:
        rows.setdefault((row["part"], row["field"]), []).append(row)
    return {key: _tell_field(own) for key, own in rows.items()}


def _tell_field(rows: Iterable[MatrixRow]) -> Text:
    """Say the effects of what may be missing and of what may be unreadable, each once."""
    every = list(rows)
    if len({row["name"] for row in every}) > 1:
        return _tell_together(every)
    missing: dict[str, None] = {}
    unreadable: dict[str, None] = {}
    for row in every:
        for case in row["cases"]:
            if case["possible"]:
                effects = unreadable if case["case"] == "unknown" else missing
                effects[case["effect"]] = None
    if list(missing) == list(unreadable):
        return _effects(missing)
    parts = [
        say("{}: {}", label, _effects(effects))
        for label, effects in (("missing", missing), ("unreadable", unreadable))
        if effects
    ]
    return join_texts(parts, "; ")


def _tell_together(rows: Iterable[MatrixRow]) -> Text:
    """Say what becomes of a field made of many inputs: what may stand in, then what holds it."""
    cases = [case for row in rows for case in row["cases"] if case["possible"]]
    effects = dict.fromkeys(case["effect"] for case in cases)
    held = dict.fromkeys(word for effect in effects for word in _HELD.findall(effect))
    other = [one for one in effects if not _HELD.search(one) and one != "no elements"]
    parts = [_effects(other)] if other else []
    if held:
        words = enumerate_words((code(word, exception_anchor(word)) for word in held), "or")
        parts.append(say("held as {}", words))
    return join_texts(parts, "; ")


def _effects(effects: Iterable[str]) -> Text:
    return enumerate_words((_tell_effect(one) for one in effects), "or")


def _tell_effect(effect: str) -> Text:
    """Say an effect with its exception as a link to what is done about it."""
    parts: list[Sayable] = []
    pattern, end = "", 0
    for found in _WORD.finditer(effect):
        pattern += effect[end : found.start()].replace("{}", "{ }")
        if found[2]:
            pattern += f"{found[1]}{{}}"
            parts.append(code(found[2], exception_anchor(found[2])))
        else:
            pattern += "taken as {}"
            parts.append(code(found[3] or " "))
        end = found.end()
    return say(pattern + effect[end:].replace("{}", "{ }"), *parts)


def exception_anchor(word: str) -> str:
    """Give the anchor of an exception."""
    return f"exception-{word.lower().replace('_', '-')}"
