"""The elements of one long JSON array, cut out of its bytes without decoding the whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

# A whole text, the start of one that goes on beyond the bytes at hand, or a structural mark.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|["{}\[\],]', re.DOTALL)
_BLOCK = 1 << 20
_LONGEST_OPENING = 256
_OPENING, _CLOSING = b"{[", b"}]"


class ArrayError(ValueError):
    """The array ends or nests wrongly; the message says where."""


def scan_elements(
    stream: BinaryIO, head: bytes, envelope: str, *, block_size: int = _BLOCK
) -> Iterator[bytes]:
    """Give the bytes of each element of an array, or of the array under the member `envelope`.

    `head` was read from the stream before. Strings and nesting are tracked, nothing is decoded, so
    an element that is broken inside does not hide the others. Raises ArrayError when the array
    itself is cut off or closed wrongly.
    """
    scan = _Scan(envelope.encode())
    block = head
    while block:
        yield from scan.feed(block)
        if scan.done:
            scan.look_behind(stream, block_size)
            return
        block = stream.read(block_size)
    raise ArrayError(f"the text ends inside the list, after {scan.given} complete records")


class _Scan:
    """The state of one scan: `depth` counts open brackets, `inside` the depth of the array."""

    def __init__(self, envelope: bytes) -> None:
        self.done = False
        self.given = 0
        self._opening = re.compile(rb'"' + re.escape(envelope) + rb'"\s*:\s*\[')
        self._rest = b""
        self._depth = 0
        self._position = 0
        self._started = False

    def look_behind(self, stream: BinaryIO, block_size: int) -> None:
        """Read to the end for a second array, whose records would be lost in silence."""
        text = self._rest
        while text:
            if self._opening.search(text):
                raise ArrayError(f"a second list of records begins after {self.given} records")
            block = stream.read(block_size)
            text = text[-_LONGEST_OPENING:] + block if block else b""

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Take one more block and give the elements that it completes."""
        self._rest += block
        if not self._started and not self._find_start():
            return
        yield from self._cut()

    def _find_start(self) -> bool:
        text = self._rest.lstrip()
        if text[:1] == b"[":
            self._rest = text[1:]
        else:
            found = self._opening.search(text)
            if found is None:
                return False
            self._rest = text[found.end() :]
        self._started = True
        return True

    def _cut(self) -> Iterator[bytes]:
        text, start, end = self._rest, 0, len(self._rest)
        for found in _TOKEN.finditer(text, self._position):
            mark = found[0]
            if mark == b'"':
                end = found.start()
                break
            if self._ends_element(mark):
                element = text[start : found.start()].strip()
                start = found.end()
                if element or mark == b",":
                    self.given += 1
                    yield element
                if mark == b"]":
                    self.done = True
                    self._rest = text[found.end() :]
                    return
        self._rest = text[start:]
        self._position = end - start

    def _ends_element(self, mark: bytes) -> bool:
        """Follow the nesting; whether this mark stands between elements or closes the array."""
        if len(mark) > 1:
            return False
        if mark in _OPENING:
            self._depth += 1
            return False
        if self._depth:
            self._depth -= mark in _CLOSING
            return False
        if mark == b"}":
            raise ArrayError(f"a bracket is closed wrongly after {self.given} records")
        return True
