"""What must never be planned, told from the order, Dotdigital's answers and the calls alone.

It shares nothing with the engine: neither its relay test, nor its reading of contacts, nor its
table. What a mapping declares (the answers that mean yes, the numbers that are for marketing) is
read from its plain data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MASKED = re.compile(r".*\*.*|.*xxxx.*|anon\+[0-9a-f]+@.*", re.IGNORECASE)
ERASED = {"deleted", "binned"}


@dataclass(frozen=True)
class Declared:
    """What a mapping says of its own words and numbers."""

    data: Mapping[str, Any]

    def value(self, said: Any) -> Any:
        if not isinstance(said, str) or not said.startswith("$"):
            return said
        param = self.data["params"][said[1:]]
        return param.get("default", param.get("example"))

    def marketing_lists(self) -> set[Any]:
        params = self.data["params"].values()
        given = {one["example"] for one in params if one.get("purpose") == "marketing"}
        return given - {one["example"] for one in params if one.get("purpose") == "service"}

    def yes(self) -> Iterator[tuple[str, set[str]]]:
        """Give, for each opt-in, the custom field of the answer and the texts that mean yes."""
        consent = self.data["consent"]
        for fact, words in consent.get("opt_in", {}).items():
            read = self.data["read"][consent["facts"][fact]]
            texts = {text for word in words for text in self.value(read["choices"][word])}
            yield self.value(read["custom_field"]), texts

    def is_relay(self, address: str) -> bool:
        domain = address.rpartition("@")[2].lower().strip().removesuffix(".")
        listed = self.value(self.data["identity"]["relay"]["domains"])
        known = ["notification.mirakl.net", *(one.lower() for one in listed)]
        under = any(domain == one or domain.endswith(f".{one}") for one in known)
        return under or MASKED.fullmatch(address.strip()) is not None


def custom(order: Mapping[str, Any], code: str) -> list[Any]:
    return [one["value"] for one in order["order_additional_fields"] if one["code"] == code]


def breaches(
    declared: Declared, order: Mapping[str, Any], answers: list[Any], record: Any
) -> Iterator[str]:
    """Tell whatever of the five promises a plan breaks."""
    by_id = {one["contactId"]: one for one in answers}
    subscribed: dict[str, str] = {}
    customer = order["customer"].get("customer_id")
    if record["calls"] and not (isinstance(customer, str) and customer.strip()):
        yield "calls for somebody without a customer id"
    for call in record["calls"]:
        body = call["body"]
        if call["operation"] == "contacts.create":
            yield from created_wrongly(declared, order, answers, body)
            if body["channelProperties"]["email"]["status"] == "subscribed":
                subscribed[call["send"]] = body["identifiers"]["email"]
            continue
        if "channelProperties" in body or "identifiers" in body or "status" in str(call["query"]):
            yield "a status or identifier of a contact that exists is written"
        yield from reached_wrongly(declared, by_id, subscribed, call)
        told = re.search(r"contactId/(\d+)", call["path"])
        known = by_id.get(int(told[1])) if told else None
        if known is not None and ERASED & {known.get("status"), email_status(known)}:
            yield "an erased contact is written to"
        if call["operation"] == "email.send_triggered":
            number = body["campaignId"]
            if number in declared.marketing_lists():
                yield "marketing through a service mail"


def created_wrongly(
    declared: Declared, order: Mapping[str, Any], answers: list[Any], body: Any
) -> Iterator[str]:
    email, status = body["identifiers"]["email"], body["channelProperties"]["email"]["status"]
    for one in answers:
        if address_of(one).lower() == email.lower():
            yield "somebody is created whom Dotdigital knows"
    if status not in ("subscribed", "unsubscribed"):
        yield f"created as {status}"
    marketed = declared.marketing_lists() & set(body.get("lists", []))
    if status != "subscribed":
        if marketed:
            yield "somebody who did not agree stands on a marketing list"
        return
    yield from subscribed_wrongly(declared, order, email, body)


def subscribed_wrongly(
    declared: Declared, order: Mapping[str, Any], email: str, body: Any
) -> Iterator[str]:
    if declared.is_relay(email):
        yield "a relay address is subscribed"
    asked = list(declared.yes())
    if not asked:
        yield "subscribed without being asked"
    for code, texts in asked:
        said = custom(order, code)
        if not said or not all(isinstance(one, str) and one.strip() in texts for one in said):
            yield f"subscribed though {code} was answered {said}"
    (proof,) = body.get("consentRecords", [{}])
    observed = {
        str(one["value"]).strip() for one in order["order_additional_fields"] if one["value"]
    }
    for part in ("ipAddress", "userAgent"):
        if proof.get(part) not in observed:
            yield f"{part} was observed by nobody"
    if not proof.get("text") or not proof.get("url") or not proof.get("dateTimeConsented"):
        yield "the consent record is not whole"


def reached_wrongly(
    declared: Declared, by_id: Mapping[Any, Any], subscribed: Mapping[str, str], call: Any
) -> Iterator[str]:
    """Tell marketing that reaches somebody who may not be marketed to."""
    body = call["body"]
    if call["operation"] == "programmes.enrol":
        (target,) = body["contacts"]
    elif declared.marketing_lists() & set(body.get("lists", [])):
        target = int(call["path"].rpartition("/")[2])
    else:
        return
    if isinstance(target, dict):
        email = subscribed.get(target["$answer"].removesuffix(".contactId"))
        if email is None or declared.is_relay(email):
            yield "marketing to somebody who was not created subscribed"
        return
    known = by_id[target]
    if email_status(known) != "subscribed" or known.get("status", "subscribed") != "subscribed":
        yield f"marketing to somebody who is {email_status(known)}, {known.get('status')}"
    if not address_of(known) or declared.is_relay(address_of(known)):
        yield "marketing to a relay address, or to nobody's"


def address_of(answer: Any) -> str:
    return str(answer.get("identifiers", {}).get("email") or "").strip()


def email_status(answer: Any) -> Any:
    return answer["channelProperties"].get("email", {}).get("status")
