"""Exceptions that delivery itself raises, beside those of the mapping; each with its owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.egress import REFUSED
from engine.plan import RaisedException
from engine.state.exceptions import UNKNOWN_OUTCOME, Raised


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind: what it means for the order, who answers for it, what to do."""

    level: str
    owner: str
    say: str
    do: str
    retry: str


CAUSES: Mapping[str, Cause] = {
    "CONTACT_GONE": Cause(
        "review",
        "data-protection",
        "The buyer of order {order} had a contact in Dotdigital that is gone; an order does not"
        " bring it back",
        "Find out whether the person was erased; if not, say so and let the order be planned again",
        "by_hand",
    ),
    "CONTACTS_DISAGREE": Cause(
        "review",
        "customer-care",
        "Dotdigital's answers about the buyer of order {order} contradict each other: {said}",
        "Compare the contacts in Dotdigital, then say whose order it is",
        "by_hand",
    ),
    "CONTACT_REFUSED": Cause(
        "hold",
        "customer-care",
        "Dotdigital refuses to tell of the buyer of order {order}: {said}",
        "Look at the buyer's address in Mirakl; correct it there if it is wrong",
        "when_record_changes",
    ),
    "UNREADABLE_ORDER": Cause(
        "hold",
        "engineering",
        "What Mirakl gave as an order cannot be read: {said}",
        "Look at the order in Mirakl, and report what came to Mirakl's support",
        "when_record_changes",
    ),
    "PERSON_CHANGED": Cause(
        "review",
        "customer-care",
        "Order {order} came with another customer than before",
        "Ask the operator whose order it is; figures stay with the first customer until then",
        "by_hand",
    ),
    REFUSED: Cause(
        "hold",
        "engineering",
        "The last look before sending refused a call of order {order}: {said}",
        "The mapping plans what the target lock does not allow; nothing has left",
        "when_mapping_changes",
    ),
    "REFUSED_BY_DOTDIGITAL": Cause(
        "reject",
        "engineering",
        "Dotdigital refused {send} of order {order}: {said}",
        "Read what Dotdigital says; correct the mapping, the account or the order, then replay",
        "when_mapping_changes",
    ),
    "NOT_DELIVERED": Cause(
        "review",
        "engineering",
        "Order {order} was not delivered in {attempts} attempts; it is tried again all the same",
        "Find in the log what fails; where only this order does, see what Dotdigital answers to it",
        "by_hand",
    ),
    UNKNOWN_OUTCOME: Cause(
        "review",
        "marketing-ops",
        "Nobody knows whether {send} of order {order} took effect; it is not sent again",
        "Look in Dotdigital whether it happened, and say so: it is then done, or sent once more",
        "by_hand",
    ),
}


def raise_cause(code: str, order_key: str, **words: object) -> Raised:
    """Give an exception of delivery's own."""
    cause = CAUSES[code]
    said = {"order": order_key, "send": "", "said": "", "attempts": "", **words}
    return Raised(
        code=code,
        level=cause.level,
        owner=cause.owner,
        message=cause.say.format(**said),
        place=str(words.get("send", "")),
        rule="",
        retry=cause.retry,
    )


def raised_by_mapping(exceptions: Iterable[RaisedException]) -> list[Raised]:
    """Give the exceptions of a plan that people have to see; notes are not among them."""
    return [
        Raised(
            code=one["code"],
            level=one["level"],
            owner=one["owner"],
            message=one["message"],
            place=one["at"],
            rule=one["rule"],
            retry=one["retry"],
        )
        for one in exceptions
        if one["level"] != "note"
    ]
