"""What the answer to one call of a plan means for a later one: `{"$answer": "send.member"}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ANSWER = "$answer"


class Unanswered(Exception):  # noqa: N818 - a call that has to wait, no fault
    """A call needs an answer that did not come."""


def fill_answers(body: object, answers: Mapping[str, object]) -> object:
    """Give a body with the members of earlier answers in their places; raises Unanswered.

    `answers` are the decoded bodies by the name of the send.
    """
    if isinstance(body, list):
        return [fill_answers(one, answers) for one in body]
    if not isinstance(body, dict):
        return body
    if body.keys() != {_ANSWER}:
        return {key: fill_answers(one, answers) for key, one in body.items()}
    send, _, member = str(body[_ANSWER]).partition(".")
    found: Any = answers.get(send)
    if not isinstance(found, dict) or found.get(member) is None:
        raise Unanswered(send)
    return found[member]
