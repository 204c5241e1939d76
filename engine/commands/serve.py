"""`miradot serve`: opens the database and Dotdigital, and serves the page until it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.commands.delivery import open_delivery, read_flow
from engine.commands.desk import ServedDesk
from engine.problem import Failure
from engine.settings import WebAccess, read_settings
from engine.web.admission import Site
from engine.web.app import make_app
from engine.web.proxy import Proxy, is_loopback
from engine.web.server import make_server, run_server
from engine.web.visitors import Gate, Pass, Visitor


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """One call of `miradot serve`."""

    mapping: Path | None
    brand: Path | None
    host: str
    port: int


def serve_page(request: ServeRequest, tell: Callable[[str], None]) -> None:
    """Serve the page, and tell where; raises Refused and Failure where it cannot be opened."""
    settings = read_settings()
    access = settings.require_web()
    _refuse_open(request.host, access)
    path = request.mapping or settings.require_mapping()
    flow = read_flow(path, request.brand or settings.brand)
    with open_delivery(settings, flow, with_mirakl=False) as delivery:
        site = Site(
            desk=ServedDesk(delivery, path),
            gate=_make_gate(access),
            clock=delivery.worker.clock,
            proxy=_make_proxy(access),
            address=access.address,
            host=request.host.strip("[]"),
        )
        tell(f"the page: {access.address or f'http://{request.host}:{request.port}'}/\n")
        if access.proxy is not None and access.proxy.secret is None:
            tell(
                "everybody on this machine can name himself to the page as the proxy does; "
                "MIRADOT_WEB_PROXY_SECRET ends that\n"
            )
        server = make_server(make_app(site), request.host, request.port)
        try:
            run_server(server)
        except SystemExit:
            # So the server says that the address is taken, or not of this machine.
            raise Failure(f"cannot listen at {request.host}:{request.port}") from None


def _refuse_open(host: str, access: WebAccess) -> None:
    """Refuse to be reached from elsewhere in plain HTTP, or by whoever names himself."""
    if is_loopback(host.strip("[]")):
        return
    if not access.address:
        raise Failure(
            f"at {host} others reach the page over plain HTTP, where tokens can be read on the way:"
            " put a server that speaks HTTPS in front, and name its address in MIRADOT_WEB_ADDRESS"
            " (in a container whose port is published on this machine alone, that address)"
        )
    if access.proxy is not None and access.proxy.secret is None:
        raise Failure(
            f"at {host} whoever reaches the page could name himself as the proxy does: set"
            " MIRADOT_WEB_PROXY_SECRET, and let the proxy send it as X-Miradot-Proxy"
        )


def _make_gate(access: WebAccess) -> Gate:
    return Gate(
        [Pass(Visitor(one.name, one.roles), one.token.get_secret_value()) for one in access.tokens]
    )


def _make_proxy(access: WebAccess) -> Proxy | None:
    given = access.proxy
    if given is None:
        return None
    secret = given.secret.get_secret_value() if given.secret is not None else ""
    return Proxy(given.user, given.groups, given.roles, secret)
