"""Jinja2 texts, read once into one Python expression.

Jinja2 only parses here: it is never asked to compile or render, which would run code while
constants are folded. The parsed tree is read against an allow-list; what is not on it is refused.
All values are texts. Constants and white space come out exactly as Jinja2 renders them.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError

from engine.expressions.template_tree import Names, NotAllowedError, Piece, read_body
from engine.expressions.template_words import ALLOWED

MAX_CHARACTERS = 2000
MAX_DEPTH = 20
MAX_NODES = 200
SYNTAX = "MD350"
NOT_ALLOWED = "MD351"

# Autoescape is for HTML, and nothing is rendered here; texts go into JSON and sentences.
_ENVIRONMENT = Environment(autoescape=False)  # noqa: S701


@dataclass(frozen=True, slots=True)
class Template:
    """A text that was read.

    `names` are the values it uses, in order of appearance. `source` takes a function that gives
    the Python expression (a str) of each name, and gives one expression of the rendered text.
    """

    text: str
    names: tuple[str, ...]
    source: Callable[[Callable[[str], str]], str]


class TemplateError(ValueError):
    """A text cannot be read (code MD350) or uses what is not allowed (MD351).

    `start` and `end` are character offsets from 0, the end exclusive: the word found, or its line.
    """

    def __init__(self, message: str, start: int, end: int, *, code: str = SYNTAX) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.code = code


# A mapping's texts are asked for by every part of the compiler.
@lru_cache(maxsize=512)
def compile_template(text: str) -> Template:
    """Read a Jinja2 text; raises `TemplateError` when it is none, too large, or not allowed."""
    if len(text) > MAX_CHARACTERS:
        message = f"the text has {len(text)} characters, expected at most {MAX_CHARACTERS}"
        raise TemplateError(message, MAX_CHARACTERS, len(text), code=NOT_ALLOWED)
    tree = _parse(text)
    _check_size(tree, len(text))
    names: Names = {}
    try:
        piece: Piece = read_body(tree.body, names)
    except NotAllowedError as refusal:
        start, end = _find(text, refusal.line, refusal.word)
        raise TemplateError(str(refusal), start, end, code=NOT_ALLOWED) from None
    return Template(text, tuple(names), piece)


def _parse(text: str) -> nodes.Template:
    try:
        with warnings.catch_warnings():
            # An unknown escape in a text constant stays as it is written.
            warnings.simplefilter("ignore", DeprecationWarning)
            return _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        raise _explain_syntax(text, error) from None
    except RecursionError:
        raise TemplateError("the text is nested too deeply", 0, len(text)) from None


def _explain_syntax(text: str, error: TemplateSyntaxError) -> TemplateError:
    told = (error.message or "it is no Jinja2").rstrip(".").replace(". ", "; ")
    tag = re.match(r"Encountered unknown tag '([^']*)'", told)
    if tag:
        start, end = _find(text, error.lineno, tag[1])
        return TemplateError(f'unknown tag "{tag[1]}", {ALLOWED}', start, end, code=NOT_ALLOWED)
    message = f"the text cannot be read: {told[:1].lower()}{told[1:]}"
    return TemplateError(message, *_find(text, error.lineno, ""))


def _check_size(tree: nodes.Template, end: int) -> None:
    """Bound what is walked; this walk itself needs no stack."""
    count, level = 0, [*tree.body]
    for _ in range(MAX_DEPTH):
        count += len(level)
        if count > MAX_NODES:
            message = f"the text has too many parts, expected at most {MAX_NODES}"
            raise TemplateError(message, 0, end, code=NOT_ALLOWED)
        level = [below for node in level for below in node.iter_child_nodes()]
    if level:
        message = f"the text is nested too deeply, expected at most {MAX_DEPTH} levels"
        raise TemplateError(message, 0, end, code=NOT_ALLOWED)


def _find(text: str, line: int, word: str) -> tuple[int, int]:
    """Give the first place of a word from a line on, else the line; Jinja2 keeps no columns."""
    ends = [match.end() for match in re.finditer(r"\r\n|\r|\n", text)]
    starts = [0, *ends]
    start = starts[min(max(line, 1), len(starts)) - 1]
    found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(text, start) if word else None
    if found:
        return found.span()
    end = next((end for end in ends if end > start), len(text))
    return start, start + len(text[start:end].rstrip("\r\n"))
