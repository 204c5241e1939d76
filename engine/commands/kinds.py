"""Which kind of file one is, by its keys, so that a file in the wrong place is told in one line."""

from __future__ import annotations

from engine.problem import Failure
from engine.text import Document, read_document

_KINDS = {
    "cases": "a test file",
    "brand": "a brand file",
    "send": "a mapping",
    "statuses": "an account lock",
}


def name_kind(document: Document) -> str:
    """Give what a file is in words, such as `a brand file`, or nothing when its keys do not say."""
    data = document.data if isinstance(document.data, dict) else {}
    return next((kind for key, kind in _KINDS.items() if key in data), "")


def refuse_other(raw: bytes, path: str, wanted: str) -> None:
    """Raise Failure when a file is of another kind than the one wanted, such as `a mapping`."""
    document, _ = read_document(raw, path)
    kind = name_kind(document) if document is not None else ""
    if kind not in ("", wanted):
        raise Failure(f'"{path}" is {kind}, and {wanted} is wanted here')
