"""The audit as one page, made as handbooks are: sections of what a brand wants to know."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checked import CheckedSpec
from engine.handbook.blocks import (
    Block,
    Bullets,
    Definitions,
    Handbook,
    Heading,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    code,
    enumerate_words,
    plain,
    say,
)
from engine.handbook.exceptions import team
from engine.handbook.sources import describe_input
from engine.handbook.values import tell_name
from engine.report.ages import count
from engine.report.audit.figures import duration, findings, meaning, people, percent
from engine.samples.audit.document import AuditDocument, EffortView, MoneyView
from engine.samples.audit.purposes import standing_of

_NONE = say("none")


def build_audit_page(document: AuditDocument, checked: CheckedSpec) -> Handbook:
    """Give the page; it holds figures, codes and the mapping's words, and nothing personal."""
    read = document["read"]
    return Handbook(
        mapping=document["mapping"],
        version=document["version"],
        title="What these orders can and cannot support",
        lead=say(
            "An audit of an export of orders before anything is connected, by the mapping {}. "
            "Nothing was sent, and nothing on this page is about one person.",
            code(document["mapping"]),
        ),
        facts=(
            ("Orders", say(str(read["orders"]))),
            ("Files", say(str(read["files"]))),
            ("Made on", say(document["at"][:10])),
            ("Mapping", say("{} {}", code(document["mapping"]), document["version"])),
        ),
        sections=(
            Section("In short", (Bullets(tuple(say(one) for one in findings(document))),)),
            _tell_people(document),
            _tell_consent(document),
            _tell_purposes(document),
            _tell_fields(document, checked),
            _tell_money(document, checked),
            _tell_held(document),
            _tell_codes(document, checked),
            _tell_dates(document, checked),
            _tell_effort(document),
            _tell_basis(document),
        ),
        kind="Audit of orders",
    )


def _tell_people(document: AuditDocument) -> Section:
    who = document["people"]
    total = who["people"]
    kinds = (
        ("A real address", who["real"], "Can be marketed to, if they said yes"),
        ("Only a relay address", who["relay"], "For service only, never for marketing"),
        ("No address", who["no_address"], "Cannot be held by Dotdigital"),
    )
    address = (
        Row((say(kind), say(str(n)), say(percent(n, total)), say(told))) for kind, n, told in kinds
    )
    often = (
        Row((say(times), say(str(n)), say(percent(n, total))))
        for times, n in who["by_orders"].items()
    )
    figures = frozenset({1, 2})
    columns = ("Best address", "People", "Share", "What it allows")
    blocks: list[Block] = [
        Table("People by address", columns, tuple(address), figures),
        Table("People by orders", ("Orders", "People", "Share"), tuple(often), figures),
    ]
    if who["orders_of_nobody"]:
        number = count(who["orders_of_nobody"], "order")
        blocks.append(Paragraph(say("Without a customer, and so nobody's: {}.", number)))
    return Section("People", tuple(blocks))


def _tell_consent(document: AuditDocument) -> Section:
    who = document["people"]
    rows = tuple(
        Row(
            (
                say("{}", code(one["answer"])),
                say(meaning(one["meaning"])),
                say(str(one["orders"])),
                say(str(one["people"])),
                say(str(one["whole_proof"])),
            )
        )
        for one in document["answers"]
    )
    if not rows:
        return Section("Consent", (Paragraph(say("The mapping asks for no consent.")),))
    columns = ("Answer", "What it means", "Orders", "People", "Orders with whole proof")
    told = say(
        "{} of {} could be marketed to. Silence is no consent, and a yes without every part of its "
        "proof is none either. {} said yes on one order and no on another.",
        str(who["marketable"]),
        people(who["people"]),
        people(who["both_answers"]),
    )
    table = Table("Answers to the opt-in", columns, rows, frozenset({2, 3, 4}))
    return Section("Consent", (Paragraph(told), table))


def _tell_purposes(document: AuditDocument) -> Section:
    rows = []
    for one in document["purposes"]:
        full = say("{} of {}", str(len(one["full"])), str(one["fields"] - len(one["unseen"])))
        part, never = _codes(one["part"]), _codes(one["never"])
        rows.append(Row((say(one["purpose"]), full, part, never)))
    told = say(
        "A purpose stands on the fields that the mapping takes for it, directly or in a sum. A "
        "field is filled when 95 of 100 places hold it; fields of lists that were always empty, "
        "such as refunds that nobody asked for, are no gap and do not count."
    )
    columns = ("Purpose", "Filled", "Filled in part", "Always empty")
    table = Table("Purposes and their fields", columns, tuple(rows))
    return Section("What the data supports", (Paragraph(told), table))


def _tell_fields(document: AuditDocument, checked: CheckedSpec) -> Section:
    rows = []
    for one in document["fields"]:
        if standing_of(one) == "unseen":
            continue
        share = percent(one["filled"], one["seen"])
        filled = say("{} of {} ({})", str(one["filled"]), str(one["seen"]), share)
        serves = say("{}", enumerate_words(one["serves"])) if one["serves"] else _NONE
        told = describe_input(checked, checked.inputs.reads[one["name"]])
        cells = (say("{}", code(one["name"])), told, say("{}", code(one["place"])), filled, serves)
        rows.append(Row(cells))
    columns = ("Field", "What it is", "Where it stands", "Filled", "Needed for")
    table = Table("How often each field is filled", columns, tuple(rows), frozenset({3}))
    unread = tuple(
        say("{} cannot be read in {}", code(one["name"]), count(one["unreadable"], "order"))
        for one in document["fields"]
        if one["unreadable"]
    )
    blocks: list[Block] = [table]
    if unread:
        blocks += [Heading("Filled, but unreadable", "unreadable"), Bullets(unread)]
    return Section("Every field", tuple(blocks))


def _tell_money(document: AuditDocument, checked: CheckedSpec) -> Section:
    if not document["money"]:
        return Section("Money", (Paragraph(say("No order counts as a sale.")),))
    told = say(
        "Exact sums over the orders that are sales; what would be held is not in them. Nothing is "
        "rounded or converted, only the shares are."
    )
    tables = (_money_table(checked, one) for one in document["money"])
    return Section("Money", (Paragraph(told), *tables))


def _money_table(checked: CheckedSpec, money: MoneyView) -> Table:
    rows = tuple(
        Row(
            (
                say("{}", code(one["name"])),
                tell_name(checked, one["name"]),
                say(one["amount"]),
                say(f"{one['share']}%" if one["share"] else ""),
                say(str(one["orders"])),
            )
        )
        for one in money["totals"]
    )
    first = money["totals"][0]["name"] if money["totals"] else ""
    columns = ("Total", "What it is", money["currency"], f"Share of {first}", "Orders with it")
    caption = f"{count(money['orders'], 'sale')} in {money['currency']}"
    return Table(caption, columns, rows, frozenset({2, 3, 4}))


def _tell_held(document: AuditDocument) -> Section:
    orders = document["read"]["orders"]
    rows = tuple(
        Row(
            (
                say("{}", code(one["code"])),
                say("Noted" if one["level"] == "note" else "Held"),
                say("{} ({})", str(one["orders"]), percent(one["orders"], orders)),
                say(one["say"].replace("{{ ", "[").replace(" }}", "]")),
                say(one["do"]),
                say(team(one["owner"])),
            )
        )
        for one in document["held"]
    )
    if not rows:
        return Section("What would be held", (Paragraph(say("Every order would go through.")),))
    columns = ("Cause", "Order is", "Orders", "What people read", "What to do", "Owner")
    told = say("What stands in brackets is filled in for each order. Nothing that is held is lost.")
    table = Table("Causes, the most frequent first", columns, rows)
    return Section("What would be held", (Paragraph(told), table))


def _tell_codes(document: AuditDocument, checked: CheckedSpec) -> Section:
    unknown = [one for one in document["codes"] if not one["known"]]
    told = say("Every code is one that the locks know.")
    if unknown:
        words = enumerate_words(say("{} in {}", code(one["code"]), one["name"]) for one in unknown)
        told = say("The locks do not know {}: ask the operator what it means.", words)
    rows = tuple(
        Row(
            (
                say("{}", code(one["place"])),
                describe_input(checked, checked.inputs.reads[one["name"]]),
                say("{}", code(one["code"])),
                say(str(one["times"])),
                say("yes" if one["known"] else "no"),
            )
        )
        for one in document["codes"]
    )
    columns = ("Where it stands", "What it is", "Code", "Times", "Known")
    table = Table("Codes, with currencies and tax modes", columns, rows, frozenset({3}))
    return Section("Codes", (Paragraph(told), table))


def _tell_dates(document: AuditDocument, checked: CheckedSpec) -> Section:
    rows = tuple(
        Row(
            (
                _name_row(describe_input(checked, checked.inputs.reads[one["name"]])),
                say(one["oldest"]),
                say(one["newest"]),
                say(str(one["days_old"])),
                say(str(one["last_30_days"])),
            )
        )
        for one in document["dates"]
    )
    columns = ("Moment", "First", "Last", "Days since the last", "Orders of the last 30 days")
    table = Table("Days, in UTC", columns, rows, frozenset({1, 2, 3, 4}))
    return Section("Dates", (table,))


def _name_row(text: Text) -> Text:
    """Give a text as one span, for the cell that names its row."""
    return say(plain(text))


def _tell_effort(document: AuditDocument) -> Section:
    told = say(
        "As if Dotdigital knew nobody, at the limits that the target lock gives; an account may "
        "have other ones. The times of the tiers are added up."
    )
    return Section(
        "What a backfill takes",
        (
            Paragraph(told),
            _effort_table("By imports, as a backfill does", document["by_imports"]),
            _effort_table("One by one, as new orders go", document["one_by_one"]),
        ),
    )


def _effort_table(caption: str, effort: EffortView) -> Table:
    rows = [
        Row(
            (
                say(one["tier"]),
                say(str(one["calls"])),
                say(f"{one['minutes']:g}" if one["minutes"] is not None else "no limit"),
                say(one["limit"]),
            )
        )
        for one in effort["tiers"]
    ]
    whole = (say("All"), say(str(effort["calls"])), say(""), say(duration(effort["hours"])))
    columns = ("Rate tier", "Calls", "Minutes", "Limit")
    return Table(caption, columns, (*rows, Row(whole)), frozenset({1, 2}))


def _tell_basis(document: AuditDocument) -> Section:
    return Section("What this stands on", (Definitions(tuple(_basis(document))),))


def _basis(document: AuditDocument) -> Iterator[tuple[Text, Text]]:
    read = document["read"]
    yield (
        say("Read"),
        say(
            "{} of {}; {} of orders that come again left out",
            count(read["records"], "record"),
            count(read["files"], "file"),
            count(read["older"], "older version"),
        ),
    )
    places = enumerate_words(read["places"]) if read["places"] else _NONE
    yield say("Unreadable"), say("{}: {}", count(read["unreadable"], "record"), places)
    yield (
        say("Dotdigital"),
        say(
            "Nobody was asked there. Whoever opted out, bounced or was erased stays so, which "
            "this page cannot know"
        ),
    )
    if document["examples"]:
        words = enumerate_words(code(one) for one in document["examples"])
        yield say("Settings"), say("These stood at their example: {}", words)


def _codes(names: list[str]) -> Text:
    return enumerate_words(code(one) for one in names) if names else _NONE
