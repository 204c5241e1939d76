"""The glossary: the terms that the other sections use, and what the codes on the page mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.checked import CheckedSpec
from engine.handbook.blocks import (
    Block,
    Definitions,
    Heading,
    Paragraph,
    Section,
    Text,
    capital,
    code,
    plain,
    say,
    strong,
    texts_of,
)
from engine.handbook.sources import explain_codes, vendor_of
from engine.handbook.terms import list_terms
from engine.spec.condition import Cell, NoneOf, When, alternatives_of


def tell_glossary(checked: CheckedSpec, sections: Iterable[Section]) -> Section:
    """Give the section: only what stands in the sections is explained."""
    page = "\n".join(plain(text) for one in sections for text in texts_of(one.blocks))
    vendors = (checked.source.name.partition(".")[0], checked.target.name, "miradot")
    terms = [one for vendor in vendors for one in list_terms(vendor) if one.is_used(page)]
    found = sorted(terms, key=lambda one: one.name.lower())
    blocks: list[Block] = [
        Paragraph(
            say("The words of {}, {} and this page.", vendor_of(checked), checked.target.title)
        ),
        Definitions(tuple((say("{}", strong(one.name)), say("{}", one.says)) for one in found)),
    ]
    for title, items in (
        (f"Codes of {vendor_of(checked)}", tuple(_source_codes(checked))),
        (f"Statuses of {checked.target.title}", tuple(_statuses(checked))),
    ):
        if items:
            blocks += [Heading(title, title.lower().replace(" ", "-")), Definitions(items)]
    return Section("Glossary", tuple(blocks))


def _source_codes(checked: CheckedSpec) -> Iterator[tuple[Text, Text]]:
    """Give the codes that the mapping names, each with the lock's words for it."""
    for name, words in _codes_named(checked).items():
        for word, meaning in explain_codes(checked, checked.inputs.reads[name]).items():
            if word in words:
                yield say("{}", code(word)), say("{} ({})", capital(meaning), code(name))


def _codes_named(checked: CheckedSpec) -> dict[str, set[str]]:
    """Give the codes that conditions and reasons name, by the read they are codes of."""
    named: dict[str, set[str]] = {}
    for when in _conditions(checked):
        for name, cell in (pair for one in alternatives_of(when) for pair in one.items()):
            if name in checked.inputs.reads and checked.inputs.reads[name].read.type == "code":
                named.setdefault(name, set()).update(_words_of(checked, cell))
    money = checked.spec.money
    for total in money.totals.values() if money is not None else ():
        for name in total.where or ():
            named.setdefault(name, set()).update(total.leaves)
    return named


def _conditions(checked: CheckedSpec) -> Iterator[When | None]:
    spec = checked.spec
    yield from (send.when for send in spec.send.values())
    yield from (item.when for send in spec.send.values() for item in send.lists)
    yield from (total.where for total in (spec.money.totals.values() if spec.money else ()))
    yield spec.lifetime.only if spec.lifetime is not None else None


def _words_of(checked: CheckedSpec, cell: Cell) -> list[str]:
    said: object = cell.none_of if isinstance(cell, NoneOf) else cell
    if isinstance(said, str):
        said = checked.params.values.get(said.removeprefix("$"))
    return [str(word) for word in said] if isinstance(said, list) else []


def _statuses(checked: CheckedSpec) -> Iterator[tuple[Text, Text]]:
    if checked.spec.consent is not None:
        for one in checked.target.email_statuses:
            yield say("{}", code(one.code)), capital(one.meaning)
