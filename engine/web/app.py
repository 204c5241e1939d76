"""The application: a route per page and twin, the entrance, and what machines ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from engine.problem import Failure
from engine.state.database import DatabaseUnavailable
from engine.web.admission import (
    Refused,
    Site,
    admit,
    know,
    read_form,
    refuse_foreign,
)
from engine.web.asking import Ask, Page, Shown
from engine.web.desk import NotThere
from engine.web.entrance import ENTRANCE, HOME, Entrance, lead_in
from engine.web.fences import HEADERS
from engine.web.metrics import CONTENT_TYPE, write_metrics
from engine.web.pages import PAGES
from engine.web.showing import read_script, read_style, render
from engine.web.visitors import Visitor

Form = Literal["html", "json", "csv"]
Answering = Callable[[Request], Awaitable[Response]]
_UNKNOWN, _NOWHERE = 401, 404
# Sections of the page, in the order of its menu.
MENU = (
    ("/health", "Health"),
    ("/runs", "Runs"),
    ("/exceptions", "Exceptions"),
    ("/reviews", "Review"),
    ("/person", "Person"),
    ("/usability", "Usability"),
    ("/drift", "Drift"),
    ("/reconciliation", "Reconciliation"),
    ("/consent", "Consent"),
    ("/mapping", "Mapping"),
    ("/audit", "Audit"),
)
_TITLES = {
    400: "That cannot be done",
    401: "Please sign in",
    403: "You may not do that",
    404: "It is not here",
    405: "It is not asked for in that way",
    408: "That took too long",
    413: "That is too much at once",
    421: "It is not here",
    429: "Too many wrong tokens",
    500: "Something unexpected happened",
    503: "The database does not answer",
}


def make_app(site: Site) -> Starlette:
    """Give the application."""
    entrance = Entrance(site, lambda told: _draw(Shown("login.html", None, told)))
    routes = [
        route
        for page in PAGES
        for route in (
            _route(site, page, "json"),
            *([_route(site, page, "csv")] if page.table else []),
            _route(site, page, "html"),
        )
    ]
    app = Starlette(
        routes=[
            Route("/", _fenced(site, _go_home, "html"), methods=["GET"]),
            *routes,
            Route("/metrics", _fenced(site, _Metrics(site), "json"), methods=["GET"]),
            Route(ENTRANCE, _fenced(site, entrance.show, "html"), methods=["GET"]),
            Route(ENTRANCE, _fenced(site, entrance.enter, "html"), methods=["POST"]),
            Route("/logout", _fenced(site, entrance.leave, "html"), methods=["POST"]),
            Route("/style.css", _fenced(site, _give_style, "html"), methods=["GET"]),
            Route("/htmx.js", _fenced(site, _give_script, "html"), methods=["GET"]),
            Route("/livez", _fenced(site, _live, "json"), methods=["GET"]),
            Route("/readyz", _fenced(site, _Readiness(site), "json"), methods=["GET"]),
        ],
        exception_handlers={HTTPException: _Untold(site), 500: _tell_unexpected},
    )
    # A path with a slash too many is none of ours; the library would lead it wherever Host says.
    app.router.redirect_slashes = False
    return app


def _route(site: Site, page: Page, form: Form) -> Route:
    path = page.path if form == "html" else f"{page.path}.{form}"

    async def answer(request: Request) -> Response:
        visitor = admit(site, request, page.role)
        given = dict(request.query_params)
        if page.method == "POST":
            given = await read_form(site, request)
        number = request.path_params.get("number", 0)
        ask = Ask(site.desk, visitor, given, number)
        if form == "csv" and page.table is not None:
            return _give_table(await run_in_threadpool(page.table, ask), page.path)
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
            refuse_foreign(site, request)
            given = await answering(request)
        except Refused as refused:
            given = _refuse(site, request, form, refused)
        except NotThere as error:
            given = _tell(site, request, form, _NOWHERE, str(error))
        except DatabaseUnavailable:
            why = "try again in a moment; nothing was changed"
            given = _tell(site, request, form, 503, why)
        except Failure as error:
            given = _tell(site, request, form, 400, str(error))
        return _with_headers(given)

    return answer


def _refuse(site: Site, request: Request, form: Form, refused: Refused) -> Response:
    if refused.status == _UNKNOWN and form == "html" and request.method in ("GET", "HEAD"):
        if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            # The cookie does not come along with a link of another site: asked once more, it does.
            return Response(render("again.html", _frame(None, "")), media_type="text/html")
        door = lead_in(request)
        if _is_part(request):
            # What asked for a part of a page must not put the door into it.
            return Response(status_code=401, headers={"HX-Redirect": door.headers["location"]})
        return door
    answer = _tell(site, request, form, refused.status, refused.why)
    answer.headers.update(refused.headers)
    return answer


class _Metrics:
    """Figures for Prometheus, which shows a token as everybody does."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self, request: Request) -> Response:
        admit(self._site, request, "view")
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
    return RedirectResponse(HOME, 303)


async def _give_script(_request: Request) -> Response:
    return Response(read_script(), media_type="text/javascript")


async def _give_style(_request: Request) -> Response:
    return Response(read_style(), media_type="text/css")


def _tell(site: Site, request: Request, form: Form, status: int, why: str) -> Response:
    if form != "html":
        return _give_json({"error": why}, status)
    told = {"title": _TITLES.get(status, "That did not work"), "why": why}
    page = render("wrong.html", _frame(know(site, request), request.url.path) | told)
    whole = {"HX-Retarget": "#content", "HX-Reselect": "#content", "HX-Reswap": "outerHTML"}
    return Response(page, status, whole if _is_part(request) else None, media_type="text/html")


def _is_part(request: Request) -> bool:
    """Whether the script asks, to show a part of the answer in the page that is open."""
    return request.headers.get("hx-request") == "true"


def _draw(shown: Shown, visitor: Visitor | None = None, path: str = "") -> str:
    return render(shown.template, _frame(visitor, path) | {"page": shown.document, **shown.more})


def _frame(visitor: Visitor | None, path: str) -> dict[str, object]:
    roles = visitor.roles if visitor is not None else frozenset()
    name = visitor.name if visitor is not None else ""
    here = next((to for to, _ in MENU if path == to or path.startswith(f"{to}/")), "")
    way = visitor.way if visitor is not None else ""
    return {"menu": MENU, "here": here, "visitor": name, "roles": roles, "way": way}


def _give_json(document: object, status: int = 200) -> Response:
    body = orjson.dumps(document, _order_set, orjson.OPT_INDENT_2)
    return Response(body + b"\n", status, media_type="application/json")


def _order_set(value: object) -> list[int]:
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def _give_table(text: str, path: str) -> Response:
    name = path.strip("/").replace("/", "-")
    names = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text, headers=names, media_type="text/csv")


def _with_headers(answer: Response) -> Response:
    answer.headers.update(HEADERS)
    return answer
