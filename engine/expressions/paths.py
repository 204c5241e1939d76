"""A JMESPath expression, compiled once to a closure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.expressions.closures import compile_node
from engine.expressions.meter import limit, needs_limit
from engine.expressions.syntax import read_tree
from engine.expressions.tree import Node, PathError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Path", "PathError", "compile_path"]


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path.

    `steps` are its members when it is a plain chain of them (`customer.locale`), else None.
    `select` takes decoded JSON and gives what `jmespath.search` (1.1.0) gives, None when nothing
    is found; it shares lists and objects with its input. Where that search raises on the data (a
    function given a wrong type, a number ordered against a text), `select` raises `PathError`; so
    it does where it would take more steps than a record is worth (see `engine.expressions.meter`).
    """

    text: str
    steps: tuple[str, ...] | None
    select: Callable[[object], object]


def compile_path(text: str) -> Path:
    """Compile a path; raises `PathError` with the place inside the text.

    Refused beyond JMESPath's own grammar: unknown functions, a wrong number of arguments, and
    more than 500 characters, 100 nodes, 20 levels or 16 copies of what it is given.
    """
    tree = read_tree(text)
    select = compile_node(tree)
    return Path(text, _find_steps(tree), limit(select) if needs_limit(tree) else select)


def _find_steps(tree: Node) -> tuple[str, ...] | None:
    members = tree.children if tree.kind == "subexpression" else (tree,)
    if any(member.kind != "field" for member in members):
        return None
    return tuple(member.name for member in members)
