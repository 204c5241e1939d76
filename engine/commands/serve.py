"""`miradot serve`: opens the database and Dotdigital, and serves the page until it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.commands.delivery import open_delivery, read_flow
from engine.commands.desk import ServedDesk
from engine.problem import Failure
from engine.settings import read_settings
from engine.web.app import Site, make_app
from engine.web.server import make_server
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
    passes = [
        Pass(Visitor(one.name, one.roles), one.token.get_secret_value())
        for one in settings.require_web().tokens
    ]
    path = request.mapping or settings.require_mapping()
    flow = read_flow(path, request.brand or settings.brand)
    with open_delivery(settings, flow, with_mirakl=False) as delivery:
        desk = ServedDesk(delivery, path)
        site = Site(desk, Gate(passes), delivery.worker.clock)
        tell(f"the page: http://{request.host}:{request.port}/\n")
        try:
            make_server(make_app(site), request.host, request.port).run()
        except SystemExit:
            # So the server says that the address is taken, or not of this machine.
            raise Failure(f"cannot listen at {request.host}:{request.port}") from None
