"""Paths: what stands for a number in them, and which of them lead to a page."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import compile_path

from engine.web.pages import PAGES


class _Serial(Convertor[int]):
    """A number that a row may have; one that no database could hold leads nowhere."""

    regex = "[0-9]{1,15}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("serial", _Serial())
_PATHS = [compile_path(page.path)[0] for page in PAGES if page.method == "GET"]


def is_page(path: str) -> bool:
    """Whether a page for people stands at a path."""
    return any(one.match(path) for one in _PATHS)
