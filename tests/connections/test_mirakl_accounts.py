"""Mirakl's accounts: pages by tokens, exact amounts, and answers that are none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

from engine.connections.mirakl import MiraklSource, SourceFailed, SourceLacking
from engine.connections.mirakl_accounts import MiraklAccounts, refunds_in
from tests.connections import HOME, Scripted, got

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
LINE: Mapping[str, Any] = {
    "id": "line-1",
    "type": "ORDER_AMOUNT",
    "amount": 0.1,
    "currency_iso_code": "GBP",
    "date_created": "2026-03-01T09:00:00Z",
    "entities": {"order": {"id": "A-1", "creation_date": "2026-02-28T23:30:00Z"}},
}


def accounts(wire: Scripted) -> MiraklAccounts:
    return MiraklAccounts(MiraklSource(wire, "TAX_INCLUDED", HOME, shop_id="7"))


def follow(token: object) -> dict[str, object]:
    """Give what a page says of the next one."""
    return {"next_page_token": token}


def page(*lines: object, **more: object) -> dict[str, object]:
    return {"data": list(lines), **more}


def test_pages_follow_by_the_token_alone_for_the_same_shop() -> None:
    wire = Scripted(got(200, page(LINE, **follow("t-2"))), got(200, page({**LINE, "id": "line-2"})))
    assert [one.id for one in accounts(wire).read_log(SINCE)] == ["line-1", "line-2"]
    first, second = (dict(one.query) for one in wire.asked)
    assert (first["limit"], first["date_created_from"]) == ("2000", "2026-03-01T00:00:00Z")
    assert second == {"shop_id": "7", "page_token": "t-2"}


def test_amounts_are_exact_and_an_order_tells_when_it_was_made() -> None:
    (line,) = accounts(Scripted(got(200, page({**LINE, "amount": -0.3})))).read_log(SINCE)
    assert line.amount == Decimal("-0.3")
    assert (line.order, line.refund, line.cycle) == ("A-1", "", "")
    assert line.ordered == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": {}},
        page(1),
        page({**LINE, "amount": "1.00"}),
        page({**LINE, "amount": True}),
        page({**LINE, "id": ""}),
        page({**LINE, "date_created": "yesterday"}),
        page({**LINE, "date_created": "2026-03-01T09:00:00"}),
        page({**LINE, "entities": [1]}),
        page(LINE, **follow("")),
        page(LINE, **follow(7)),
    ],
)
def test_an_answer_that_is_no_log_is_a_failure(answer: object) -> None:
    with pytest.raises(SourceFailed):
        list(accounts(Scripted(got(200, answer))).read_log(SINCE))


def test_a_token_that_leads_back_is_a_failure() -> None:
    wire = Scripted(*[got(200, page(LINE, **follow("t"))) for _ in range(2)])
    with pytest.raises(SourceFailed, match="does not lead on"):
        list(accounts(wire).read_log(SINCE))


def test_a_call_that_is_not_there_is_told_apart() -> None:
    with pytest.raises(SourceLacking):
        list(accounts(Scripted(got(404, {}))).read_cycles(SINCE, SINCE))


def test_refunds_of_an_order_are_found_by_their_ids() -> None:
    lines = [{"refunds": [{"id": "R1"}, {"id": "R2"}]}, {"refunds": None}, {}, 3]
    assert refunds_in(orjson.dumps({"order_lines": lines}).decode()) == {"R1", "R2"}
    assert refunds_in("{}") == refunds_in("[]") == frozenset()
