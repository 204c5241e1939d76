"""Requests and answers without a network: what both services of the sandbox take and give."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
from starlette.convertors import Convertor
from starlette.routing import compile_path

Json = dict[str, Any]
NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `query` holds every value of a key, header names are in small letters."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def value(self, key: str, default: str = "") -> str:
        """Give the one value of a query key."""
        given = self.query.get(key)
        return given[0] if given else default

    def values(self, key: str) -> list[str]:
        """Give the values of a query key that is repeated or a list with commas."""
        return [one for text in self.query.get(key, ()) for one in text.split(",") if one]

    def json(self) -> object:
        """Give the body; ValueError where it is no JSON."""
        return orjson.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; a body of None is empty, another one is JSON."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        """Give the body as bytes."""
        return b"" if self.body is None else orjson.dumps(self.body)


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault of the sandbox
    """An answer that ends a request early."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


Parts = Mapping[str, str]
Handler = Callable[[Request, Parts], Answer]


class Routes:
    """The calls of a service: method and path to handler, which is given the path's parts."""

    def __init__(self, *routes: tuple[str, str, Handler]) -> None:
        self._routes = [(method, _compile(path), handler) for method, path, handler in routes]

    def answer(self, request: Request) -> Answer:
        """Give the answer of the handler for a request: 404 without one, 405 for its method."""
        known = False
        for method, (pattern, convertors), handler in self._routes:
            found = pattern.match(request.path)
            if found is not None and method == request.method:
                given = found.groupdict()
                parts = {name: one.convert(given[name]) for name, one in convertors.items()}
                try:
                    return handler(request, parts)
                except Refused as refused:
                    return refused.answer
            known = known or found is not None
        return Answer(405 if known else 404)


@cache
def _compile(path: str) -> tuple[re.Pattern[str], Mapping[str, Convertor[Any]]]:
    """Give the pattern of a path of ours, and what its parts are read by; the same each time."""
    pattern, _, convertors = compile_path(path)
    return pattern, convertors
