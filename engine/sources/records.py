"""Records out of JSON bytes: one record, a page, an array, or one record a line (NDJSON)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from engine.sources.decoding import DecodeError, Doubled, decode, find_doubled
from engine.sources.scanner import ArrayError, scan_elements

Record = dict[str, object]

# Up to here a page is decoded at once; longer ones are cut up while they are read.
_WHOLE = 32 << 20
_LONGEST_LINE = 16 << 20
_ERROR_MEMBERS = frozenset({"message", "status", "error", "code"})
_KINDS = {str: "a text", int: "a number", float: "a number", bool: "true or false", list: "a list"}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that stands where a record should: `where`, and one sentence that says what."""

    where: str
    message: str
    whole_file: bool = False


Item = tuple[str, Record] | Unreadable


def read_records(stream: BinaryIO, envelope: str) -> Iterator[Item]:
    """Give every record with where it stood, or what stands in its place; nothing is raised.

    `envelope` is the member that holds the records of a page, such as `orders`. NDJSON is read
    line by line. A record that is broken inside does not stop the others.
    """
    first = _first_line(stream)
    fault = _fault_of(first)
    if fault:
        yield Unreadable("the file", fault, whole_file=True)
        return
    if _is_whole(first):
        second = _next_line(stream)
        if second:
            yield from _read_lines(stream, [first, second], envelope)
        else:
            yield from _read_line(first, "record 1", envelope)
        return
    yield from _read_document(stream, first, envelope)


def _first_line(stream: BinaryIO) -> bytes:
    """Give the first line that is not blank, without a byte order mark."""
    line = stream.readline(_LONGEST_LINE).removeprefix(b"\xef\xbb\xbf")
    while line and not line.strip():
        line = stream.readline(_LONGEST_LINE)
    return line


def _next_line(stream: BinaryIO) -> bytes:
    line = stream.readline(_LONGEST_LINE)
    while line and not line.strip():
        line = stream.readline(_LONGEST_LINE)
    return line


def _fault_of(head: bytes) -> str:
    """Say what is wrong with input that cannot hold any record at all."""
    text = head.strip()
    if not text:
        return "it is empty"
    if text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in text[:4]:
        return "it is UTF-16 text; save it as UTF-8"
    if text[:1] == b"<":
        return f"this is an HTML page, not JSON: it begins with {_excerpt(text)}"
    if text[:1] in b"{[":
        return ""
    try:
        value, _ = decode(text)
    except DecodeError:
        return f"this is not JSON: it begins with {_excerpt(text)}"
    return f"a record is an object, this is {_kind(value)}"


def _excerpt(text: bytes) -> str:
    """Give the first letters of something that is no payload, safe to print."""
    shown = text[:20].decode("utf-8", "replace").split("@")[0]
    return '"' + "".join(letter if letter.isprintable() else " " for letter in shown) + '"'


def _kind(value: object) -> str:
    return "null" if value is None else _KINDS.get(type(value), "an object")


def _is_whole(line: bytes) -> bool:
    """Whether a line is an object by itself, as NDJSON has it (or as a page on one line)."""
    text = line.strip()
    return text[:1] == b"{" and text[-1:] == b"}"


def _read_lines(stream: BinaryIO, lines: list[bytes], envelope: str) -> Iterator[Item]:
    number = 0
    while True:
        line = lines.pop(0) if lines else stream.readline(_LONGEST_LINE)
        if not line:
            return
        number += 1
        where = f"line {number}"
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            _skip_line(stream)
            yield Unreadable(where, "it is longer than 16 MiB")
        elif not line.isspace():
            try:
                value, doubled = decode(line)
            except DecodeError as error:
                yield Unreadable(where, f"it is not JSON: {error}")
                continue
            # The usual case first: the loop runs once per record.
            if type(value) is dict and envelope not in value and not doubled:
                yield _record_or_error(value, where)
            else:
                yield from _refuse_doubled(_read_value(value, where, envelope), doubled=doubled)


def _skip_line(stream: BinaryIO) -> None:
    line = stream.readline(_LONGEST_LINE)
    while len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
        line = stream.readline(_LONGEST_LINE)


def _read_line(line: bytes, where: str, envelope: str) -> Iterator[Item]:
    try:
        value, doubled = decode(line)
    except DecodeError as error:
        if envelope.encode() in line:
            yield from _scan(BytesIO(), line, envelope)
        else:
            yield Unreadable(where, f"it is not JSON: {error}", whole_file=True)
        return
    yield from _refuse_doubled(_read_value(value, where, envelope), doubled=doubled)


def _refuse_doubled(items: Iterator[Item], *, doubled: bool) -> Iterator[Item]:
    """Give the items, with a sentence in place of each record in which a key stands twice."""
    for item in items:
        key = find_doubled(item[1]) if doubled and not isinstance(item, Unreadable) else ""
        if key and not isinstance(item, Unreadable):
            yield Unreadable(item[0], f'the key "{_printable(key)}" stands twice in one object')
        else:
            yield item


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text[:40])


def _read_value(value: object, where: str, envelope: str) -> Iterator[Item]:
    """Give the records of a decoded value: itself, its envelope's, or the array's."""
    if isinstance(value, Doubled) and envelope in value.doubled:
        yield Unreadable(where, f'"{envelope}" stands twice, so records would be lost')
    elif isinstance(value, dict) and envelope in value:
        inner = value[envelope]
        if isinstance(inner, list):
            prefix = f"{where}, {envelope}" if where.startswith("line") else envelope
            for index, element in enumerate(inner):
                yield _as_record(element, f"{prefix}[{index}]")
            return
        yield Unreadable(where, f'"{envelope}" is not a list but {_kind(inner)}')
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield _as_record(element, f"[{index}]")
    else:
        yield _as_record(value, where)


def _as_record(value: object, where: str) -> Item:
    if isinstance(value, dict):
        return _record_or_error(value, where)
    return Unreadable(where, f"a record is an object, this is {_kind(value)}")


def _record_or_error(value: Record, where: str) -> Item:
    if len(value) <= len(_ERROR_MEMBERS) and "message" in value and value.keys() <= _ERROR_MEMBERS:
        status = value.get("status")
        code = f" (status {status})" if isinstance(status, int) else ""
        return Unreadable(where, f"the source answered with an error, not with records{code}")
    return (where, value)


def _read_document(stream: BinaryIO, first: bytes, envelope: str) -> Iterator[Item]:
    """Read one JSON text over many lines: at once when it is short and whole, else by scanning."""
    text = first + stream.read(_WHOLE)
    if len(text) < _WHOLE:
        try:
            value, doubled = decode(text)
        except DecodeError as error:
            if not _has_array(text, envelope):
                yield from _read_broken_lines(text, envelope, str(error))
                return
        else:
            yield from _refuse_doubled(_read_value(value, "record 1", envelope), doubled=doubled)
            return
    yield from _scan(stream, text, envelope)


def _has_array(text: bytes, envelope: str) -> bool:
    return text.lstrip()[:1] == b"[" or f'"{envelope}"'.encode() in text


def _read_broken_lines(text: bytes, envelope: str, reason: str) -> Iterator[Item]:
    """Read NDJSON whose first line is broken; when no line is whole, the file is refused."""
    lines = [line for line in text.split(b"\n") if line.strip()]
    if not any(_is_whole(line) for line in lines[1:]):
        yield Unreadable("the file", f"it is not JSON: {reason}", whole_file=True)
        return
    for number, line in enumerate(lines, 1):
        for item in _read_line(line, f"line {number}", envelope):
            yield Unreadable(item.where, item.message) if isinstance(item, Unreadable) else item


def _scan(stream: BinaryIO, head: bytes, envelope: str) -> Iterator[Item]:
    prefix = "" if head.lstrip()[:1] == b"[" else envelope
    number = 0
    try:
        for element in scan_elements(stream, head, envelope):
            where = f"{prefix}[{number}]"
            number += 1
            try:
                value, doubled = decode(element)
            except DecodeError as error:
                yield Unreadable(where, f"it is not JSON: {error}")
            else:
                yield from _refuse_doubled(iter([_as_record(value, where)]), doubled=doubled)
    except ArrayError as error:
        yield Unreadable("the file", f"it is not whole JSON: {error}", whole_file=True)
