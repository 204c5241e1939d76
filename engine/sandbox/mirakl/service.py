"""The answers of Mirakl's seller API: OR11, OR13 to OR15, OF21, AF01, PC01, TL02, SBC11.

As documented: offset pages of 10 to 100, one sort by creation, `start_update_date` moved back by
Mirakl itself, at most a year in an export and one export at a time. How often calls are counted is
not documented; here every request of the last hour counts, and 429 says in seconds when to return.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlencode

from engine.sandbox.clock import SandboxClock
from engine.sandbox.mirakl.accounts import Accounts
from engine.sandbox.mirakl.asking import Range, error, pick_range, within
from engine.sandbox.mirakl.payload import show_offer, show_order
from engine.sandbox.service import Answer, Json, Parts, Refused, Request, Routes
from engine.sandbox.world.goods import GOODS
from engine.sandbox.world.life import World
from engine.sandbox.world.orders import Order, TaxMode

_MOST_IDS = 100
_PAGE, _LARGEST_PAGE = 10, 100
_YEAR = timedelta(days=366)
_HOUR = timedelta(hours=1)
_SHOP = {"shop_id": 2310, "shop_name": "Sandbox", "shop_state": "OPEN", "model": "MARKETPLACE"}
_TAX_MODES: Mapping[str, TaxMode] = {
    "TAX_INCLUDED": "TAX_INCLUDED",
    "TAX_EXCLUDED": "TAX_EXCLUDED",
}


@dataclass(frozen=True, slots=True)
class MiraklRules:
    """What the platform allows; `overlap` is how far it moves `start_update_date` back itself."""

    key: str = "sandbox-mirakl-key"
    calls_per_hour: int = 600
    overlap: timedelta = timedelta(seconds=30)
    export_takes: timedelta = timedelta(seconds=20)
    tax_mode: TaxMode = "TAX_INCLUDED"


@dataclass(slots=True)
class _Export:
    """One asynchronous export: its orders as they were when it was asked for."""

    ready: datetime
    orders: list[Json]
    chunk: int


@dataclass(slots=True)
class Mirakl:
    """The marketplace of a world."""

    world: World
    clock: SandboxClock
    base: str
    rules: MiraklRules = field(default_factory=MiraklRules)
    _calls: deque[datetime] = field(default_factory=deque)
    _exports: dict[str, _Export] = field(default_factory=dict)
    _routes: Routes = field(init=False)

    def __post_init__(self) -> None:
        accounts = Accounts(self.world, self.clock)
        status = "/api/orders/async-export/status/{tracking_id}"
        self._routes = Routes(
            ("GET", "/api/orders", self._list_orders),
            ("POST", "/api/orders/async-export", self._start_export),
            ("GET", status, self._tell_export),
            ("GET", "/api/orders/async-export/file/{tracking_id}/{number:int}", self._give_file),
            ("GET", "/api/offers", self._list_offers),
            ("GET", "/api/additional_fields", self._list_fields),
            ("GET", "/api/platform/configuration", self._configuration),
            ("GET", "/api/sellerpayment/transactions_logs", accounts.list_log),
            ("GET", "/api/seller-billing-cycles", accounts.list_cycles),
            ("GET", "/api/account", lambda _request, _parts: Answer(200, dict(_SHOP))),
            ("GET", "/api/version", lambda _request, _parts: Answer(200, {"version": "sandbox"})),
        )

    def answer(self, request: Request) -> Answer:
        """Answer one request; the world goes on until now first."""
        now = self.clock.now()
        self.world.advance(now)
        date = {"Date": format_datetime(now, usegmt=True)}
        if request.headers.get("authorization") != self.rules.key:
            return error(401, "Unauthorized", date)
        wait = self._seconds_to_wait(now)
        if wait:
            return error(429, "Too many requests", {**date, "Retry-After": str(wait)})
        answer = self._routes.answer(request)
        return Answer(answer.status, answer.body, {**date, **answer.headers})

    def _seconds_to_wait(self, now: datetime) -> int:
        """Count a call; the seconds until one is allowed again where it is one too many."""
        while self._calls and self._calls[0] <= now - _HOUR:
            self._calls.popleft()
        if len(self._calls) >= self.rules.calls_per_hour:
            return int((self._calls[0] + _HOUR - now).total_seconds()) + 1
        self._calls.append(now)
        return 0

    def _list_orders(self, request: Request, _parts: Parts) -> Answer:
        found = self._select(request)
        limit, offset = _page(request)
        page = found[offset : offset + limit]
        mode = _tax_mode(request.value("order_tax_mode"), self.rules.tax_mode)
        headers = {}
        if offset + limit < len(found):
            query = {key: list(values) for key, values in request.query.items()}
            query |= {"offset": [str(offset + limit)], "max": [str(limit)]}
            headers = {
                "Link": f'<{self.base}/api/orders?{urlencode(query, doseq=True)}>; rel="next"'
            }
        body = {"orders": [show_order(one, mode) for one in page], "total_count": len(found)}
        return Answer(200, body, headers)

    def _select(self, request: Request) -> list[Order]:
        ids = request.values("order_ids")
        if len(ids) > _MOST_IDS:
            raise Refused(error(400, f"order_ids takes at most {_MOST_IDS} values"))
        states = request.values("order_state_codes")
        created = pick_range(request.value("start_date"), request.value("end_date"))
        start, end = pick_range(
            request.value("start_update_date"), request.value("end_update_date")
        )
        changed = (start - self.rules.overlap if start is not None else None, end)
        found = [
            one
            for one in self.world.orders.values()
            if (not ids or one.id in ids)
            and (not states or one.state in states)
            and within(one.created, created)
            and within(one.changed, changed)
        ]
        return found[::-1] if request.value("order") == "desc" else found

    def _start_export(self, request: Request, _parts: Parts) -> Answer:
        now = self.clock.now()
        if any(one.ready > now for one in self._exports.values()):
            return error(429, "An export is running already", {"Retry-After": "10"})
        wanted = _object(request)
        created = _both_ends(wanted, "start_date", "end_date")
        start, end = _both_ends(wanted, "start_update_date", "end_update_date")
        if created == (None, None) and start is None:
            return error(400, "at least one date range is required, with both its ends")
        changed = (start - self.rules.overlap if start is not None else None, end)
        mode = _tax_mode(str(wanted.get("order_tax_mode") or ""), self.rules.tax_mode)
        orders = [
            show_order(one, mode)
            for one in self.world.orders.values()
            if within(one.created, created) and within(one.changed, changed)
        ]
        tracking = f"export-{len(self._exports) + 1}"
        chunk = int(wanted.get("items_per_chunk") or 1000)
        self._exports[tracking] = _Export(now + self.rules.export_takes, orders, chunk)
        return Answer(200, {"tracking_id": tracking})

    def _tell_export(self, _request: Request, parts: Parts) -> Answer:
        tracking_id = parts["tracking_id"]
        export = self._exports.get(tracking_id)
        if export is None:
            return error(404, "no such export")
        if self.clock.now() < export.ready:
            return Answer(200, {"status": "PENDING", "tracking_id": tracking_id})
        files = -(-len(export.orders) // export.chunk)
        place = f"{self.base}/api/orders/async-export/file/{tracking_id}"
        urls = [f"{place}/{number}" for number in range(files)]
        return Answer(200, {"status": "COMPLETED", "tracking_id": tracking_id, "urls": urls})

    def _give_file(self, _request: Request, parts: Parts) -> Answer:
        export = self._exports.get(parts["tracking_id"])
        if export is None:
            return error(404, "no such export")
        start = int(parts["number"]) * export.chunk
        return Answer(200, {"orders": export.orders[start : start + export.chunk]})

    def _list_offers(self, request: Request, _parts: Parts) -> Answer:
        limit, offset = _page(request)
        offers = [show_offer(one) for one in GOODS[offset : offset + limit]]
        return Answer(200, {"offers": offers, "total_count": len(GOODS)})

    def _list_fields(self, _request: Request, _parts: Parts) -> Answer:
        texts = ("contact-email", "marketing-optin-url", "marketing-optin-ip")
        fields = [
            {"code": "marketing-optin", "label": "Marketing opt-in", "type": "BOOLEAN"},
            *(
                {"code": code, "label": code.replace("-", " ").capitalize(), "type": "STRING"}
                for code in (*texts, "marketing-optin-agent", "sales-app")
            ),
        ]
        entity = {"editable_by_shop": False, "entity": "ORDER", "required": False}
        return Answer(200, {"additional_fields": [{**one, **entity} for one in fields]})

    def _configuration(self, _request: Request, _parts: Parts) -> Answer:
        features = {
            "order_tax_mode": self.rules.tax_mode,
            "shipment": {"multi_shipment": False},
            "returns": {"marketplace": False},
            "order_workflows": {"order_acceptance": "NOT_AUTOMATIC"},
            "multi_currency": False,
        }
        return Answer(200, {"features": features, "platform_configuration": {"timezone": "UTC"}})


def _object(request: Request) -> Json:
    try:
        given = request.json()
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Refused(error(400, "the body is not a JSON object"))
    return given


def _page(request: Request) -> tuple[int, int]:
    try:
        limit, offset = int(request.value("max", str(_PAGE))), int(request.value("offset", "0"))
    except ValueError:
        raise Refused(error(400, "max and offset are whole numbers")) from None
    if not 0 < limit <= _LARGEST_PAGE or offset < 0:
        raise Refused(error(400, f"max is 1 to {_LARGEST_PAGE}"))
    return limit, offset


def _tax_mode(text: str, default: TaxMode) -> TaxMode:
    if not text:
        return default
    mode = _TAX_MODES.get(text)
    if mode is None:
        raise Refused(error(400, f'order_tax_mode is never "{text}"'))
    return mode


def _both_ends(wanted: Json, first: str, last: str) -> Range:
    start, end = pick_range(str(wanted.get(first) or ""), str(wanted.get(last) or ""))
    if (start is None) != (end is None):
        raise Refused(error(400, f"{first} and {last} go together"))
    if start is not None and end is not None and end - start > _YEAR:
        raise Refused(error(400, "a range of at most one year is allowed"))
    return start, end
