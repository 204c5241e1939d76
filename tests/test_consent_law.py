"""A mapping that validates keeps the five promises of consent, however it came about.

Shipped mappings are bent at random where consent, identity, sends and parameters stand; whatever
still validates is run over odd orders and odd answers, and judged by `tests/consent_oracle.py`.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.contacts import UNASKED, ContactError, read_contacts
from engine.egress import REFUSED
from engine.mapping import Mapping, compile_mapping
from engine.params import ParamError
from engine.runtime.people import person_key
from engine.text import read_document
from tests.consent_oracle import Declared, breaches
from tests.shipped import NOW, ORDERS, ROOT, opted, order

SHIPPED = [ORDERS, ROOT / "mappings/debenhams/shipments.yaml", ROOT / "tests/rules/base.yaml"]


def load(path: Path) -> dict[str, Any]:
    document, _ = read_document(path.read_bytes(), path.name)
    assert document is not None
    data: Any = document.data
    return {str(key): value for key, value in data.items()}


LOADED = [load(path) for path in SHIPPED]
STATUSES = ["noContact", "subscribed", "unsubscribed", "suppressed", "softBounced", "deleted"]
OUTCOMES = ["skip", "clear", "use guest", "use YES", "use TICKED", "use a@example.com"]
CELLS = [["yes"], ["no"], {"none_of": ["no"]}, {"none_of": ["yes"]}, "given", "missing", []]
FEW: list[list[Any]] = [
    ["marketing", "service"],
    ["any", "rest", ["real"], ["whole"], ["partial"], ["subscribed"], ["noContact"]],
    [*STATUSES, "binned", "pendingOptIn", "noSubscription"],
    ["once", "each_version"],
    ["TICKED", "NOT_TICKED", "NOT_ASKED", "UNCLEAR"],
    ["YES", "NO", "SILENT"],
    ["true", "yes", "false", "no", "TRUE", "", " ", "perhaps"],
    ["id", "text", "choice", "email", "url", "ip", "instant"],
    [True, False],
]
ADDRESSES = [
    "ada@example.com",
    "Ada@Example.com.",
    "bea@example.com",
    "r.x@notification.mirakl.net",
    "r.x@uk.notification.mirakl.net",
    "r.x@relay.example.org",
    "j***@example.com",
    "anon+3fa9@example.com",
    "no address",
    "",
    None,
    7,
]


def sections(data: dict[str, Any]) -> list[dict[str, Any] | list[Any]]:
    """Give every object and list inside the parts that are bent."""
    found: list[dict[str, Any] | list[Any]] = []
    waiting = [data[key] for key in ("identity", "consent", "send", "params") if key in data]
    reads = ("optin", "box", "customer_id", "customer", "contact_email", "notification_email")
    evidence = ("email", "optin_url", "optin_ip", "optin_agent", "page", "ip", "browser", "placed")
    waiting += [data["read"][one] for one in (*reads, *evidence) if one in data["read"]]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            found.append(one)
            waiting += one.values() if isinstance(one, dict) else one
    return found


def words_of(data: dict[str, Any]) -> list[Any]:
    """Give what may be put in place of a value: names, parameters, outcomes, cells, literals."""
    consent = data.get("consent", {"facts": {}, "rows": []})
    cells = [cell for row in consent["rows"] for cell in row["if"].values()]
    return [
        *data["read"],
        *(f"${name}" for name in data["params"]),
        *(f"param.{name}" for name in data["params"]),
        *(row["do"] for row in consent["rows"]),
        *(f"fail {code}" for code in data["exceptions"]),
        *data["exceptions"],
        *cells,
        *CELLS,
        *OUTCOMES,
        *(["any", "rest", True, False, "marketing", "service", 1001, 1002, "texts", "id", "text"]),
        *({"literal": one} for one in ("", "x", 1, 1001, "subscribed")),
        *("person", "address.email", "consent.status", "contacts.create", "contacts.update"),
        *("programmes.enrol", "email.send_triggered", "insert", "ConsentInsight"),
        *({"consent.may_market": cell} for cell in CELLS),
        *({"consent.decision": [one]} for one in ("leave", "add_subscribed", "add_unsubscribed")),
        *({"contact.status": [one]} for one in STATUSES),
        *({"address.kind": [one]} for one in ("real", "relay")),
        *([one] for one in (*STATUSES, "real", "relay", "TICKED", "YES", "NOT_TICKED", "whole")),
    ]


def kind_of(word: Any) -> str:
    """Say what a value is for, roughly: bent within its kind, a mapping may still validate."""
    if not isinstance(word, str):
        return type(word).__name__
    if word.startswith("$"):
        return "param"
    if re.match(r"(skip|clear|use .*|fail [A-Z_]+)$", word):
        return "outcome"
    if re.match(r"(add_|leave|hold )", word):
        return "decision"
    if re.fullmatch(r"[A-Z_]+", word):
        return "code"
    return "operation" if re.match(r"(contacts|programmes|email|insight)\.", word) else "name"


def alike(words: list[Any], old: Any) -> list[Any]:
    """Give the words of the kind that a value is of; a purpose, a cell and the like have few."""
    few = next((one for one in FEW if old in one), None)
    return [*few] if few else [one for one in words if kind_of(one) == kind_of(old)] or words


@st.composite
def bent(draw: st.DrawFn) -> dict[str, Any]:
    """Give a shipped mapping in which a few places are changed."""
    data: dict[str, Any] = deepcopy(draw(st.sampled_from(LOADED)))
    words = words_of(data)
    for _ in range(draw(st.integers(1, 3))):
        holder = draw(st.sampled_from(sections(data)))
        if not holder:
            continue
        how = draw(st.sampled_from(["put", "put", "put", "drop", "swap", "copy", "level"]))
        if how == "level":
            rule = data["exceptions"][draw(st.sampled_from(sorted(data["exceptions"])))]
            rule["level"] = draw(st.sampled_from(["hold", "note", "review"]))
        elif isinstance(holder, dict):
            bend_object(draw, holder, words, how)
        else:
            bend_list(draw, holder, words, how)
    return data


def bend_object(draw: st.DrawFn, holder: dict[str, Any], words: list[Any], how: str) -> None:
    key, other = draw(st.sampled_from(sorted(holder))), draw(st.sampled_from(sorted(holder)))
    if how == "drop":
        del holder[key]
    elif how == "swap":
        holder[key], holder[other] = holder[other], holder[key]
    elif how == "copy":
        holder[key] = deepcopy(holder[other])
    else:
        holder[key] = deepcopy(draw(st.sampled_from(alike(words, holder[key]))))


def bend_list(draw: st.DrawFn, holder: list[Any], words: list[Any], how: str) -> None:
    index, other = (draw(st.integers(0, len(holder) - 1)) for _ in range(2))
    if how == "drop":
        del holder[index]
    elif how == "swap":
        holder[index], holder[other] = holder[other], holder[index]
    elif how == "copy":
        holder.append(deepcopy(holder[other]))
    else:
        holder[index] = deepcopy(draw(st.sampled_from(alike(words, holder[index]))))


ANSWERS = [None, "true", "TRUE", " yes ", "false", "", "perhaps", True, 1, "true\n"]
PARTS = ["", "optin", "optin-page", "optin-ip", "optin-browser", "marketing-optin-ip"]


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    """Give an order whose buyer, address, answer and proof are odd."""
    answer = draw(st.sampled_from(ANSWERS))
    fields = opted("true") if draw(st.booleans()) else []
    for one in fields:
        if one["code"] == "marketing-optin":
            one["value"] = answer
    proof = {"optin": answer, "optin-page": "https://shop.example.com", "optin-ip": "192.0.2.9"}
    given = proof | {"optin-browser": "Example Browser", "contact-email": draw(addresses())}
    without = draw(st.sampled_from(PARTS))
    fields += [{"code": code, "type": "STRING", "value": one} for code, one in given.items()]
    customer = draw(st.sampled_from(["C-1", "C-2", "", "  ", None, 5]))
    return order(
        order_additional_fields=[one for one in fields if one["code"] != without],
        customer={"customer_id": customer, "firstname": "Ada", "lastname": "Thornbury"},
        customer_notification_email=draw(addresses()),
        order_state=draw(st.sampled_from(["SHIPPED", "SHIPPING", "RECEIVED"])),
    )


def addresses() -> st.SearchStrategy[Any]:
    return st.sampled_from(ADDRESSES)


@st.composite
def contacts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Give answers about up to three contacts."""
    statuses = st.sampled_from([*STATUSES, "binned", "pendingOptIn", "new", "", None, 3])
    persons = st.sampled_from([*keys(), "somebody", None])
    made = []
    for number in range(draw(st.integers(0, 3))):
        person, field = draw(persons), draw(st.sampled_from(["MIRAKL_PERSON", "PERSON"]))
        answer: dict[str, Any] = {
            "contactId": number + 1,
            "identifiers": {"email": draw(addresses())},
            "channelProperties": {"email": {"status": draw(statuses)}},
            "dataFields": {field: person} if person else {},
        }
        if draw(st.booleans()):
            answer["status"] = draw(statuses)
        made.append(answer)
    return made


def keys() -> list[str]:
    return [person_key(scope, one) for scope in ("debenhams", "shop") for one in ("C-1", "C-2")]


def check(data: dict[str, Any]) -> CheckedSpec | None:
    try:
        # JSON is YAML, and leaves no doubt about types.
        return check_mapping(json.dumps(data, indent=1).encode(), "bent.yaml", {}).spec
    except ParamError:
        return None


def judge(data: DataObject, mapping: Mapping, declared: Declared) -> None:
    """Run a mapping over a few odd orders and answers, and hold it to the promises."""
    persons: dict[str, str] = {}
    for _ in range(6):
        made, answers = data.draw(orders()), data.draw(contacts())
        try:
            known = read_contacts(answers, mapping.contact_form) if answers else UNASKED
        except ContactError:
            continue
        record = mapping.apply(made, known, NOW)
        assert list(breaches(declared, made, answers, record)) == []
        assert REFUSED not in [one["code"] for one in record["exceptions"]]
        if record["identity"] is not None:
            person = record["identity"]["person"]
            assert (
                persons.setdefault(person, made["customer"]["customer_id"])
                == (made["customer"]["customer_id"])
            )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(bent(), st.data())
def test_whatever_validates_keeps_the_promises(bent_data: dict[str, Any], data: DataObject) -> None:
    checked = check(bent_data)
    assume(checked is not None)
    assert checked is not None
    judge(data, compile_mapping(checked, masked=False), Declared(bent_data))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([0, 2]), st.data())
def test_shipped_mappings_keep_the_promises(which: int, data: DataObject) -> None:
    judge(data, SHIPPED_MAPPINGS[which], Declared(LOADED[which]))


def compiled(data: dict[str, Any]) -> Mapping:
    checked = check(data)
    assert checked is not None
    return compile_mapping(checked, masked=False)


SHIPPED_MAPPINGS = [compiled(data) for data in LOADED]
