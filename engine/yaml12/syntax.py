"""What the YAML parser complains about, said again for people who write mappings.

The patterns cover the wording of both libyaml and PyYAML's own parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import yaml

from engine.problem import Problem
from engine.yaml12.characters import quote
from engine.yaml12.source import Source

_QUOTE_IT = "put a text that is meant literally in quotes"


@dataclass(frozen=True, slots=True)
class _Saying:
    """One complaint, met when `pattern` is found in its description (see `_describe`).

    `at` is which of its places to show; `{char}` is the character there, `{column}` the column
    where the thing begins that was being read.
    """

    pattern: str
    message: str
    way_out: str
    at: Literal["problem", "context", "escape"] = "problem"
    code: str = "MD106"


_SAYINGS = (
    _Saying(
        r"quoted scalar\|found unexpected",
        "the quoted text that begins here is never closed",
        "close it with the same quote; in single quotes, write a single quote twice",
        "context",
    ),
    _Saying(
        r"quoted scalar\|.*Unicode character escape",
        "the escape that begins with {char} stands for no character",
        "write the character as it is",
        "escape",
    ),
    _Saying(
        r"quoted scalar\|.*(escape|hexa?decimal)",
        "{char} begins no escape that YAML knows",
        "use single quotes, in which a backslash is only a backslash",
        "escape",
    ),
    _Saying(
        "mapping values are not allowed",
        '":" stands where no key is expected',
        'put a text that contains ": " in quotes; begin the keys of one block in the same column',
    ),
    _Saying(
        "could not find expected ':'",
        'the line is neither a key with ":" nor part of the value above',
        'write "key: value", or indent the line more than the key it belongs to',
        "context",
    ),
    _Saying(
        "sequence entries are not allowed",
        '"-" begins an item where no list can stand',
        "begin the list on the line below its key, or put the text in quotes",
    ),
    _Saying(
        r"block collection\|(did not find expected '-'|expected <block end>)",
        "the line is no item of the list above it",
        'begin each item with "-" in column {column}',
    ),
    _Saying(
        r"block mapping\|(did not find expected key|expected <block end>).*, after text",
        "{char} stands behind the end of a value",
        "put the whole value in quotes; in single quotes, write a single quote twice",
    ),
    _Saying(
        r"block mapping\|(did not find expected key|expected <block end>)",
        "{char} does not continue the mapping that begins in column {column}",
        "begin its keys in column {column}",
    ),
    _Saying(
        "expected ',' or '[]}]'",
        "the brackets that open with {char} are not closed, or lack a comma",
        'close them, and put a text that contains ",", "[", "]", "{{" or "}}" in quotes',
        "context",
    ),
    _Saying(
        "tab character|any token, at a tab",
        "a tab indents the line",
        "indent with spaces",
    ),
    _Saying(
        "cannot start any token",
        "a text cannot begin with {char}",
        _QUOTE_IT,
    ),
    _Saying(
        "block scalar",
        'the line that begins a block text with "|" or ">" says more than YAML allows',
        'put a text that begins with "|" or ">" in quotes',
    ),
    _Saying(
        "scanning an (alias|anchor)",
        "a text cannot begin with {char}",
        _QUOTE_IT,
        "context",
        "MD109",
    ),
    _Saying(
        "scanning a directive",
        "a text cannot begin with {char}",
        _QUOTE_IT,
        "context",
        "MD107",
    ),
    _Saying(
        "tag handle|(scanning|parsing) a tag",
        "tags are not used here",
        'put a text that begins with "!" in quotes',
        "context",
        "MD111",
    ),
    _Saying(
        "node content",
        "{char} where a value is expected",
        "put a text that is meant literally in quotes, or delete the doubled comma",
    ),
    _Saying(
        "<document start>",
        "the line belongs to nothing above it",
        "begin all keys of the top level in column 1",
    ),
)


def explain_error(error: yaml.YAMLError | ValueError | OverflowError, source: Source) -> Problem:
    """Give the problem that an error of the YAML parser stands for."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return source.problem("MD106", "the text is not YAML", source.place(0, 0))
    index = error.problem_mark.index if error.problem_mark else 0
    context = error.context_mark.index if error.context_mark else index
    words = _describe(error, source.text, index)
    for saying in _SAYINGS:
        if re.search(saying.pattern, words):
            return _say(saying, source, index, context)
    place = source.place(index, index + 1)
    return source.problem("MD106", f"the text is not YAML: {error.problem}", place)


def _describe(error: yaml.MarkedYAMLError, text: str, index: int) -> str:
    words = f"{error.context or ''}|{error.problem or ''}"
    line_before = text[text.rfind("\n", 0, index) + 1 : index]
    if text[index : index + 1] == "\t":
        words += ", at a tab"
    return f"{words}, after text" if line_before.strip(" -") else words


def _say(saying: _Saying, source: Source, index: int, context: int) -> Problem:
    at = context if saying.at == "context" else index
    end = at + 1
    if saying.at == "escape":
        at = source.text.rfind("\\", 0, index + 1)
        end = at + 2
    place = source.place(at, min(end, len(source.text)))
    facts = {
        "char": quote(source.text[at:end]),
        "column": source.place(context, context).column,
    }
    return source.problem(
        saying.code, saying.message.format(**facts), place, saying.way_out.format(**facts)
    )
