"""Orders out of Mirakl's seller API: pages (OR11), single orders, and exports (OR13 to OR15).

Whatever is not a whole, credible answer is an exception, never "no orders". The orders of an answer
come one by one as `OrderText`, the broken ones too: the reader lands them and holds them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NoReturn

import orjson

from engine.connections.home import AddressError, Home
from engine.connections.moments import read_date, write_moment
from engine.connections.order_texts import OrderText, PageError, cut_orders
from engine.connections.pace import Pace, Unpaced
from engine.connections.waits import read_wait
from engine.connections.wire import Got, NoAnswer, Sent, Wire
from engine.connections.words import plain

TaxMode = Literal["TAX_INCLUDED", "TAX_EXCLUDED"]
ExportState = Literal["running", "done", "failed"]
MOST_ORDERS = 100
LONGEST_EXPORT = timedelta(days=365)

_ORDERS, _EXPORT = "/api/orders", "/api/orders/async-export"
_ACCOUNT = "/api/account"
# The names under which calls are paced: Mirakl counts each of them by itself.
ORDERS_TIER, EXPORT_TIER = "orders", "exports"
# Files small enough to be read at once; the smallest numbers of items that Mirakl takes.
_SAY_SHOP = "; it was asked which shop the key is for, which MIRADOT_MIRAKL_SHOP_ID can say as well"
_CHUNKS = {"items_per_chunk": 10_000, "megabytes_per_chunk": 32}
_STATES: Mapping[str, ExportState] = {
    "PENDING": "running",
    "COMPLETED": "done",
    "FAILED": "failed",
    "CANCELED": "failed",
}
_NEXT = re.compile(r'<([^<>]{1,4000})>\s*;[^,<]*\brel="?next"?', re.IGNORECASE)
_ORDER_ID = re.compile(r"[!-+\--~](?:[ -+\--~]{0,98}[!-+\--~])?")
_TRACKING_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_NUMBER = re.compile(r"[0-9]{1,9}")


class SourceError(Exception):
    """Mirakl gave no orders."""


class SourceThrottled(SourceError):  # noqa: N818 - an outcome, not a fault
    """Too many calls; `seconds` are to pass."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many calls; to be tried again in {seconds:.0f} seconds")
        self.seconds = seconds


class SourceDenied(SourceError):  # noqa: N818 - an outcome, not a fault
    """The key is refused, or may not do this: polling stops, and somebody must look."""


class SourceForbidden(SourceDenied):
    """The key is good, and may not do this."""


class SourceFailed(SourceError):  # noqa: N818 - an outcome, not a fault
    """No credible answer; to be tried again from where it was."""


class SourceUnreachable(SourceFailed):
    """No answer at all."""


class SourceLacking(SourceFailed):
    """There is no such call, or no such thing (404)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How often a seller's key may list orders: as recommended, and at most."""

    poll_every: timedelta
    at_least: timedelta


SELLER = Profile(poll_every=timedelta(minutes=5), at_least=timedelta(seconds=60))
REHEARSAL = Profile(poll_every=timedelta(seconds=5), at_least=timedelta())
EXTERNAL_PARTNER = Profile(poll_every=timedelta(minutes=15), at_least=timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of orders; `next_offset` is None on the last one, `server_time` Mirakl's clock."""

    orders: tuple[OrderText, ...]
    server_time: datetime
    next_offset: int | None
    total: int


@dataclass(frozen=True, slots=True)
class Export:
    """An export as it stands; `files` are there once it is done."""

    state: ExportState
    files: tuple[str, ...] = ()


class MiraklSource:
    """The orders of one shop.

    `home` is where the wire leads, for the addresses that Mirakl gives; `shop_id` picks the shop
    of a user who has several. Every method raises SourceThrottled, SourceDenied or SourceFailed.
    """

    def __init__(
        self,
        wire: Wire,
        tax_mode: TaxMode,
        home: Home,
        pace: Pace | None = None,
        shop_id: str = "",
    ) -> None:
        self._wire = wire
        self._home = home
        self._pace = pace or Unpaced()
        self._tax_mode = tax_mode
        self._shop = {"shop_id": shop_id} if shop_id else {}

    def read_shop(self) -> str:
        """Give the id of the shop whose orders these are: as was set, else as A01 tells."""
        if self._shop:
            return self._shop["shop_id"]
        try:
            told = _object(self._get(_ACCOUNT, {}, ORDERS_TIER).body).get("shop_id")
        except SourceUnreachable:
            raise
        except SourceForbidden as denied:
            raise SourceForbidden(f"{denied}{_SAY_SHOP}") from None
        except SourceFailed as failed:
            raise SourceFailed(f"{failed}{_SAY_SHOP}") from None
        if not isinstance(told, int) or isinstance(told, bool):
            raise SourceFailed(f"its answer names no shop{_SAY_SHOP}")
        return str(told)

    def read_page(self, since: datetime | None, offset: int) -> Page:
        """Give the orders changed since a moment (aware), oldest first, from an offset on.

        There is no end to the range: an order that changes meanwhile would leave a range with an
        end, and the one behind it would be skipped.
        """
        query = {
            **self._shop,
            "order_tax_mode": self._tax_mode,
            "sort": "dateCreated",
            "order": "asc",
            "max": str(MOST_ORDERS),
            "offset": str(offset),
        }
        if since is not None:
            query["start_update_date"] = write_moment(since)
        got = self._get(_ORDERS, query, ORDERS_TIER)
        orders, total = _read_orders(got.body), _total(got.body)
        server_time = read_date(got.headers.get("date", ""))
        if server_time is None:
            raise SourceFailed("its answer has no readable Date, so nobody knows how far it goes")
        next_offset = self._next_offset(got, offset, len(orders), total)
        return Page(orders, server_time.astimezone(UTC), next_offset, total)

    def read_orders(self, order_ids: Sequence[str]) -> tuple[OrderText, ...]:
        """Give the orders with these ids, a hundred in a call.

        An id that no order can have, such as one with a comma, gives nothing, as an unknown one.
        """
        wanted = [one for one in dict.fromkeys(order_ids) if _ORDER_ID.fullmatch(one)]
        found: list[OrderText] = []
        for start in range(0, len(wanted), MOST_ORDERS):
            query = {
                **self._shop,
                "order_ids": ",".join(wanted[start : start + MOST_ORDERS]),
                "order_tax_mode": self._tax_mode,
                "max": str(MOST_ORDERS),
            }
            found += _read_orders(self._get(_ORDERS, query, ORDERS_TIER).body)
        return tuple(found)

    def start_export(self, start: datetime, end: datetime) -> str:
        """Ask for every order created in a range of at most a year; give the export's id.

        Only one runs at a time: SourceThrottled while another does.
        """
        if not start < end <= start + LONGEST_EXPORT:
            raise ValueError("an export covers a range of at most a year")
        body = {
            "start_date": write_moment(start),
            "end_date": write_moment(end),
            "order_tax_mode": self._tax_mode,
            **_CHUNKS,
        }
        sent = Sent("POST", _EXPORT, self._shop, orjson.dumps(body))
        told = _object(self._exchange(sent, EXPORT_TIER).body)
        tracking_id = told.get("tracking_id")
        if not isinstance(tracking_id, str) or not _TRACKING_ID.fullmatch(tracking_id):
            _fail(told, "it gave no id for the export")
        return tracking_id

    def tell_export(self, tracking_id: str) -> Export:
        """Give how far an export is."""
        if not _TRACKING_ID.fullmatch(tracking_id):
            raise ValueError("there can be no such export")
        path = f"{_EXPORT}/status/{tracking_id}"
        told = _object(self._get(path, {}, EXPORT_TIER).body)
        state = _STATES.get(str(told.get("status")))
        if state is None:
            _fail(told, "it gave no state of the export that is known")
        files = told.get("urls")
        if state != "done":
            return Export(state)
        if not isinstance(files, list) or not all(isinstance(one, str) for one in files):
            raise SourceFailed("it gave no list of the export's files")
        return Export(state, tuple(files))

    def read_export_file(self, url: str) -> tuple[OrderText, ...]:
        """Give the orders in one file of an export; only asked for where Mirakl itself lives."""
        try:
            path, query = self._home.locate(url)
        except AddressError as error:
            raise SourceFailed(f"a file of the export lies elsewhere: {error}") from None
        return _read_orders(self._get(path, query, EXPORT_TIER).body)

    def ask(self, path: str, query: Mapping[str, str], tier: str = "") -> Mapping[str, object]:
        """Give the JSON object that another call of the same shop answers with.

        Without a tier nobody paces it: what is once too often, Mirakl refuses itself.
        """
        return _object(self._get(path, {**self._shop, **query}, tier).body)

    def _get(self, path: str, query: Mapping[str, str], tier: str) -> Got:
        return self._exchange(Sent("GET", path, query), tier)

    def _exchange(self, sent: Sent, tier: str) -> Got:
        wait = self._pace.take(tier) if tier else 0.0
        if wait:
            raise SourceThrottled(wait)
        try:
            got = self._wire.exchange(sent)
        except NoAnswer as none:
            raise SourceUnreachable(str(none)) from None
        if tier:
            self._pace.heed(tier, got.status, got.headers)
        if got.status == 429:  # noqa: PLR2004 - HTTP's own number
            raise SourceThrottled(read_wait(got.headers))
        if got.status in (401, 403):
            said = "refuses the key" if got.status == 401 else "does not allow it"  # noqa: PLR2004
            denied = SourceDenied if got.status == 401 else SourceForbidden  # noqa: PLR2004
            raise denied(f"Mirakl {said} ({got.status}); see MIRADOT_MIRAKL_KEY")
        if got.status != 200:  # noqa: PLR2004
            failed = SourceLacking if got.status == 404 else SourceFailed  # noqa: PLR2004
            raise failed(f"it answered {got.status}{self._tell_astray(got, sent)}")
        return got

    def _tell_astray(self, got: Got, sent: Sent) -> str:
        """Give Mirakl's words, or where there is nobody to say any what may be wrong."""
        if got.status != 404 or sent.path not in (_ORDERS, _ACCOUNT):  # noqa: PLR2004 - HTTP's own number
            return _said(got.body)
        home = f"{self._home.origin}{self._home.prefix}"
        return f" at {home}{sent.path}; is MIRADOT_MIRAKL_URL right?"

    def _next_offset(self, got: Got, offset: int, given: int, total: int) -> int | None:
        """Give where the next page begins, by the answer's link, else by its count."""
        link = _NEXT.search(got.headers.get("link", ""))
        # A full page is followed even past the count, which may be older than the page.
        past = offset + given > total and given >= MOST_ORDERS
        if link is None and offset + given >= total and not past:
            return None
        if not given:
            raise SourceFailed(f"it gave an empty page at {offset} of {total} orders")
        if link is None:
            return offset + given
        try:
            _, query = self._home.locate(link[1])
        except AddressError as error:
            raise SourceFailed(f"its next page lies elsewhere: {error}") from None
        told = query.get("offset", "")
        if not _NUMBER.fullmatch(told) or int(told) <= offset:
            raise SourceFailed("its link to the next page does not lead on")
        # Further than what was given would leave out orders; an order seen twice does no harm.
        return min(int(told), offset + given)


def _read_orders(body: bytes) -> tuple[OrderText, ...]:
    try:
        return cut_orders(body)
    except PageError as error:
        raise SourceFailed(str(error)) from None


def _total(body: bytes) -> int:
    total = _object(body).get("total_count")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise SourceFailed("its answer does not say how many orders there are")
    return total


def _object(body: bytes) -> Mapping[str, object]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise SourceFailed("its answer is not JSON") from None
    if not isinstance(value, dict):
        raise SourceFailed("its answer is not a JSON object")
    return value


def _fail(told: Mapping[str, object], why: str) -> NoReturn:
    raise SourceFailed(f"{why}{_said(orjson.dumps(told))}")


def _said(body: bytes) -> str:
    """Give what an error says of itself, short and printable; nothing where it is no JSON."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    said = plain(value.get("message"), 200) if isinstance(value, dict) else ""
    return f": {said}" if said else ""
