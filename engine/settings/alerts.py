"""What the settings of alerts take: where notices go, from when on, and who hears that we live."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr

from engine.settings.checks import check, is_loopback, split_figures

EVERYBODY_ELSE = "default"
"""In the place of an owner: whoever has no route of their own."""
ALERT_LIMITS: Mapping[str, int] = {
    "failure": 1,
    "late": 3,
    "held": 10,
    "rejected": 2,
    "least": 3,
    "usability": 1,
    "drift": 1,
    "reconciliation": 1,
    "consent": 1,
    "budget": 90,
    "queue": 60,
    "history": 1440,
    "imports": 360,
}
"""From when on people are told; the table of alerts says of each what it counts."""
_MOST = 100_000
_ROUTE = re.compile(r"([a-z][a-z0-9-]{1,39})=([a-z][a-z0-9]{0,39})(://[\x21-\x7e]+)")


def check_routes(value: SecretStr) -> SecretStr:
    """Give the routes of notices, OWNER=URL each, with blanks between."""
    given = value.get_secret_value().split()
    return check(
        given and all(map(_ROUTE.fullmatch, given)) and len(set(given)) == len(given), value
    )


def read_routes(value: SecretStr | None) -> Mapping[str, tuple[str, ...]]:
    """Give the addresses of each owner, in the order in which they are set."""
    routes: dict[str, tuple[str, ...]] = {}
    for one in value.get_secret_value().split() if value is not None else []:
        owner, _, address = one.partition("=")
        routes[owner] = (*routes.get(owner, ()), address)
    return routes


def show_routes(value: SecretStr) -> str:
    """Give whose notices go by which services, and nothing else of their addresses."""
    told = (
        f"{owner} by {', '.join(one.partition(':')[0] for one in addresses)}"
        for owner, addresses in read_routes(value).items()
    )
    return "; ".join(told)


def check_ping(value: SecretStr) -> SecretStr:
    """Give the address that is pinged, if it is one that may be."""
    parts = urlsplit(value.get_secret_value())
    local = parts.scheme == "http" and is_loopback(value.get_secret_value())
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    named = parts.hostname and re.fullmatch(r"[\x21-\x7e]+", value.get_secret_value())
    # An odd port raises here.
    return check((parts.scheme == "https" or local) and plain and named and parts.port != 0, value)


def split_limits(value: object) -> object:
    """Give the limits: those given over the usual ones."""
    given = split_figures(value, tuple(ALERT_LIMITS), _MOST)
    return {**ALERT_LIMITS, **given} if isinstance(given, dict) else given
