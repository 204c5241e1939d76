"""What a path is made of (tokens, nodes) and the one error it can raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SYNTAX_CODE = "MD301"
FUNCTION_CODE = "MD306"
ARGUMENTS_CODE = "MD307"
BOUNDS_CODE = "MD314"


class PathError(ValueError):
    """A path that cannot be used, or that failed on the data it was given.

    `message` is lower case, without a full stop, and never holds payload values; `start` and
    `end` are character offsets from 0 in the text of the path, the end is exclusive; `code` is
    one of `engine.codes`.
    """

    def __init__(self, message: str, start: int, end: int, *, code: str = SYNTAX_CODE) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.code = code


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text, `kind` as jmespath's lexer names it."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A node of the parse tree; `kind`, `value` and the order of `children` are jmespath's.

    A `slice` keeps a Python slice in `value` and has no children. The place of a function call
    or of a key is its name, of any other node all that it covers; `identity` covers nothing.
    """

    kind: str
    value: object
    children: tuple[Node, ...]
    start: int
    end: int

    @property
    def name(self) -> str:
        """The name of a field, function, key or comparator."""
        return str(self.value)

    def walk(self) -> Iterator[Node]:
        """Give this node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def measure_depth(self) -> int:
        """Count the levels of the tree, this one included."""
        return 1 + max((child.measure_depth() for child in self.children), default=0)
