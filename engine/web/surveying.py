"""Pages of surveys: their paths, and the tables of those that are read in spreadsheets."""

from __future__ import annotations

from engine.report.consent_audit import render_consent_audit
from engine.report.reconciliation import render_reconciliation
from engine.web.asking import Ask, Page, Shown
from engine.web.desk import NotThere


def _usability(ask: Ask) -> Shown:
    return Shown("usability.html", ask.desk.surveys.tell_usability(ask.text("mapping")))


def _drift(ask: Ask) -> Shown:
    return Shown("drift.html", ask.desk.surveys.tell_drift(ask.text("mapping")))


def _reconciliation(ask: Ask) -> Shown:
    document = ask.desk.surveys.tell_month(ask.text("mapping"), ask.text("month"))
    return Shown("reconciliation.html", document)


def _reconciliation_table(ask: Ask) -> str:
    page = ask.desk.surveys.tell_month(ask.text("mapping"), ask.text("month"))
    if "document" not in page:
        raise NotThere(f"this month was not reconciled yet; run: {page['command']}")
    return render_reconciliation(page["document"], "csv")


def _consent(ask: Ask) -> Shown:
    return Shown("consent.html", ask.desk.surveys.tell_consent(ask.text("mapping")))


def _consent_table(ask: Ask) -> str:
    page = ask.desk.surveys.tell_consent(ask.text("mapping"))
    if "document" not in page:
        raise NotThere(f"consent was not audited yet; run: {page['command']}")
    return render_consent_audit(page["document"], "csv")


PAGES: tuple[Page, ...] = (
    Page("/usability", _usability),
    Page("/drift", _drift),
    Page("/reconciliation", _reconciliation, table=_reconciliation_table),
    Page("/consent", _consent, table=_consent_table),
)
