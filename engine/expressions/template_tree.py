"""The parsed tree of a Jinja2 text, read against what is allowed, as pieces of Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from jinja2 import nodes

from engine.expressions.template_words import (
    ALLOWED,
    COMPARISON,
    FILTERS,
    REPLACE,
    name_refused,
)
from engine.nearest import suggest

Spell = Callable[[str], str]
Piece = Callable[[Spell], str]
Names = dict[str, None]

MAX_GROWTH = 100
_NAME = re.compile(r"[a-z](_?[a-z0-9])*")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_EQUALITY = {"eq": "==", "ne": "!="}
_MEMBERSHIP = {"in": "in", "notin": "not in"}


class NotAllowedError(Exception):
    """A part of the tree is not on the list; `word` is what to look for from line `line` on."""

    def __init__(self, message: str, line: int | None, word: str = "") -> None:
        super().__init__(message)
        # A few nodes, such as the scope around autoescape, carry no line.
        self.line = line or 1
        self.word = word


def read_body(body: Sequence[nodes.Node], names: Names) -> Piece:
    """Give the piece of a sequence of statements, and add the names it uses.

    A piece takes the function that spells a name in Python, and gives one expression of a str.
    Raises NotAllowedError.
    """
    return _join([piece for node in body for piece in _read_statement(node, names)])


def _read_statement(node: nodes.Node, names: Names) -> list[Piece]:
    match node:
        case nodes.Output():
            return [_read_text(below, names) for below in node.nodes]
        case nodes.If():
            return [_read_if(node, names)]
        case _:
            raise _refuse(node)


def _read_if(node: nodes.If, names: Names) -> Piece:
    cases = [
        (_read_condition(one.test, names), read_body(one.body, names))
        for one in (node, *node.elif_)
    ]
    default = read_body(node.else_, names)

    def emit(spell: Spell) -> str:
        chosen = default(spell)
        for test, body in reversed(cases):
            chosen = f"({body(spell)} if {test(spell)} else {chosen})"
        return chosen

    return emit


def _read_text(node: nodes.Node, names: Names) -> Piece:
    match node:
        case nodes.TemplateData():
            return _constant(node.data)
        case nodes.Const(value=str() as value):
            return _constant(value)
        case nodes.Name() | nodes.Getattr():
            return _read_name(node, names)
        case nodes.Filter():
            return _read_filter(node, names)
        case nodes.Concat():
            return _join([_read_text(below, names) for below in node.nodes])
        case nodes.CondExpr():
            return _read_choice(node, names)
        case _:
            raise _refuse(node)


def _read_name(node: nodes.Expr, names: Names) -> Piece:
    below, steps = node, list[str]()
    while isinstance(below, nodes.Getattr):
        steps.append(below.attr)
        below = below.node
    if not isinstance(below, nodes.Name):
        message = f"a member of something that is no name is not allowed, {ALLOWED}"
        raise NotAllowedError(message, node.lineno, steps[-1])
    steps.append(below.name)
    for step in reversed(steps):
        if not _NAME.fullmatch(step):
            message = f'found "{step}", expected a name of small letters, digits and underscores'
            raise NotAllowedError(message, node.lineno, step)
    if below.name == "self":
        message = '"self" is a word of Jinja2, expected the name of a value'
        raise NotAllowedError(message, node.lineno, below.name)
    name = ".".join(reversed(steps))
    names[name] = None
    return lambda spell: _enclose(spell(name))


def _read_filter(node: nodes.Filter, names: Names) -> Piece:
    if node.name != REPLACE and node.name not in FILTERS:
        known = sorted([*FILTERS, REPLACE])
        message = f'the filter "{node.name}" is not allowed, expected one of {", ".join(known)}'
        raise NotAllowedError(message + suggest(node.name, known), node.lineno, node.name)
    # Only a filter block has no value, and that is refused as a statement.
    value = _read_text(node.node or node, names)
    texts = _constant_texts(node.args)
    wanted = 2 if node.name == REPLACE else 0
    others = node.kwargs or node.dyn_args or node.dyn_kwargs
    if others or texts is None or len(texts) != wanted:
        takes = "two constant texts" if wanted else "nothing"
        message = f'the filter "{node.name}" takes {takes} in brackets'
        raise NotAllowedError(message, node.lineno, node.name)
    if node.name == REPLACE:
        old, new = texts
        if _count_growth(node) > MAX_GROWTH:
            message = f"the replacements make a text more than {MAX_GROWTH} times as long"
            raise NotAllowedError(message, node.lineno, REPLACE)
        return lambda spell: f"{value(spell)}.replace({old!r}, {new!r})"
    write = FILTERS[node.name]
    return lambda spell: write(value(spell))


def _count_growth(node: nodes.Node | None) -> float:
    """Give how many times longer replacements can make the longest value."""
    if node is None:
        return 1.0
    growth = max(map(_count_growth, node.iter_child_nodes()), default=1.0)
    texts = _constant_texts(node.args) if isinstance(node, nodes.Filter) else None
    if isinstance(node, nodes.Filter) and node.name == REPLACE and texts:
        old, new = texts
        growth *= max(1.0, len(new) / len(old) if old else 1 + len(new))
    return growth


def _read_choice(node: nodes.CondExpr, names: Names) -> Piece:
    if node.expr2 is None:
        raise NotAllowedError("an if inside {{ }} needs an else", node.lineno, "if")
    then = _read_text(node.expr1, names)
    test = _read_condition(node.test, names)
    other = _read_text(node.expr2, names)
    return lambda spell: f"({then(spell)} if {test(spell)} else {other(spell)})"


def _read_condition(node: nodes.Node, names: Names) -> Piece:
    match node:
        case nodes.And() | nodes.Or():
            word = "and" if isinstance(node, nodes.And) else "or"
            left, right = _read_condition(node.left, names), _read_condition(node.right, names)
            return lambda spell: f"({left(spell)} {word} {right(spell)})"
        case nodes.Not():
            denied = _read_condition(node.node, names)
            return lambda spell: f"(not {denied(spell)})"
        case nodes.Compare(ops=[nodes.Operand() as operand]):
            return _read_comparison(node, operand, names)
        case nodes.Compare():
            message = 'a chain of comparisons is not allowed, expected them joined by "and"'
            raise NotAllowedError(message, node.lineno)
        case nodes.Name() | nodes.Getattr() | nodes.Filter() | nodes.Const():
            raise NotAllowedError(f"no truth of a text alone, {COMPARISON}", node.lineno)
        case _:
            raise _refuse(node, COMPARISON)


def _read_comparison(node: nodes.Compare, operand: nodes.Operand, names: Names) -> Piece:
    left, right = _read_text(node.expr, names), operand.expr
    match right:
        case nodes.Const(value=str() as text) if operand.op in _EQUALITY:
            sign = _EQUALITY[operand.op]
            return lambda spell: f"({left(spell)} {sign} {text!r})"
        case nodes.Tuple() | nodes.List() if operand.op in _MEMBERSHIP:
            texts = _constant_texts(right.items)
            if texts:
                word = _MEMBERSHIP[operand.op]
                return lambda spell: f"({left(spell)} {word} {texts!r})"
    if operand.op in _MEMBERSHIP:
        message = '"in" needs a list of constant texts on its right, such as ("A", "B")'
    elif operand.op in _EQUALITY:
        message = f'"{_EQUALITY[operand.op]}" needs a constant text on its right, such as "SHIPPED"'
    else:
        message = "texts have no order here, expected one of !=, ==, in, not in"
    raise NotAllowedError(message, node.lineno)


def _constant_texts(items: Sequence[nodes.Expr]) -> tuple[str, ...] | None:
    """Give the texts of a list of constants, None when anything else is among them."""
    values = [item.value if isinstance(item, nodes.Const) else None for item in items]
    texts = tuple(_check_letters(value) for value in values if isinstance(value, str))
    return texts if len(texts) == len(items) else None


def _check_letters(text: str) -> str:
    if _HALF_CHARACTER.search(text):
        raise NotAllowedError("an escape stands for half a character", None)
    return text


def _constant(text: str) -> Piece:
    written = repr(_check_letters(text))
    return lambda _spell: written


def _join(pieces: list[Piece]) -> Piece:
    if len(pieces) == 1:
        return pieces[0]
    if not pieces:
        return _constant("")
    return lambda spell: f"''.join(({', '.join(piece(spell) for piece in pieces)}))"


def _enclose(expression: str) -> str:
    """Put brackets around an expression, so that a method can follow, unless it is a variable."""
    return expression if expression.isidentifier() else f"({expression})"


def _refuse(node: nodes.Node, expected: str = ALLOWED) -> NotAllowedError:
    what, word = name_refused(node)
    return NotAllowedError(f"{what} is not allowed in a text, {expected}", node.lineno, word)
