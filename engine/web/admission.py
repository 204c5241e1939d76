"""Admission: who is asking, whether they may, and what of a request is read at all.

A token in a header counts alone and is never sent by a browser by itself; then comes whom the proxy
signed in, and then a cookie. Both of these come along with what any site makes a browser send, so
what changes something must come from a page of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

import anyio
from starlette.requests import ClientDisconnect, Request

from engine.clock import Clock
from engine.log import get_log
from engine.web.asking import Role
from engine.web.attempts import PER, Attempts
from engine.web.desk import Desk
from engine.web.fences import is_embedded, is_known_name, is_loopback_name, is_ours
from engine.web.proxy import Proxy, is_loopback
from engine.web.visitors import Gate, Visitor, is_bearer

LARGEST_BODY = 64 * 1024
_MOST_FIELDS = 20
_ASKING = ("GET", "HEAD")
_COOKIE = "miradot"


@dataclass(frozen=True, slots=True)
class Site:
    """What the application stands on.

    `address` is where people find the page and `host` where it listens; '' for address where
    nobody said. A body that takes longer than `body_seconds` is not waited for.
    """

    desk: Desk
    gate: Gate
    clock: Clock
    proxy: Proxy | None = None
    address: str = ""
    host: str = "127.0.0.1"
    attempts: Attempts = field(default_factory=Attempts)
    body_seconds: float = 10.0


class Refused(Exception):  # noqa: N818 - an answer that ends a request early
    """A request that ends with a status and one sentence."""

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = dict(headers or {})


def refuse_foreign(site: Site, request: Request) -> None:
    """Raise Refused for what another site made a browser send, or sent by a name of its own."""
    if is_bearer(request.headers.get("authorization", "")):
        return
    host = request.headers.get("host", "")
    if not (
        is_known_name(host, site.host, urlsplit(site.address).hostname or "")
        or _is_proxy_known(site, request)
    ):
        raise Refused(
            421, "this page is not served under that name; MIRADOT_WEB_ADDRESS says which is right"
        )
    if request.method not in _ASKING and not is_ours(request.headers, site.address):
        raise Refused(403, "the form was not sent from a page of this site")
    if is_embedded(request.headers):
        raise Refused(403, "another site asked for it; open it from a page of this site")


def admit(site: Site, request: Request, role: Role) -> Visitor:
    """Give who asks, if they have the role; Refused otherwise."""
    header = request.headers.get("authorization", "")
    visitor = _know_token(site, request, header) if is_bearer(header) else know(site, request)
    if visitor is None:
        raise Refused(
            401,
            "sign in, or send a token: Authorization: Bearer TOKEN",
            {"WWW-Authenticate": "Bearer"},
        )
    if not visitor.roles:
        raise Refused(403, f"{visitor.name} is in no group that may do anything here")
    if role not in visitor.roles:
        raise Refused(403, f'{visitor.name} has not the role "{role}", which this needs')
    return visitor


def know(site: Site, request: Request) -> Visitor | None:
    """Give who sits at the browser that asks: by the proxy, else by a cookie."""
    if site.proxy is not None:
        visitor = site.proxy.know(request.headers, _peer(request))
        if visitor is not None:
            return visitor
    return site.gate.know_cookie(read_cookie(request), site.clock.now())


def try_token(site: Site, request: Request, token: str) -> Visitor | None:
    """Give whose token it is; Refused where too many wrong ones were shown from there."""
    client, now = _name_client(site, request), site.clock.now()
    wait = site.attempts.seconds_to_wait(client, now)
    if wait:
        why = f"too many wrong tokens came from there: try again in {wait} s"
        raise Refused(429, why, {"Retry-After": str(wait)})
    visitor = site.gate.know_token(token)
    if visitor is None and site.attempts.note(client, now):
        get_log("none").warning("too many wrong tokens", seconds=PER.total_seconds())
    return visitor


def name_cookie(request: Request) -> str:
    """Give the name of the cookie: on other machines one that only this very host can set."""
    return _COOKIE if is_loopback_name(request.headers.get("host", "")) else f"__Host-{_COOKIE}"


def read_cookie(request: Request) -> str:
    """Give the cookie that a browser shows, '' without one."""
    return request.cookies.get(name_cookie(request), "")


async def read_form(site: Site, request: Request) -> dict[str, str]:
    """Give the fields of a form; Refused for one that is too large, too slow or no form."""
    try:
        with anyio.fail_after(site.body_seconds):
            body = await _read_body(request)
    except TimeoutError:
        raise Refused(408, "the form did not arrive in time", {"Connection": "close"}) from None
    except ClientDisconnect:
        # Nobody is there to be answered.
        raise Refused(400, "the form did not arrive whole") from None
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise Refused(400, "the form cannot be read") from None
    return dict(pairs)


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            why = f"a form of more than {LARGEST_BODY} bytes is not read"
            raise Refused(413, why, {"Connection": "close"})
    return bytes(body)


def _know_token(site: Site, request: Request, header: str) -> Visitor | None:
    return try_token(site, request, header.partition(" ")[2].strip())


def _peer(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _is_proxy_known(site: Site, request: Request) -> bool:
    # What merely sits on this machine may be a browser that was led here.
    proxy = site.proxy
    return (
        proxy is not None
        and proxy.secret != ""
        and proxy.is_speaking(request.headers, _peer(request))
    )


def _name_client(site: Site, request: Request) -> str:
    """Give who asks: the peer, or whom a server before us names last."""
    peer = _peer(request)
    passed = request.headers.getlist("x-forwarded-for")
    if not passed or not (is_loopback(peer) or _is_proxy_known(site, request)):
        return peer
    last = passed[-1].rpartition(",")[2].strip()
    try:
        return str(ip_address(last))
    except ValueError:
        return peer
