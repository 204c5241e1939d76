"""`miradot serve`: opens the database and Dotdigital, and serves the page until it is stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.commands.delivery import open_delivery, read_flow
from engine.commands.desk import ServedDesk
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


def serve_page(request: ServeRequest) -> None:
    """Serve the page; raises Refused and Failure where it cannot be opened."""
    settings = read_settings()
    passes = [
        Pass(Visitor(one.name, one.roles), one.token.get_secret_value())
        for one in settings.require_web_tokens()
    ]
    path = request.mapping or settings.require_mapping()
    flow = read_flow(path, request.brand or settings.brand)
    with open_delivery(settings, flow, with_mirakl=False) as delivery:
        desk = ServedDesk(delivery, path)
        site = Site(desk, Gate(passes), delivery.worker.clock)
        make_server(make_app(site), request.host, request.port).run()
