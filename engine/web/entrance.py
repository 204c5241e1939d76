"""The entrance: signing in with a token, and out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from engine.web.admission import (
    Site,
    name_cookie,
    read_cookie,
    read_form,
    try_token,
)
from engine.web.fences import is_loopback_name
from engine.web.paths import is_page
from engine.web.visitors import LASTS

ENTRANCE = "/login"
HOME = "/health"
_LONGEST_WAY = 500


@dataclass(frozen=True, slots=True)
class Entrance:
    """Signing in and out; `draw` gives the page of the door for what it is told."""

    site: Site
    draw: Callable[[dict[str, object]], str]

    async def show(self, request: Request) -> Response:
        """Give the door."""
        return self._answer(request.query_params.get("to", ""), wrong=False)

    async def enter(self, request: Request) -> Response:
        """Let in whoever shows a token of ours, to the page that they wanted to see."""
        form = await read_form(self.site, request)
        to = form.get("to", "")
        visitor = try_token(self.site, request, form.get("token", "").strip())
        if visitor is None:
            return self._answer(to, wrong=True)
        answer = RedirectResponse(choose_way(to), 303)
        answer.set_cookie(
            name_cookie(request),
            self.site.gate.make_cookie(visitor, self.site.clock.now()),
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=_is_secure(request),
        )
        return answer

    async def leave(self, request: Request) -> Response:
        """Let the cookie count no more."""
        self.site.gate.end_cookie(read_cookie(request), self.site.clock.now())
        answer = RedirectResponse(ENTRANCE, 303)
        answer.delete_cookie(
            name_cookie(request), httponly=True, samesite="strict", secure=_is_secure(request)
        )
        return answer

    def _answer(self, to: str, *, wrong: bool) -> Response:
        way = choose_way(to)
        told = {
            "wrong": wrong,
            "to": "" if way == HOME else way,
            "tokens": self.site.gate.is_open,
            "address": self.site.address,
        }
        return Response(self.draw(told), 401 if wrong else 200, media_type="text/html")


def lead_in(request: Request) -> Response:
    """Lead whoever is not known to the door, and from there to what they asked for."""
    query = request.url.query
    way = f"{request.url.path}?{query}" if query else request.url.path
    chosen = choose_way(way)
    to = "" if chosen == HOME else f"?{urlencode({'to': chosen})}"
    return RedirectResponse(f"{ENTRANCE}{to}", 303)


def choose_way(to: str) -> str:
    """Give where somebody may be led after signing in: a page of ours, else the first one."""
    if len(to) > _LONGEST_WAY or not to.isascii() or not to.isprintable() or "\\" in to:
        return HOME
    try:
        parts = urlsplit(to)
    except ValueError:
        return HOME
    ours = not (parts.scheme or parts.netloc) and is_page(parts.path)
    return to if ours and to.startswith("/") and not to.startswith("//") else HOME


def _is_secure(request: Request) -> bool:
    by_name = not is_loopback_name(request.headers.get("host", ""))
    return by_name or request.headers.get("origin", "").startswith("https:")
