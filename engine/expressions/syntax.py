"""JMESPath text to a tree of nodes that know where in the text they stand.

The grammar is the one of the `jmespath` package (its lexer and its parser). Its nodes carry no
position, only its tokens do: a node gets its place by reading tree and tokens in the same order.
"""

from __future__ import annotations

import json
import warnings
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import jmespath
from jmespath.exceptions import LexerError, ParseError
from jmespath.lexer import Lexer

from engine.expressions.calls import check_calls
from engine.expressions.meter import check_copies
from engine.expressions.slips import check_brackets, check_order, explain_character, explain_token
from engine.expressions.tree import BOUNDS_CODE, Node, PathError, Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_CHARACTERS = 500
MAX_DEPTH = 20
MAX_NODES = 100

_LEAVES = frozenset({"unquoted_identifier", "quoted_identifier", "literal", "number", "current"})
_WITH_TEXT = frozenset({"field", "key_val_pair", "literal"})
_NODELESS = frozenset({"dot", "comma", "colon", "number", "rbracket", "rbrace", "rparen", "lparen"})
_WITH_TOKEN = frozenset(
    {"field", "literal", "index", "current", "function_expression", "key_val_pair"}
)


@lru_cache(maxsize=64)
def read_tree(text: str) -> Node:
    """Parse a path; raises `PathError` when it is no JMESPath, too large, or calls wrongly.

    Stricter than `jmespath.compile`: functions must exist and get their number of arguments,
    `&` stands only where a function takes it, a step of 0 and a missing comma are refused.
    """
    if not text.strip():
        raise PathError("the path is empty, expected the name of a field, or @ for all", 0, 0)
    if len(text) > MAX_CHARACTERS:
        message = f"the path has {len(text)} characters, expected {MAX_CHARACTERS} at most"
        raise PathError(message, MAX_CHARACTERS, len(text), code=BOUNDS_CODE)
    tokens = _read_tokens(text)
    check_brackets(tokens, MAX_DEPTH)
    check_order(tokens)
    _check_parts(tokens)
    tree = _place(_parse(text, tokens), iter([t for t in tokens if t.kind in _LEAVES]), 0)
    _check_size(tree, len(text))
    _check_letters(tree)
    check_calls(tree)
    check_copies(tree, len(text))
    return tree


def _read_tokens(text: str) -> list[Token]:
    """Give the tokens, the last one `eof`; the lexer's own ends are not to be relied on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            lexed = list(Lexer().tokenize(text))
    except LexerError as error:
        raise explain_character(text, int(error.lexer_position)) from None
    tokens = []
    for one, following in pairwise(lexed):
        end = len(text[: following["start"]].rstrip())
        tokens.append(Token(one["type"], text[one["start"] : end], one["start"], end))
    return [*tokens, Token("eof", "", len(text), len(text))]


def _check_parts(tokens: list[Token]) -> None:
    """Bound the recursion of the parser, which goes deeper with each token that makes a node."""
    makers = [
        token
        for token, following in pairwise(tokens)
        if token.kind not in _NODELESS and (token.kind, following.kind) != ("lbracket", "star")
    ]
    if len(makers) > MAX_NODES:
        raise _refuse_size(makers[MAX_NODES].start, tokens[-1].end)


def _check_size(tree: Node, end: int) -> None:
    if sum(1 for _ in tree.walk()) > MAX_NODES:
        raise _refuse_size(0, end)
    depth = tree.measure_depth()
    if depth > MAX_DEPTH:
        message = f"the path is nested {depth} deep, expected {MAX_DEPTH} at most"
        raise PathError(message, 0, end, code=BOUNDS_CODE)


def _check_letters(tree: Node) -> None:
    r"""Refuse escapes like `\ud83d`, of which no output could be made."""
    for node in tree.walk():
        try:
            json.dumps(node.value if node.kind in _WITH_TEXT else "", ensure_ascii=False).encode()
        except UnicodeEncodeError:
            message = "an escape stands for half a character, expected the character as it is"
            raise PathError(message, node.start, node.end) from None


def _refuse_size(start: int, end: int) -> PathError:
    message = f"the path has too many parts, expected {MAX_NODES} at most"
    return PathError(message, start, end, code=BOUNDS_CODE)


def _parse(text: str, tokens: list[Token]) -> Mapping[str, object]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            return cast("Mapping[str, object]", jmespath.compile(text).parsed)
    except ParseError as error:
        position = int(error.lex_position)
        raise explain_token(tokens, position) from None


def _place(parsed: Mapping[str, object], leaves: Iterator[Token], after: int) -> Node:
    kind = str(parsed["type"])
    if kind == "slice":
        return _place_slice(cast("list[int | None]", parsed["children"]), leaves, after)
    below = cast("list[Mapping[str, object]]", parsed["children"])
    start = end = after
    if kind in _WITH_TOKEN:
        token = next(leaves)
        start, end = token.start, token.end
    if kind == "filter_projection":
        # The tree keeps the condition last, the text has it in the middle.
        left, condition, right = _place_all([below[0], below[2], below[1]], leaves, end)
        children = [left, right, condition]
    else:
        children = _place_all(below, leaves, end)
    if children and kind not in _WITH_TOKEN:
        start, end = min(c.start for c in children), max(c.end for c in children)
    return Node(kind, parsed.get("value"), tuple(children), start, end)


def _place_all(
    parsed: list[Mapping[str, object]], leaves: Iterator[Token], after: int
) -> list[Node]:
    nodes: list[Node] = []
    for each in parsed:
        nodes.append(_place(each, leaves, after))
        after = max(after, nodes[-1].end)
    return nodes


def _place_slice(bounds: list[int | None], leaves: Iterator[Token], after: int) -> Node:
    numbers = [next(leaves) for bound in bounds if bound is not None]
    start, end = (numbers[0].start, numbers[-1].end) if numbers else (after, after)
    if bounds[2] == 0:
        raise PathError("found a step of 0, expected 1, -1 or another number", start, end)
    return Node("slice", slice(*bounds), (), start, end)
