"""Removing a key with its value from a text; its comments stay where they are."""

from __future__ import annotations

from engine.edits.marks import Marks
from engine.text import Pointer


def remove_key(marks: Marks, at: Pointer) -> str:
    """Give the text without a key and its value."""
    holder = marks.document.value_at(at[:-1])
    siblings = list(holder) if isinstance(holder, dict) else []
    if marks.is_flow(at[:-1]):
        return _remove_flow(marks, at, siblings)
    if len(siblings) == 1:
        return _remove_only(marks, at)
    start = marks.key(at).start
    if marks.text[marks.line_start(start) : start].strip(" "):
        return _remove_first_of_item(marks, at, siblings)
    return _remove_lines(marks, at)


def _remove_lines(marks: Marks, at: Pointer) -> str:
    """Remove the lines of a key in a block; comments that stood in them get lines of their own."""
    start, end = marks.key(at).start, _last(marks, at)
    line, rest = marks.line_start(start), marks.next_line(end)
    comments = marks.comments_in(start, rest)
    margin = marks.text[line:start]
    kept = "".join(f"{margin}{comment}{marks.newline}" for comment in comments)
    return marks.text[:line] + kept + marks.text[rest:]


def _remove_only(marks: Marks, at: Pointer) -> str:
    """Remove the only key of a block, of which `{}` is left."""
    start, end = marks.key(at).start, _last(marks, at)
    parent = at[:-1]
    if parent not in marks.document.keys:  # an item of a list, which shares its line
        comments = marks.comments_in(start, marks.line_end(end) + 1)
        kept = "".join(f" {one}{marks.newline}" for one in comments).rstrip("\r\n")
        return marks.text[:start] + "{}" + kept + marks.text[marks.line_end(end) :]
    colon = marks.text.index(":", marks.key(parent).end) + 1
    cut = _remove_lines(marks, at)
    return f"{cut[:colon]} {{}}{cut[colon:]}"


def _remove_first_of_item(marks: Marks, at: Pointer, siblings: list[str]) -> str:
    """Remove the first key of `- a: 1`: the next one takes its place, comments go above."""
    start = marks.key(at).start
    following = marks.key((*at[:-1], siblings[1])).start
    line = marks.line_start(start)
    margin = " " * (marks.text.index("-", line) - line)
    comments = marks.comments_in(start, following)
    kept = "".join(f"{margin}{comment}{marks.newline}" for comment in comments)
    return marks.text[:line] + kept + marks.text[line:start] + marks.text[following:]


def _remove_flow(marks: Marks, at: Pointer, siblings: list[str]) -> str:
    """Remove an entry in braces, with the comma that it no longer needs."""
    start, end = marks.key(at).start, marks.value(at).end
    index = siblings.index(str(at[-1]))
    border = marks.value(at[:-1]).end
    if index + 1 < len(siblings):
        border = marks.key((*at[:-1], siblings[index + 1])).start
    kept = _keep_comments(marks, start, end)
    comma = marks.find_outside_comments(",", end, border)
    if comma >= 0:
        between = marks.text[end:comma]
        rest = marks.text[comma + 1 :]
        if not between.strip():
            between, rest = "", rest.lstrip(" ")
            # A comment is one only behind a blank.
            rest = f" {rest}" if rest.startswith("#") and not kept else rest
        return marks.text[:start] + kept + between + rest
    if index == 0:
        return marks.text[:start] + kept + marks.text[end:]
    before = marks.value((*at[:-1], siblings[index - 1])).end
    comma = marks.find_outside_comments(",", before, start)
    between = marks.text[comma + 1 : start]
    return marks.text[:comma] + (between if between.strip() else "") + kept + marks.text[end:]


def _keep_comments(marks: Marks, start: int, end: int) -> str:
    comments = marks.comments_in(start, end)
    return "".join(f" {comment}{marks.newline} " for comment in comments)


def _last(marks: Marks, at: Pointer) -> int:
    """Give the last character of a value, or of its key where the value is empty."""
    return max(marks.value(at).end - 1, marks.key(at).start)
