"""From bytes to text: UTF-8 only, and no character that a reviewer cannot see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from engine.problem import Problem
from engine.yaml12.source import Source

MAX_BYTES = 256 * 1024
_MOST_REPORTED = 20
_QUOTED_LENGTH = 60
_BYTE_ORDER_MARK = "\ufeff"
_REPLACEMENT = "\ufffd"

# YAML 1.1 ends a line at each of these, YAML 1.2 and editors do not (a lone CR: some do): a
# comment for one reader would be a live key for another.
_ODD_BREAKS = {
    "\r": "carriage return without line feed",
    "\x85": "U+0085 NEXT LINE",
    "\u2028": "U+2028 LINE SEPARATOR",
    "\u2029": "U+2029 PARAGRAPH SEPARATOR",
}
_SUSPECTS = re.compile(r"[^\t\n\r\x20-\x7e]|\r(?!\n)")
_UNSEEN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
# Drawn as nothing or as a blank, though their category is letter, mark, symbol or unassigned:
# Unicode's Default_Ignorable_Code_Point less the categories above, and the empty Braille cell.
_UNSEEN_OTHERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufdd0-\ufdef"
    "\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_NOT_A_CHARACTER = 0xFFFE
_EMOJI_SELECTORS = {"\ufe0e", "\ufe0f"}


def decode_text(raw: bytes, path: str) -> tuple[Source, list[Problem]]:
    """Give the text of a file and what is wrong with its bytes and characters.

    A byte order mark at the very start is left out, as editors do. When there are problems, the
    text has U+FFFD for each character refused, so that it is safe to print.
    """
    if len(raw) > MAX_BYTES:
        return _refuse_size(raw, path)
    raw = raw.removeprefix(_BYTE_ORDER_MARK.encode())
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return _refuse_encoding(raw, path, error)
    return _refuse_characters(text, path)


def is_unseen(character: str) -> bool:
    """Tell whether a character is drawn as nothing, as an odd blank, or commands the terminal."""
    return character != " " and (
        unicodedata.category(character) in _UNSEEN_CATEGORIES
        or _UNSEEN_OTHERS.match(character) is not None
        or ord(character) & _NOT_A_CHARACTER == _NOT_A_CHARACTER
    )


def quote(text: str) -> str:
    r"""Give the text in double quotes, cut short when long, unseen characters as `\u200b`."""
    if len(text) > _QUOTED_LENGTH:
        text = text[: _QUOTED_LENGTH - 3] + "..."
    shown = (ascii(c)[1:-1] if is_unseen(c) else c for c in text)
    return f'"{"".join(shown)}"'


def _refuse_size(raw: bytes, path: str) -> tuple[Source, list[Problem]]:
    start = raw[:200].removeprefix(_BYTE_ORDER_MARK.encode()).decode(errors="replace")
    source = _clean(start, path)
    message = f"the file has more than {MAX_BYTES:,} bytes"
    return source, [source.problem("MD101", message, source.place(0, 0))]


def _refuse_encoding(
    raw: bytes, path: str, error: UnicodeDecodeError
) -> tuple[Source, list[Problem]]:
    source = _clean(raw.decode(errors="replace"), path)
    index = len(raw[: error.start].decode())
    message = f"byte 0x{raw[error.start]:02X} is not UTF-8"
    place = source.place(index, index + 1)
    return source, [source.problem("MD102", message, place, "save the file as UTF-8")]


def _refuse_characters(text: str, path: str) -> tuple[Source, list[Problem]]:
    refused = list(_find_refused(text))
    if not refused:
        return Source(path, text), []
    source = _clean(text, path)
    problems = [_refuse_character(source, text[i], i) for i in refused[:_MOST_REPORTED]]
    return source, problems


def _refuse_character(source: Source, character: str, index: int) -> Problem:
    place = source.place(index, index + 1)
    if character == _BYTE_ORDER_MARK:
        return source.problem("MD103", "byte order mark U+FEFF inside the file", place, "delete it")
    if character in _ODD_BREAKS:
        message = f"{_ODD_BREAKS[character]} is no line break here"
        return source.problem("MD105", message, place, "end lines with LF or CRLF")
    name = unicodedata.name(character, "control character")
    message = f"U+{ord(character):04X} {name} cannot be seen in the text"
    way_out = f'delete it, or write "{ascii(character)[1:-1]}" in a double-quoted text'
    return source.problem("MD104", message, place, way_out)


def _find_refused(text: str) -> Iterator[int]:
    for match in _SUSPECTS.finditer(text):
        character, index = match[0], match.start()
        if is_unseen(character) and not _selects_emoji(text, index):
            yield index


def _selects_emoji(text: str, index: int) -> bool:
    """Tell whether the character only chooses how the symbol before it is drawn."""
    before = text[index - 1 : index]
    return text[index] in _EMOJI_SELECTORS and unicodedata.category(before or " ")[0] == "S"


def _clean(text: str, path: str) -> Source:
    refused = set(_find_refused(text))
    return Source(path, "".join(_REPLACEMENT if i in refused else c for i, c in enumerate(text)))
