"""Names of the mapping inside its sentences, made to stand out and to lead somewhere."""

from __future__ import annotations

import re

from engine.checked import CheckedSpec
from engine.handbook.blocks import Sayable, Text, code, say
from engine.handbook.missing import exception_anchor

# Only what no sentence holds by chance: with an underscore, in capitals, or mixed inside.
_NAME = re.compile(r"\b(?:[A-Za-z]+(?:_[A-Za-z0-9]+)+|[A-Z]{3,}|[a-z]+[A-Z][A-Za-z]*)\b")


def mark_names(checked: CheckedSpec, text: str) -> Text:
    """Give a sentence in which exceptions, sends, parameters and values are words of machines."""
    known = _known(checked)
    parts: list[Sayable] = []
    end = 0
    for found in _NAME.finditer(text):
        if found[0] in known:
            anchor = exception_anchor(found[0]) if found[0] in checked.spec.exceptions else ""
            parts += [text[end : found.start()], code(found[0], anchor)]
            end = found.end()
    return say("{}" * len(parts) + "{}", *parts, text[end:])


def _known(checked: CheckedSpec) -> frozenset[str]:
    spec = checked.spec
    values = (word for named in checked.names.values() for word in named.values or ())
    return frozenset({*spec.exceptions, *spec.send, *spec.params, *checked.names, *values})
