"""Write the stored explanations anew: `python -m tests.explanations`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from engine.contacts import Contacts, read_contacts
from engine.mapping import contact_form
from engine.provenance.reader import Reader
from engine.provenance.trace import Situation, make_tracer
from engine.report.explanation import ExplanationText
from tests.shipped import NOW, ROOT, checked, line, order, refund

FOLDER = Path(__file__).parent
_SAMPLES = ROOT / "mappings/debenhams/samples"
_TAX = [{"amount": 2.0, "code": "VAT"}]


def _odd_order() -> Any:
    """Give an order of which much does not count: a repeat, a refused line, unpaid refunds."""
    paid = refund(10.0, taxes=_TAX)
    asked = refund(5.0, id="R-2", refund_state="WAITING_REFUND")
    refused = line(order_line_id="A-2", order_line_state="REFUSED", total_price=20.0, price=20.0)
    return order(
        order_tax_mode="TAX_EXCLUDED",
        order_lines=[line(refunds=[paid, asked, paid], taxes=_TAX), refused],
    )


@cache
def _known() -> Contacts:
    answers = orjson.loads((_SAMPLES / "contacts.json").read_bytes())["_items"]
    return read_contacts(answers, contact_form(checked()))


def _sample() -> Any:
    return orjson.loads((_SAMPLES / "one-order.json").read_bytes())


# What is asked for, of which order, under which name it is stored.
ASKED = {
    "net": ("order_record.order_total", _sample),
    "lifetime": ("contact_update.MKT_NET_VALUE", _sample),
    "consent": ("consent.decision", _sample),
    "sent": ("post_purchase", _sample),
    "left-out": ("contact_create", _sample),
    "text": ("order_record.products[1].name", _sample),
    "odd": ("money.net", _odd_order),
    "not-raised": ("OVER_REFUNDED", _sample),
}


@cache
def _reader(basis: str) -> Reader:
    return Reader(make_tracer(checked(refund_basis=basis)), masked=True)


def render(name: str) -> str:
    """Give one explanation as it is printed."""
    field, make = ASKED[name]
    reader = _reader("settled" if name == "odd" else "requested")
    told = reader.read(Situation(make(), _known(), NOW)).explain(field)
    return ExplanationText(colour=False).render(told)


if __name__ == "__main__":
    for each in ASKED:
        (FOLDER / f"{each}.out").write_text(render(each), encoding="utf-8")
