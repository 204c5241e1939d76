"""`miradot audit`: what can be told before, or about, a connection, without changing anything."""

from __future__ import annotations

from pathlib import Path

import click

from engine.console.extras import needs_sync
from engine.console.group import Sentences
from engine.console.request import tell_refused
from engine.console.terminal import read_clock, show, show_report, talk


@click.group("audit", cls=Sentences)
def command() -> None:
    """Look hard at data or at what was done; nothing is sent."""


@command.command("orders")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--brand",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Brand file with parameter values.",
)
@click.option("--now", metavar="TIME", help="The clock, ISO 8601 with a zone; else the present.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    help="How it is printed; html is one page that needs nothing else.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write it into this file instead of printing it.",
)
@click.pass_obj
def audit_orders_command(
    color: str,
    /,
    files: tuple[Path, ...],
    now: str | None,
    output_format: str,
    **paths: Path | None,
) -> int:
    """Tell what an export of orders can and cannot support.

    FILES are orders as Mirakl gives them: one, a page {"orders": [...]}, an array, or one a line.
    A file that ends in .yaml or .yml is the mapping they are looked at by; without one it is the
    shipped one. Of an order that comes again, the newest version counts. Nothing is sent, nobody
    is asked, and nothing of what is told is about one person.
    """
    from engine.commands.orders_audit import AuditRequest, audit_orders, sort_words
    from engine.commands.run import Refused
    from engine.commands.writing import write_whole
    from engine.report.audit.page import build_audit_page
    from engine.report.audit.text import render_audit
    from engine.report.handbook_html import render_handbook_page

    orders, mapping = sort_words(files)
    try:
        document, checked = audit_orders(
            AuditRequest(orders, mapping, paths["brand"], read_clock(now))
        )
    except Refused as refused:
        return tell_refused(refused.problems, color)
    if output_format == "html":
        text = render_handbook_page(build_audit_page(document, checked))
    else:
        text = render_audit(document, output_format)
    out = paths["out"]
    if out is None:
        show(text)
        return 0
    write_whole(out, text.encode())
    talk(f"wrote {out}\n")
    return 0


@command.command("consent")
@click.argument("mapping", required=False, type=click.Path(path_type=Path))
@click.option(
    "--brand",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Brand file with parameter values.",
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    help="How the result is printed.",
)
@click.pass_obj
def audit_consent_command(
    color: str, /, mapping: Path | None, brand: Path | None, output_format: str
) -> int:
    """Hold every contact's status against what was ever sent.

    Reads all contacts of the account anew, with the lists they are on, and looks at every call of
    ours: whom we created, with which status and on which evidence; who may be mailed now though we
    never sent that, and by whose act; who is on a marketing list, or was started by us in a
    marketing programme, and must not be there. Nothing is changed. Who is in a programme without
    us Dotdigital does not tell. Exits 1 when something is found that must not be.
    """
    with needs_sync():
        from engine.commands.consent_audit import ConsentAuditRequest, tell_consent_audit
        from engine.commands.run import Refused
        from engine.report.consent_audit import render_consent_audit

    try:
        document = tell_consent_audit(ConsentAuditRequest(mapping, brand))
    except Refused as refused:
        return tell_refused(refused.problems, color)
    show_report(render_consent_audit(document, output_format), output_format)
    return 0 if document["ok"] else 1
