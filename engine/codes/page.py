"""A page: what one code means, with an example that fails and one that passes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_FENCE = r"```(?P<{0}_kind>yaml[^\n]*|json|console)\n(?P<{0}>.*?\n)```"
_PAGE = re.compile(
    r"# (?P<code>MD\d{3}) (?P<title>[^\n]+)\n\n(?P<prose>.+?)\n\n"
    rf"## Fails\n\n{_FENCE.format('fails')}\n\n## Passes\n\n{_FENCE.format('passes')}\n",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Example:
    """The text of an example; `kind` says what it is, such as `yaml`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means: `title` in a few words, `prose` in a few sentences, and two examples."""

    title: str
    prose: str
    fails: Example
    passes: Example


def parse_page(code: str, text: str) -> Code:
    """Give what the Markdown of a page says; ValueError when it is no page of this code."""
    found = _PAGE.fullmatch(text)
    if found is None or found["code"] != code:
        raise ValueError(f"the page of {code} has another form")
    return Code(
        found["title"],
        " ".join(found["prose"].split()),
        Example(found["fails_kind"], found["fails"]),
        Example(found["passes_kind"], found["passes"]),
    )


@cache
def list_codes() -> tuple[str, ...]:
    """Give every code that has a page, in order."""
    names = (page.name for page in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md")))


@cache
def read_page(code: str) -> Code:
    """Give the page of a code; KeyError when it has none."""
    if code not in list_codes():
        raise KeyError(code)
    return parse_page(code, _folder().joinpath(f"{code}.md").read_text(encoding="utf-8"))


def _folder() -> Traversable:
    # Slow to import, and only pages need it.
    from importlib.resources import files  # noqa: PLC0415

    return files("engine.codes").joinpath("pages")


class Pages(Mapping[str, Code]):
    """Every code with its page. No file is read before it is asked for."""

    def __getitem__(self, code: str) -> Code:
        return read_page(code)

    def __iter__(self) -> Iterator[str]:
        return iter(list_codes())

    def __len__(self) -> int:
        return len(list_codes())

    def __contains__(self, code: object) -> bool:
        return code in list_codes()
