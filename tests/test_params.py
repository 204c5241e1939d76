"""Parameters: each type in each place, told or run; values of every shape, never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.check import Checked, check_mapping
from engine.contacts import Contacts
from engine.mapping import compile_mapping
from engine.params import ParamError
from engine.shape import as_spec
from engine.spec.mapping import MappingSpec
from engine.spec.params import ParamValue
from engine.spec.places import WORDS, Found, find_references
from engine.text import Document, read_document
from tests.shipped import NOW, line, opted, order, refund

BASE = (Path(__file__).parent / "rules/base.yaml").read_bytes()
PROBES: dict[str, dict[str, Any]] = {
    "text": {"default": 'it\'s "so" {x} {{ y }} \\ % é'},
    "texts": {"default": ["it's", '"so"', "{x}", "\\", "{{ y }}"]},
    "integer": {"default": 5},
    "boolean": {"default": True},
    "choice": {"choices": ["a'\"{b}", "asked"], "default": "a'\"{b}"},
    "timezone": {"default": "Europe/Paris"},
    "list_id": {"purpose": "service", "default": 5},
    "programme_id": {"purpose": "marketing", "default": 5},
    "campaign_id": {"purpose": "marketing", "default": 5},
}
ORDERS = [
    {},
    order(),
    order(order_additional_fields=opted("true"), order_lines=[line(refunds=[refund(5.0)])]),
]
# Places that the base mapping fills with no parameter, so that every one of the grammar is tried.
MORE: list[tuple[tuple[str | int, ...], Any]] = [
    (("identity", "person", "scope"), "$probe"),
    (("read", "box", "choices", "NO"), "$probe"),
    (("consent", "evidence", "text"), "$probe"),
    (("lifetime", "only", "state"), {"none_of": "$probe"}),
    (("money", "totals", "lines.asked", "where"), {"state": "$probe"}),
    (("send", "record", "fields", "greeting"), "$probe"),
    (("send", "record", "fields", "products", "fields", "note"), "$probe"),
    (("send", "record", "to", "collection"), "$probe"),
    (("send", "create", "fields", "BRANDS"), "$probe"),
    (("text", "hello", "template"), "Hello {{ first }} {{ param.probe }}"),
    (("send", "record", "key"), ["order_id", "param.probe"]),
    (("send", "record", "fields", "note"), "param.probe"),
    (("send", "record", "to", "record"), "param.probe"),
    (("send", "record", "when", "param.probe"), ["asked"]),
    (("lifetime", "only", "param.probe"), {"none_of": ["asked"]}),
    (("money", "totals", "lines.asked", "where"), {"param.probe": ["asked"]}),
    (("consent", "facts", "box"), "param.probe"),
]


def read(raw: bytes) -> Document:
    document, problems = read_document(raw, "base.yaml")
    assert document is not None, problems
    return document


def with_probe(kind: str, pointer: tuple[str | int, ...], value: object) -> bytes:
    """Give the base mapping in which a parameter of some type stands in one place."""
    data: Any = orjson.loads(orjson.dumps(read(BASE).data))
    data["params"]["probe"] = {"type": kind, "about": "A parameter", **PROBES[kind]}
    holder = data
    for step in pointer[:-1]:
        holder = holder[step]
    holder[pointer[-1]] = value
    return orjson.dumps(data)


def places() -> Iterator[tuple[tuple[str | int, ...], Any]]:
    for found in find_references(as_spec(read(BASE), MappingSpec)):
        yield found.pointer, "$probe"
    yield from MORE


def run(checked: Checked) -> None:
    """Run what was checked; nothing may be raised, whatever the record is."""
    assert checked.spec is not None
    mapping = compile_mapping(checked.spec, masked=False)
    for made in ORDERS:
        assert mapping.apply(made, Contacts(asked=True), NOW)["outcome"]


@pytest.mark.parametrize("kind", PROBES)
@pytest.mark.parametrize(("pointer", "value"), list(places()), ids=lambda one: str(one)[:60])
def test_a_parameter_runs_where_it_fits_and_is_told_where_it_does_not(
    pointer: tuple[str | int, ...], value: Any, kind: str
) -> None:
    raw = with_probe(kind, pointer, value)
    fits = [one.types for one in references(raw) if one.name == "probe"]
    checked = check_mapping(raw, "probe.yaml", {})
    codes = [one.code for one in checked.problems if one.severity == "error"]
    in_words = b"param.probe" in raw
    if (fits and kind not in fits[0]) or (in_words and kind not in WORDS):
        assert codes == ["MD481"]
    elif checked.spec is not None:
        run(checked)
    else:
        assert codes


def references(raw: bytes) -> Iterator[Found]:
    return find_references(as_spec(read(raw), MappingSpec))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("optin_field", " "),
        ("optin_field", ["optin"]),
        ("relay_domains", "notification.mirakl.net"),
        ("relay_domains", []),
        ("relay_domains", [" "]),
        ("zone", "Europe/Londn"),
        ("zone", "../../etc/passwd"),
        ("basis", "askd"),
        ("offers", True),
        ("offers", -1),
        ("offers", "7"),
    ],
)
def test_a_value_of_another_shape_is_refused(name: str, value: ParamValue) -> None:
    with pytest.raises(ParamError, match=name):
        check_mapping(BASE, "base.yaml", {name: value})


@pytest.mark.parametrize("text", ["it's", '"', "{", "}}", "{{ x }}", "\\", "%s", "a\nb", "é" * 400])
def test_a_text_of_any_characters_runs(text: str) -> None:
    raw = BASE.replace(b"Hello {{ first }}", b"Hello {{ first }} {{ param.optin_field }}", 1)
    run(check_mapping(raw, "base.yaml", {"optin_field": text}))
