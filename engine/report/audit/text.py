"""The audit in a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from engine.report.ages import count
from engine.report.audit.figures import duration, findings, percent
from engine.report.findings import printable
from engine.report.json_text import write_json
from engine.samples.audit.document import AuditDocument, PurposeView

_WIDTH = 100
_MOST_NAMES = 8


def render_audit(document: AuditDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return write_json(document)
    return "".join(f"{printable(line)}\n" for line in _lines(document))


def _lines(document: AuditDocument) -> Iterator[str]:
    yield f"{document['mapping']} {document['version']}, audit of {_files(document)}"
    yield ""
    for one in findings(document):
        yield from wrap(one, _WIDTH, initial_indent="  - ", subsequent_indent="    ")
    yield from ("", "consent")
    for answer in document["answers"]:
        proof = f", {answer['whole_proof']} with whole proof" if answer["meaning"] == "yes" else ""
        yield f"  {answer['answer']:<14}{count(answer['orders'], 'order')}{proof}"
    yield from ("", "what it supports")
    for purpose in document["purposes"]:
        yield from _purpose_lines(purpose)
    yield from _money_lines(document)
    yield from _held_lines(document)
    unknown = [f"{one['code']} in {one['place']}" for one in document["codes"] if not one["known"]]
    if unknown:
        yield from ("", "codes that the locks do not know")
        yield from (f"  {one}" for one in unknown)
    yield from _effort_lines(document)
    if document["examples"]:
        yield ""
        yield f"settings at their example: {', '.join(document['examples'])}"


def _files(document: AuditDocument) -> str:
    read = document["read"]
    older = f", {read['older']} older versions left out" if read["older"] else ""
    return f"{count(read['records'], 'record')} in {count(read['files'], 'file')}{older}"


def _purpose_lines(purpose: PurposeView) -> Iterator[str]:
    seen = purpose["fields"] - len(purpose["unseen"])
    yield f"  {purpose['purpose']}: {len(purpose['full'])} of {count(seen, 'field')} filled"
    for told, names in (("in part", purpose["part"]), ("always empty", purpose["never"])):
        if names:
            more = "" if len(names) <= _MOST_NAMES else f" and {len(names) - _MOST_NAMES} more"
            words = f"{told}: {', '.join(names[:_MOST_NAMES])}{more}"
            yield from wrap(words, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 8)


def _money_lines(document: AuditDocument) -> Iterator[str]:
    for money in document["money"]:
        yield from ("", f"money of {count(money['orders'], 'sale')} in {money['currency']}")
        width = max(len(one["amount"]) for one in money["totals"])
        for one in money["totals"]:
            share = f"{one['share']:>6}%" if one["share"] else " " * 7
            orders = count(one["orders"], "order")
            yield f"  {one['name']:<12}{one['amount']:>{width}} {share}  in {orders}"


def _held_lines(document: AuditDocument) -> Iterator[str]:
    causes = [one for one in document["held"] if one["level"] != "note"]
    if not causes:
        return
    yield from ("", "would be held")
    for one in causes:
        share = percent(one["orders"], document["read"]["orders"])
        yield f"  {one['code']}  {count(one['orders'], 'order')} ({share}) · {one['owner']}"
        for text in (one["say"], f"do: {one['do']}" if one["do"] else ""):
            yield from wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="    ")


def _effort_lines(document: AuditDocument) -> Iterator[str]:
    yield from ("", "a backfill, as if Dotdigital knew nobody")
    for told, effort in (
        ("by imports", document["by_imports"]),
        ("one by one", document["one_by_one"]),
    ):
        yield f"  {told}  {count(effort['calls'], 'call')}, {duration(effort['hours'])}"
