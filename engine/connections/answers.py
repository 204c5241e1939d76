"""Dotdigital's answers told apart: five outcomes, and two reasons to stop at once."""

from __future__ import annotations

import re
from typing import TypeGuard

import orjson

from engine.connections.outcomes import Done, Failed, Outcome, Refused, Throttled, Unknown
from engine.connections.waits import LONGEST_WAIT, read_wait
from engine.connections.wire import Got
from engine.connections.words import plain

_TOKEN = re.compile(r"\bERROR_[A-Z0-9_]{1,80}")
_TOO_MANY, _TIMED_OUT, _TOO_LONG = 429, 408, 413
# What version 2 of the API answers with 400 and means "later": no call of these did anything.
_LATER = frozenset(
    {
        "ERROR_APIUSAGE_EXCEEDED",
        "ERROR_IMPORT_TOOMANYACTIVEIMPORTS",
        "ERROR_ADDRESSBOOK_IN_USE",
        "ERROR_SYSTEM_SERVICETEMPORARILYUNAVAILABLE",
    }
)
_SEE = (
    "see MIRADOT_DOTDIGITAL_USER and MIRADOT_DOTDIGITAL_PASSWORD, and whether"
    " MIRADOT_DOTDIGITAL_URL is the account's region"
)
_NEXT_HOUR = "ERROR_ENROLMENT_ALLOWANCE_EXCEEDED"


class StopError(Exception):
    """Something that stops all delivery until somebody looked; no order is at fault."""


class DeniedError(StopError):
    """The API user is refused, is not allowed to do this, or calls the wrong region."""


class UnsafeAnswerError(StopError):
    """Dotdigital did what miradot relies on it never to do."""


def classify(got: Got, *, idempotent: bool) -> Outcome:
    """Give what became of a request; DeniedError for 401 and 403."""
    if got.status in (401, 403):
        said = "does not know the API user" if got.status == 401 else "does not allow it"  # noqa: PLR2004
        raise DeniedError(f"Dotdigital {said} ({got.status}); {_SEE}")
    if 200 <= got.status < 300:  # noqa: PLR2004 - HTTP's own numbers
        return _taken(got, idempotent=idempotent)
    if got.status == _TOO_MANY:
        return Throttled(read_wait(got.headers))
    if 400 <= got.status < 500 and got.status != _TIMED_OUT:  # noqa: PLR2004
        code, said = _words(got.body)
        # Without a word of the API, something on the way spoke, such as a proxy.
        if code or said or got.status == _TOO_LONG:
            return _refused(got, code, said)
    return in_doubt(f"Dotdigital answered {got.status}", got.status, idempotent=idempotent)


def in_doubt(why: str, status: int = 0, *, idempotent: bool) -> Failed | Unknown:
    """Give the outcome of a request that may have been done, which matters only if it adds up."""
    return Failed(why, doubtful=True, status=status) if idempotent else Unknown(why, status)


def is_missing(outcome: Outcome) -> TypeGuard[Refused]:
    """Say whether Dotdigital itself answered that something is not there."""
    return (
        isinstance(outcome, Refused)
        and outcome.status == 404  # noqa: PLR2004
        and outcome.code.endswith("NotFound")
    )


def _taken(got: Got, *, idempotent: bool) -> Outcome:
    if not got.body.strip():
        return Done(got.status)
    try:
        body = orjson.loads(got.body)
    except orjson.JSONDecodeError:
        return in_doubt(
            f"an answer {got.status} that is not JSON", got.status, idempotent=idempotent
        )
    if isinstance(body, dict) and "errorCode" in body:
        return in_doubt(
            f"an answer {got.status} that tells an error", got.status, idempotent=idempotent
        )
    return Done(got.status, body)


def _refused(got: Got, code: str, said: str) -> Outcome:
    """Tell a definite no from one that only holds for now."""
    if code == _NEXT_HOUR:
        return Throttled(LONGEST_WAIT)
    if code in _LATER:
        return Throttled(read_wait(got.headers))
    return Refused(got.status, code, said)


def _words(body: bytes) -> tuple[str, str]:
    """Give the code and the words of an error in either version; empty where there are none."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "", ""
    if not isinstance(told, dict):
        return "", ""
    code, message = plain(told.get("errorCode")), plain(told.get("message"))
    token = _TOKEN.search(message)
    said = plain(told.get("description")) or message
    return code or (token[0] if token else ""), said
