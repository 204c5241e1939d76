"""What a Jinja2 text may use: its filters as Python, and the words for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jinja2 import nodes

if TYPE_CHECKING:
    from collections.abc import Callable

ALLOWED: Final = (
    "expected names, the filters capitalize, lower, replace, title, trim and upper,"
    " texts joined by ~, or an if with comparisons"
)
COMPARISON: Final = 'expected a comparison such as state == "SHIPPED" or state in ("A", "B")'

# Words begin after these, as the filter `title` of Jinja2 has it: blanks and - ( { [ <
WORD_BREAKS: Final = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000-({[<"
)
# A mark follows each break; NUL, which begins it, is escaped, so no value can hold a mark.
_MARK: Final = "\0\1"
_ESCAPED: Final = "\0\2"
_MARKS: Final = {0: _ESCAPED, **{ord(one): one + _MARK for one in WORD_BREAKS}}


def _capitalize_words(value: str) -> str:
    """Give `title` as methods of str: each word with a capital, the rest of it small."""
    words = f"{value}.translate({_MARKS!r}).split({_MARK!r})"
    cased = f"[word[:1].upper() + word[1:].lower() for word in {words}]"
    return f"''.join({cased}).replace({_ESCAPED!r}, '\\x00')"


# From the expression of a value to that of the filtered value.
FILTERS: Final[dict[str, Callable[[str], str]]] = {
    "capitalize": lambda value: f"{value}.capitalize()",
    "lower": lambda value: f"{value}.lower()",
    "title": _capitalize_words,
    "trim": lambda value: f"{value}.strip()",
    "upper": lambda value: f"{value}.upper()",
}
REPLACE: Final = "replace"

# What is refused by name: how it is called, and the word to look for in the text.
_REFUSED: Final[dict[type[nodes.Node], tuple[str, str]]] = {
    nodes.For: ("a loop", "for"),
    nodes.Macro: ("a macro", "macro"),
    nodes.CallBlock: ("a call block", "call"),
    nodes.FilterBlock: ("a filter block", "filter"),
    nodes.With: ("with", "with"),
    nodes.Block: ("a block", "block"),
    nodes.Extends: ("extends", "extends"),
    nodes.Include: ("include", "include"),
    nodes.Import: ("import", "import"),
    nodes.FromImport: ("import", "import"),
    nodes.Assign: ("set", "set"),
    nodes.AssignBlock: ("set", "set"),
    nodes.Scope: ("autoescape", "autoescape"),
    nodes.Call: ("a call", ""),
    nodes.Getitem: ("a subscript", ""),
    nodes.Slice: ("a subscript", ""),
    nodes.Test: ("a test", "is"),
    nodes.Compare: ("a comparison outside if", ""),
    nodes.And: ('"and" outside if', "and"),
    nodes.Or: ('"or" outside if', "or"),
    nodes.Not: ('"not" outside if', "not"),
    nodes.Tuple: ("a list", ""),
    nodes.List: ("a list", ""),
    nodes.Dict: ("a list of keys", ""),
    nodes.Const: ("a number, true, false or none", ""),
    nodes.BinExpr: ("arithmetic", ""),
    nodes.UnaryExpr: ("arithmetic", ""),
}


def name_refused(node: nodes.Node) -> tuple[str, str]:
    """Give what a part of a text is called, and the word it is found by ('' when none is sure)."""
    kinds = (kind for kind in type(node).__mro__ if kind in _REFUSED)
    kind = next(kinds, None)
    return _REFUSED[kind] if kind else ("this part", "")
