"""The application: a route per page and twin, the entrance, and what machines ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from engine.clock import Clock
from engine.problem import Failure
from engine.state.database import DatabaseUnavailable
from engine.web.desk import Desk, NotThere
from engine.web.fences import HEADERS, is_ours
from engine.web.metrics import CONTENT_TYPE, write_metrics
from engine.web.pages import PAGES, Ask, Page, Role, Shown
from engine.web.showing import read_style, render
from engine.web.visitors import COOKIE, LASTS, Gate, Visitor

Form = Literal["html", "json", "csv"]
Answering = Callable[[Request], Awaitable[Response]]
LARGEST_BODY = 64 * 1024
_MOST_FIELDS = 20
_UNKNOWN, _FORBIDDEN, _NOWHERE = 401, 403, 404
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_ENTRANCE = "/login"
# Sections of the page, in the order of its menu.
MENU = (
    ("/health", "Health"),
    ("/runs", "Runs"),
    ("/exceptions", "Exceptions"),
    ("/reviews", "Review"),
    ("/person", "Person"),
    ("/mapping", "Mapping"),
)
_TITLES = {
    400: "That cannot be done",
    401: "Please sign in",
    403: "You may not do that",
    404: "It is not here",
    405: "It is not asked for in that way",
    413: "That is too much at once",
    500: "Something unexpected happened",
    503: "The database does not answer",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What the application stands on."""

    desk: Desk
    gate: Gate
    clock: Clock


class _Refused(Exception):  # noqa: N818 - an answer that ends a request early
    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def make_app(site: Site) -> Starlette:
    """Give the application."""
    entrance = _Entrance(site)
    routes = [
        route
        for page in PAGES
        for route in (
            _route(site, page, "json"),
            *([_route(site, page, "csv")] if page.table else []),
            _route(site, page, "html"),
        )
    ]
    return Starlette(
        routes=[
            Route("/", _fenced(site, _go_home, "html"), methods=["GET"]),
            *routes,
            Route("/metrics", _fenced(site, _Metrics(site), "json"), methods=["GET"]),
            Route(_ENTRANCE, _fenced(site, entrance.show, "html"), methods=["GET"]),
            Route(_ENTRANCE, _fenced(site, entrance.enter, "html"), methods=["POST"]),
            Route("/logout", _fenced(site, entrance.leave, "html"), methods=["POST"]),
            Route("/style.css", _fenced(site, _give_style, "html"), methods=["GET"]),
            Route("/livez", _fenced(site, _live, "json"), methods=["GET"]),
            Route("/readyz", _fenced(site, _Readiness(site), "json"), methods=["GET"]),
        ],
        exception_handlers={HTTPException: _Untold(site), 500: _tell_unexpected},
    )


def _route(site: Site, page: Page, form: Form) -> Route:
    path = page.path if form == "html" else f"{page.path}.{form}"

    async def answer(request: Request) -> Response:
        visitor = _admit(site, request, page.role)
        given = dict(request.query_params)
        if page.method == "POST":
            given = await _read_form(request)
        number = request.path_params.get("number", 0)
        ask = Ask(site.desk, visitor, given, number)
        if form == "csv" and page.table is not None:
            return _give_table(await run_in_threadpool(page.table, ask))
        shown = await run_in_threadpool(page.answer, ask)
        if form == "json":
            return _give_json(shown.document)
        return Response(_draw(shown, visitor, page.path), media_type="text/html")

    name = f"{page.method} {path}"
    return Route(path, _fenced(site, answer, form), methods=[page.method], name=name)


def _fenced(site: Site, answering: Answering, form: Form) -> Answering:
    """Give an endpoint that tells every refusal in the form that was asked for."""

    async def answer(request: Request) -> Response:
        try:
            _refuse_foreign(request)
            given = await answering(request)
        except _Refused as refused:
            if refused.status == _UNKNOWN and form == "html" and request.method == "GET":
                return _with_headers(RedirectResponse(_ENTRANCE, 303))
            given = _tell(site, request, form, refused.status, refused.why)
        except NotThere as error:
            given = _tell(site, request, form, _NOWHERE, str(error))
        except DatabaseUnavailable:
            why = "try again in a moment; nothing was changed"
            given = _tell(site, request, form, 503, why)
        except Failure as error:
            given = _tell(site, request, form, 400, str(error))
        return _with_headers(given)

    return answer


def _refuse_foreign(request: Request) -> None:
    # A token in a header is sent by nobody but whoever knows it; a cookie by any page's form.
    by_token = "authorization" in request.headers and COOKIE not in request.cookies
    if request.method == "POST" and not (by_token or is_ours(request.headers)):
        raise _Refused(_FORBIDDEN, "the form was not sent from a page of this site")


def _know(site: Site, request: Request) -> Visitor | None:
    header = request.headers.get("authorization")
    if header is not None:
        return site.gate.know_bearer(header)
    return site.gate.know_cookie(request.cookies.get(COOKIE, ""), site.clock.now())


def _admit(site: Site, request: Request, role: Role) -> Visitor:
    visitor = _know(site, request)
    if visitor is None:
        raise _Refused(_UNKNOWN, "sign in, or send a token: Authorization: Bearer TOKEN")
    if role not in visitor.roles:
        raise _Refused(_FORBIDDEN, f'{visitor.name} has not the role "{role}", which this needs')
    return visitor


async def _read_form(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise _Refused(413, f"a form of more than {LARGEST_BODY} bytes is not read")
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise _Refused(400, "the form cannot be read") from None
    return dict(pairs)


class _Entrance:
    """Signing in and out."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, _request: Request) -> Response:
        return Response(_draw(Shown("login.html", None, {"wrong": False})), media_type="text/html")

    async def enter(self, request: Request) -> Response:
        form = await _read_form(request)
        visitor = self._site.gate.know_token(form.get("token", "").strip())
        if visitor is None:
            page = _draw(Shown("login.html", None, {"wrong": True}))
            return Response(page, 401, media_type="text/html")
        answer = RedirectResponse("/health", 303)
        answer.set_cookie(
            COOKIE,
            self._site.gate.make_cookie(visitor, self._site.clock.now()),
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=not _is_loopback(request),
        )
        return answer

    async def leave(self, _request: Request) -> Response:
        answer = RedirectResponse(_ENTRANCE, 303)
        answer.delete_cookie(COOKIE)
        return answer


class _Metrics:
    """Figures for Prometheus, which shows a token as everybody does."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self, request: Request) -> Response:
        _admit(self._site, request, "view")
        page = await run_in_threadpool(self._site.desk.tell_health)
        return Response(write_metrics(page), headers={"Content-Type": CONTENT_TYPE})


class _Readiness:
    """Whether questions can be answered."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self, _request: Request) -> Response:
        ready = await run_in_threadpool(self._site.desk.is_ready)
        return Response("ok\n" if ready else "not ready\n", 200 if ready else 503)


class _Untold:
    """What no route answers."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        form: Form = "json" if request.url.path.endswith(".json") else "html"
        why = "nothing is served at this address" if status == _NOWHERE else _TITLES.get(status, "")
        return _with_headers(_tell(self._site, request, form, status, why))


async def _tell_unexpected(_request: Request, _error: Exception) -> Response:
    # Nothing of what happened is told: it may be personal.
    page = render("wrong.html", _frame(None, "") | {"title": _TITLES[500], "why": ""})
    return _with_headers(Response(page, 500, media_type="text/html"))


async def _live(_request: Request) -> Response:
    return Response("ok\n", media_type="text/plain")


async def _go_home(_request: Request) -> Response:
    return RedirectResponse("/health", 303)


async def _give_style(_request: Request) -> Response:
    return Response(read_style(), media_type="text/css")


def _tell(site: Site, request: Request, form: Form, status: int, why: str) -> Response:
    if form != "html":
        return _give_json({"error": why}, status)
    told = {"title": _TITLES.get(status, "That did not work"), "why": why}
    page = render("wrong.html", _frame(_know(site, request), request.url.path) | told)
    return Response(page, status, media_type="text/html")


def _draw(shown: Shown, visitor: Visitor | None = None, path: str = "") -> str:
    return render(shown.template, _frame(visitor, path) | {"page": shown.document, **shown.more})


def _frame(visitor: Visitor | None, path: str) -> dict[str, object]:
    roles = visitor.roles if visitor is not None else frozenset()
    name = visitor.name if visitor is not None else ""
    here = next((to for to, _ in MENU if path == to or path.startswith(f"{to}/")), "")
    return {"menu": MENU, "here": here, "visitor": name, "roles": roles}


def _give_json(document: object, status: int = 200) -> Response:
    body = orjson.dumps(document, _order_set, orjson.OPT_INDENT_2)
    return Response(body + b"\n", status, media_type="application/json")


def _order_set(value: object) -> list[int]:
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def _give_table(text: str) -> Response:
    names = {"Content-Disposition": 'attachment; filename="exceptions.csv"'}
    return Response(text, headers=names, media_type="text/csv")


def _with_headers(answer: Response) -> Response:
    answer.headers.update(HEADERS)
    return answer


def _is_loopback(request: Request) -> bool:
    host = request.headers.get("host", "")
    return host.rpartition(":")[0] in _LOOPBACK or host in _LOOPBACK
