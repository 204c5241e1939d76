"""The proven consent table: every case with the row that decides it, and what holds for all.

For every mapping that validates, with every brand file that validates, every record (any JSON) and
every answer about contacts that can be read:

1. A call that creates a contact states its status. It is `subscribed` only where the answer in the
   opt-in's custom field is one of the opt-in answers, every part of the consent record is there in
   the record, the address is real, and the target knows no contact.
2. No call changes the status of a contact that exists.
3. Marketing reaches only a real address whose contact may be marketed to by the target's own
   status, or was created subscribed by the same plan; never anybody whose status is unknown.
4. Two customer ids never lead to one person key; a missing id or address always holds.
5. Whoever the target erased or blocked is never marketed to nor created again.

`engine/rules/` proves it of the mapping (`consent`, `consent_rows`, `evidence`, `identity`,
`guards`, `params`), `engine/contacts.py` sees to the answers, and `engine/egress.py` asks 1 to 3
and 5 once more of every plan. What the proof cannot follow, the rules refuse.

Not proved, because nobody but people can know: that a custom field holds the answer to the box,
that a text such as "yes" means yes, that a list declared for service is never mailed as marketing,
that two brands do not share one list, and that a domain nobody listed is no relay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.checked import CheckedSpec
from engine.published import publish
from engine.spec.consent import Consent, ConsentRow

_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class FactView(TypedDict):
    """One column of the table."""

    fact: str
    comes_from: Annotated[str, Field(description="The name whose value it is.")]
    values: Annotated[list[str], Field(description="Every value it can have.")]


@with_config(_CLOSED)
class RowView(TypedDict):
    """One row of the table."""

    row: Annotated[int, Field(ge=1, description="Its number, from the top.")]
    when: Annotated[dict[str, str], Field(description="Each fact's cell as people read it.")]
    decision: str
    may_market: bool
    because: str
    cases: Annotated[int, Field(ge=1, description="How many cases it decides.")]
    rule: Annotated[str, Field(description="The line of the mapping.")]


@with_config(_CLOSED)
class ConsentDocument(TypedDict):
    """A consent table that was proved."""

    schema: Literal["miradot/consent.v1"]
    mapping: str
    version: str
    channel: str
    facts: list[FactView]
    rows: list[RowView]
    cases: Annotated[int, Field(ge=1, description="How many combinations of values there are.")]
    proved: Annotated[list[str], Field(description="What holds for every order, in sentences.")]


def build_consent(checked: CheckedSpec) -> ConsentDocument | None:
    """Give the table of a checked mapping; None for a mapping that decides nothing of consent."""
    consent = checked.spec.consent
    if consent is None:
        return None
    hits = Counter(checked.consent_table.values())
    return {
        "schema": "miradot/consent.v1",
        "mapping": checked.spec.mapping,
        "version": checked.spec.version,
        "channel": consent.channel,
        "facts": [
            {"fact": fact, "comes_from": name, "values": list(checked.names[name].values or ())}
            for fact, name in consent.facts.items()
        ],
        "rows": [
            _row(checked, consent, row, index, hits[index])
            for index, row in enumerate(consent.rows)
        ],
        "cases": len(checked.consent_table),
        "proved": list(_claims(checked, consent)),
    }


def consent_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("consent.v1", TypeAdapter(ConsentDocument))


def _row(
    checked: CheckedSpec, consent: Consent, row: ConsentRow, index: int, cases: int
) -> RowView:
    return {
        "row": index + 1,
        "when": {fact: _cell(row.if_[fact]) for fact in consent.facts},
        "decision": row.do,
        "may_market": row.may_market,
        "because": row.because,
        "cases": cases,
        "rule": checked.line_of(("consent", "rows", index)),
    }


def _cell(cell: list[str] | str) -> str:
    if isinstance(cell, str):
        return "any" if cell == "any" else "all others"
    return ", ".join(cell)


def _claims(checked: CheckedSpec, consent: Consent) -> Iterator[str]:
    """Say what the rules proved; each sentence names what it rests on."""
    size = len(checked.consent_table)
    statuses = len(checked.target.email_statuses)
    yield (
        f"Each of the {size} cases is decided by exactly one row; they hold all {statuses} "
        f"statuses of {checked.target.title} and {checked.target.no_contact}."
    )
    yield (
        "A status that the target lock does not know decides nothing: the record is held as "
        f"{consent.unknown_status}."
    )
    yield from _identity_claims(checked)
    yield from _creation_claims(checked, consent)
    yield from _update_claims(checked)
    yield from _erasure_claims(checked)
    yield from _marketing_claims(checked)


def _identity_claims(checked: CheckedSpec) -> Iterator[str]:
    identity = checked.spec.identity
    if identity is None:
        return
    yield (
        f"Two values of {identity.person.from_} never give one person key; without one the record "
        f"is held as {identity.no_person}, without an address as {identity.no_address}."
    )
    known = ", ".join(checked.source.relay_domains)
    yield (
        f"Relay addresses are those at or under {known or 'no domain'} in every brand, those that "
        "the mapping adds, and masked ones; the address of the contact found counts as well."
    )


def _erasure_claims(checked: CheckedSpec) -> Iterator[str]:
    erased = [one.code for one in checked.target.email_statuses if one.erased]
    yield f"Whoever is {' or '.join(erased)} is held: nothing is created, updated or sent."


def _creation_claims(checked: CheckedSpec, consent: Consent) -> Iterator[str]:
    operations = checked.target.operations
    sends = checked.spec.send.items()
    creating = [name for name, one in sends if operations[one.operation].creates_contact]
    if not creating:
        yield "No call of this mapping creates a contact."
        return
    told = ", ".join(creating)
    yield f"A contact is created by {told} only, and always with its status stated."
    rows = [i + 1 for i, row in enumerate(consent.rows) if row.do == "add_subscribed"]
    if not rows:
        yield "Nobody is ever created as subscribed."
        return
    answers = " and ".join(
        f"{fact} is {' or '.join(values)}" for fact, values in consent.opt_in.items()
    )
    yield (
        f"Only row {', '.join(map(str, rows))} subscribes: {answers}, which no missing or blank "
        f"answer can mean; at a real address that {checked.target.title} does not know; with the "
        f"whole proof ({', '.join(consent.evidence)}), which goes along."
    )


def _update_claims(checked: CheckedSpec) -> Iterator[str]:
    operations = checked.target.operations
    sends = checked.spec.send.items()
    others = [name for name, one in sends if not operations[one.operation].states_status]
    yield (
        "Nothing changes the status of a contact that exists: rows that hit one leave it or hold, "
        f"and {', '.join(others) or 'no other call'} cannot state a status."
    )


def _marketing_claims(checked: CheckedSpec) -> Iterator[str]:
    params = checked.spec.params
    marketing = [name for name, one in params.items() if one.purpose == "marketing"]
    if marketing:
        marketable = [one.code for one in checked.target.email_statuses if one.marketable]
        yield (
            f"{', '.join(marketing)}: reached only at a real address, by a contact that "
            f"{checked.target.title} gives as {' or '.join(marketable)}, or that the same plan "
            "creates so; no number of theirs serves another purpose."
        )
