"""Consent: the table is whole, nothing hits twice, no row widens what Dotdigital has said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product

from engine.names import IDENTITY
from engine.nearest import suggest
from engine.rules.consent_rows import ADDRESS, STATUS, RowCheck, check_opt_in, is_decidable
from engine.rules.subject import Subject
from engine.rules.witness import tell_witness
from engine.spec.consent import Consent
from engine.text import Pointer

# A table beyond this is no longer one that people read.
_MOST_CASES = 20_000


def check_consent(subject: Subject) -> None:
    """Check the table; note, for each case of the facts, the row that hits and is not refused."""
    consent = subject.spec.consent
    if consent is None:
        return
    subject.holds(consent.unknown_status, ("consent", "unknown_status"))
    check_opt_in(subject, consent)
    domains = _domains(subject, consent)
    if domains is None:
        return
    sets = [_row_values(subject, consent, domains, index) for index in range(len(consent.rows))]
    if any(one is None for one in sets):
        return
    rows = [one for one in sets if one is not None]
    refused: set[int] = set()
    for index, row in enumerate(consent.rows):
        before = subject.problems.errors
        RowCheck(subject, consent, row, rows[index], ("consent", "rows", index)).check()
        if subject.problems.errors > before:
            refused.add(index)
    table = _fill_table(subject, consent, domains, rows, refused)
    subject.consent_table = {case: row for case, row in table.items() if row not in refused}


def _domains(subject: Subject, consent: Consent) -> dict[str, tuple[str, ...]] | None:
    domains: dict[str, tuple[str, ...]] = {}
    for fact, reference in consent.facts.items():
        at: Pointer = ("consent", "facts", fact)
        named = subject.name(reference, at)
        if named is None or not subject.known_by(IDENTITY, named, at):
            continue
        if named.values is None or not is_decidable(named) or named.level or named.optional:
            subject.problems.report(
                "MD440",
                at,
                f'"{reference}" has no fixed set of values that is always known',
                help="a fact is contact.status, address.kind, or a read of type choice or code",
            )
            continue
        first = next(other for other, name in consent.facts.items() if name == reference)
        if first != fact:
            subject.problems.report(
                "MD476",
                at,
                f'"{first}" and "{fact}" are one fact: both come from {reference}',
                effect="most cases of the table could never occur",
                help="leave one of them out",
            )
            continue
        domains[fact] = named.values
    for needed in (STATUS, ADDRESS):
        if needed not in consent.facts.values():
            subject.problems.report(
                "MD440", ("consent", "facts"), f"the table must look at {needed}", at_key=True
            )
    size = 1
    for values in domains.values():
        size *= len(values)
    if size > _MOST_CASES:
        subject.problems.report("MD440", ("consent", "facts"), f"the table has {size} cases")
        return None
    complete = len(domains) == len(consent.facts)
    needed_facts = {STATUS, ADDRESS} <= set(consent.facts.values())
    return domains if complete and needed_facts else None


def _row_values(
    subject: Subject, consent: Consent, domains: Mapping[str, tuple[str, ...]], index: int
) -> dict[str, frozenset[str]] | None:
    """Give the values of each fact a row hits, or None when the row is at fault."""
    row, pointer = consent.rows[index], ("consent", "rows", index, "if")
    for fact in row.if_:
        if fact not in domains:
            subject.problems.report(
                "MD440", (*pointer, fact), f'no fact "{fact}"{suggest(fact, domains)}', at_key=True
            )
            return None
    values: dict[str, frozenset[str]] = {}
    for fact, domain in domains.items():
        cell = row.if_.get(fact)
        if cell is None:
            subject.problems.report(
                "MD440", pointer, f'the row says nothing of "{fact}"', help="write any to mean all"
            )
            return None
        if cell == "any":
            values[fact] = frozenset(domain)
        elif cell == "rest":
            values[fact] = frozenset(domain) - _named_values(consent, fact)
        else:
            if not _check_values(subject, cell, domain, (*pointer, fact)):
                return None
            values[fact] = frozenset(cell)
    return values


def _named_values(consent: Consent, fact: str) -> frozenset[str]:
    cells = (row.if_.get(fact) for row in consent.rows)
    return frozenset(value for cell in cells if isinstance(cell, list) for value in cell)


def _check_values(
    subject: Subject, cell: object, domain: tuple[str, ...], pointer: Pointer
) -> bool:
    good = True
    for index, value in enumerate(cell if isinstance(cell, list) else []):
        if value not in domain:
            subject.problems.report(
                "MD441", (*pointer, index), f'"{value}" cannot occur{suggest(value, domain)}'
            )
            good = False
    return good


def _fill_table(
    subject: Subject,
    consent: Consent,
    domains: Mapping[str, tuple[str, ...]],
    rows: list[dict[str, frozenset[str]]],
    refused: set[int],
) -> dict[tuple[str, ...], int]:
    table: dict[tuple[str, ...], int] = {}
    gaps: list[dict[str, str]] = []
    overlaps: dict[tuple[int, int], dict[str, str]] = {}
    for case in product(*domains.values()):
        named = dict(zip(domains, case, strict=True))
        hits = list(_hits(rows, named))
        if not hits:
            gaps.append(named)
        elif len(hits) > 1:
            overlaps.setdefault((hits[0], hits[1]), named)
        else:
            table[case] = hits[0]
    _report_gaps(subject, consent, gaps)
    # What a row hits too much is mended with the row, where that was told already.
    left = {pair: named for pair, named in overlaps.items() if refused.isdisjoint(pair)}
    while left:
        left = _report_overlap(subject, consent, left)
    for index in range(len(consent.rows)):
        if not all(rows[index].values()):
            subject.problems.report(
                "MD444", ("consent", "rows", index), f"row {index + 1} can never hit"
            )
    return table


def _report_overlap(
    subject: Subject, consent: Consent, overlaps: dict[tuple[int, int], dict[str, str]]
) -> dict[tuple[int, int], dict[str, str]]:
    """Report the row that overlaps with most others, the later of two; give what is left."""
    counts = Counter(row for pair in overlaps for row in pair)
    blamed = max(counts, key=lambda row: (counts[row], row))
    pairs = [pair for pair in overlaps if blamed in pair]
    first, second = pairs[0]
    others = [sum(pair) - blamed + 1 for pair in pairs[1:]]
    more = f" (and row {blamed + 1} also overlaps {_rows(others)})" if others else ""
    subject.problems.report(
        "MD443",
        ("consent", "rows", blamed),
        f"rows {first + 1} and {second + 1} both hit {_told(overlaps[pairs[0]])}{more}",
        help="exactly one row may hit",
        example=tell_witness(subject, consent, overlaps[pairs[0]]),
    )
    return {pair: named for pair, named in overlaps.items() if blamed not in pair}


def _rows(numbers: list[int]) -> str:
    return f"row{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _hits(rows: list[dict[str, frozenset[str]]], named: Mapping[str, str]) -> Iterator[int]:
    for index, row in enumerate(rows):
        if all(value in row[fact] for fact, value in named.items()):
            yield index


def _report_gaps(subject: Subject, consent: Consent, gaps: list[dict[str, str]]) -> None:
    if not gaps:
        return
    others = len(gaps) - 1
    more = f" (and {others} more {'case' if others == 1 else 'cases'})" if others else ""
    subject.problems.report(
        "MD442",
        ("consent", "rows"),
        f"no row for {_told(gaps[0])}{more}",
        effect="the decision for such an order would be missing",
        help="add a row; a catch-all with rest may only narrow",
        example=tell_witness(subject, consent, gaps[0]),
        at_key=True,
    )


def _told(named: Mapping[str, str]) -> str:
    return ", ".join(f"{fact}={value}" for fact, value in named.items())
