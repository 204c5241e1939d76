"""Pages and moments as version 3 of the API writes them in queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from engine.sandbox.dotdigital.bodies import bad
from engine.sandbox.service import Answer, Json, Refused, Request

_LARGEST_PAGE = 1000


def cut_page(request: Request, found: Sequence[Json]) -> Answer:
    """Give one page of a list: `limit` of them from `marker` on, and where the next page is."""
    try:
        limit = min(int(request.value("limit", "100")), _LARGEST_PAGE)
        start = int(request.value("marker", "0"))
    except ValueError:
        raise Refused(bad("contacts:invalidFilter", "limit and marker are numbers")) from None
    links: Json = {}
    if start + limit < len(found):
        marker = str(start + limit)
        kept = {key: list(values) for key, values in request.query.items()}
        query = urlencode({**kept, "marker": [marker]}, doseq=True)
        links = {"next": {"link": f"{request.path}?{query}", "marker": marker}}
    return Answer(200, {"_items": list(found[start : start + limit]), "_links": links})


def read_moment(text: str, code: str) -> datetime:
    """Give a moment of a query; refuse what is none, or has no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(bad(code, f'"{text}" is no ISO 8601 date-time'))
    return moment
