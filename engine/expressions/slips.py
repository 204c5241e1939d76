"""What a broken path was meant to be: syntax errors in plain words."""

from __future__ import annotations

from itertools import pairwise

from engine.expressions.tree import BOUNDS_CODE, PathError, Token

_CLOSING = {"lbracket": "rbracket", "filter": "rbracket", "lbrace": "rbrace", "lparen": "rparen"}
_SIGNS = {"rbracket": "]", "rbrace": "}", "rparen": ")"}
_NAMES = frozenset({"unquoted_identifier", "quoted_identifier"})
_ENDS = _NAMES | {"literal", "number", "current", "star", "flatten", *_SIGNS}
_STARTS = _NAMES | {"literal", "number", "current", "not", "expref", "lbrace"}
_COMPARATORS = frozenset({"eq", "ne", "lt", "lte", "gt", "gte"})

_WORDS = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "is": "==",
    "eq": "==",
    "ne": "!=",
    "in": "contains(list, value)",
}
_NO_ARITHMETIC = "arithmetic lives in the money section"
_CHARACTERS = {
    "=": 'found "=", expected "==" to compare',
    "+": f'found "+", expected a path: {_NO_ARITHMETIC}',
    "-": f'found "-", expected a path: {_NO_ARITHMETIC}, and a name with a hyphen stands in double'
    ' quotes, as in "contact-email"',
    "/": f'found "/", expected "." to go down: {_NO_ARITHMETIC}',
    "%": f'found "%", expected a path: {_NO_ARITHMETIC}',
    "$": 'found "$", expected a path without it: paths have no names (no "let") and start at the'
    " value they are given",
    "'": "found a ' that is never closed, expected another ' after the text",
    '"': 'found a " that is never closed, expected another " after the name',
    "`": "found a ` that is never closed, expected another ` after the value",
    "?": 'found "?", expected "[?" to open a filter',
}
# Signs of other languages, by the character at which this one stops, told as a whole.
_FOREIGN = {
    "=>": 'found "=>", expected ">="',
    "=<": 'found "=<", expected "<="',
    "->": 'found "->", expected "." to go down',
    "??": 'found "??", expected "||"',
    "?.": 'found "?.", expected ".": a member of nothing is nothing, without an error',
}
_CURLY_QUOTES = "\u2018\u2019\u201c\u201d"


def explain_character(text: str, position: int) -> PathError:
    """Give the error for a character that begins no token."""
    sign = text[position]
    for foreign, message in _FOREIGN.items():
        if text.startswith(foreign, position):
            return PathError(message, position, position + len(foreign))
    if sign in "'\"`" and sign in text[position + 1 :]:
        return PathError(_explain_inside(sign), position, len(text))
    if sign in _CURLY_QUOTES:
        message = f"found the typographic quote {sign}, expected a straight ' around a text"
    elif sign.isalpha():
        message = (
            f"found {_quote(sign)}, expected a name in double quotes: only a-z, 0-9 and _ go bare"
        )
    else:
        message = _CHARACTERS.get(sign, f"found {sign!r}, expected the name of a field")
    end = len(text) if sign in "'\"`" else position + 1
    return PathError(message, position, end)


def _explain_inside(sign: str) -> str:
    if sign == "`":
        return "found a value in backticks that is no JSON, expected one such as `5` or `true`"
    if sign == '"':
        return "found an unknown escape in a name in double quotes, expected JSON's, such as \\n"
    return _CHARACTERS[sign]


def check_brackets(tokens: list[Token], deepest: int) -> None:
    """Refuse a bracket without its partner, and more than `deepest` of them inside each other."""
    opened: list[Token] = []
    for token in tokens:
        if token.kind in _CLOSING:
            opened.append(token)
            if len(opened) > deepest:
                message = f"found more than {deepest} brackets inside each other"
                raise PathError(message, token.start, token.end, code=BOUNDS_CODE)
        elif token.kind in _SIGNS:
            _close(opened, token)
    if opened:
        last = opened[-1]
        sign = _SIGNS[_CLOSING[last.kind]]
        message = f"found a {_quote(last.text)} that is never closed, expected a {_quote(sign)}"
        raise PathError(message, last.start, last.end)


def _close(opened: list[Token], token: Token) -> None:
    if not opened:
        message = f"found a {_quote(token.text)} that nothing opens"
        raise PathError(message, token.start, token.end)
    last = opened.pop()
    if _CLOSING[last.kind] != token.kind:
        sign = _SIGNS[_CLOSING[last.kind]]
        opening = _quote(last.text)
        message = f"found {_quote(token.text)}, expected {_quote(sign)} to close the {opening}"
        raise PathError(message, token.start, token.end)


def check_order(tokens: list[Token]) -> None:
    """Refuse two values side by side, a number that should be in backticks, a quoted function.

    jmespath lets a missing comma pass, so `not_null(a or b)` would read a field named `or`.
    """
    for before, token in pairwise(tokens):
        if before.kind in _ENDS and token.kind in _STARTS:
            raise _explain_neighbours(before, token)
        if before.kind in _COMPARATORS and token.kind == "number":
            message = f"found {_quote(token.text)}, expected a number in backticks: `{token.text}`"
            raise PathError(message, token.start, token.end)
        if before.kind == "quoted_identifier" and token.kind == "lparen":
            message = f'found {before.text} before "(", expected a function without quotes'
            raise PathError(message, before.start, before.end)
        if token.kind == "lparen" and before.kind in _ENDS - _NAMES:
            message = (
                f'found "(" after {_quote(before.text)}, expected the name of a function before it'
            )
            raise PathError(message, token.start, token.end)


def _explain_neighbours(before: Token, token: Token) -> PathError:
    for each in (before, token):
        word = each.text.lower()
        if each.kind == "unquoted_identifier" and word in _WORDS:
            message = f"found {_quote(each.text)}, expected {_quote(_WORDS[word])}"
            return PathError(message, each.start, each.end)
    if before.text == "let":
        message = 'found "let", expected a path: names are given under read, not inside paths'
        return PathError(message, before.start, before.end)
    if "star" in {before.kind, token.kind} or token.text.startswith("-"):
        return _refuse_arithmetic(before if before.kind == "star" else token)
    if token.kind == "lbrace":
        return PathError('found "{", expected ".{" to make an object', token.start, token.end)
    if token.kind == "expref":
        return PathError('found "&", expected "&&"', token.start, token.end)
    found = f"found {_quote(token.text)} right after {_quote(before.text)}"
    message = f"{found}, expected an operator or a comma"
    return PathError(message, token.start, token.end)


def _refuse_arithmetic(token: Token) -> PathError:
    message = f"found {_quote(token.text)}, expected a path: {_NO_ARITHMETIC}"
    return PathError(message, token.start, token.end)


def explain_token(tokens: list[Token], position: int) -> PathError:
    """Give the error for the token at `position`, where the parser had to stop."""
    index = next((i for i, token in enumerate(tokens) if token.start >= position), -1)
    token = tokens[index]
    if token.kind == "eof":
        last = tokens[-2]
        message = f"the path stops after {_quote(last.text)}, expected {_say_expected(last)}"
        return PathError(message, last.start, last.end)
    before = tokens[:index]
    if token.kind == "star" and before and before[-1].kind in _ENDS:
        return _refuse_arithmetic(token)
    return PathError(_say_found(token, before), token.start, token.end)


def _say_found(token: Token, before: list[Token]) -> str:
    if not before:
        return f"found {_quote(token.text)} at the start, expected {_say_start(token)}"
    last, opening = before[-1], before[-2].kind if before[1:] else ""
    if last.kind == "lbracket" and opening == "dot":
        return 'found ".[" before a number, expected "[" without the dot, as in lines[0]'
    if last.kind == "lbracket":
        return (
            f'found {_quote(token.text)} after "[", expected a number, "*" or ":";'
            " a member is reached by \".\", a choice by [?member == 'text']"
        )
    if opening == "lbrace" and token.kind != "colon":
        return f'found {_quote(token.text)} after {_quote(last.text)}, expected ":" and a path'
    return f"found {_quote(token.text)} after {_quote(last.text)}, expected {_say_expected(last)}"


def _quote(text: str) -> str:
    return text if text[:1] in {"'", '"'} else f'"{text}"'


def _say_start(token: Token) -> str:
    return "a number in backticks" if token.kind == "number" else "the name of a field"


def _say_expected(before: Token) -> str:
    if before.kind in _COMPARATORS:
        return "a value: 'text', `5` or a field"
    if before.kind == "dot":
        return 'a name, "*", "{" or "["; an element is taken without the dot, as in lines[0]'
    if before.kind in {"and", "or", "not", "pipe", "filter", "expref"}:
        return "a path after it"
    if before.kind == "number":
        return '"]" or ":"; a number as a value stands in backticks'
    return "an operator or the end" if before.kind in _ENDS else "a name or a value"
