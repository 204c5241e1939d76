"""The proxy: whom a server in front of the page signed in, believed only from that server.

It must take away what a browser sends under the headers that it writes itself.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.datastructures import Headers

from engine.web.visitors import Visitor

SECRET_HEADER = "x-miradot-proxy"  # noqa: S105 - the name of the header
EVERYBODY = "*"
_LONGEST_NAME = 100
_LONGEST_GROUPS = 4000


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy writes what, and what each group may do; `*` is everybody it signed in.

    With a secret it is known by that alone, from anywhere; without one each peer on this machine
    is believed.
    """

    user: str
    groups: str
    roles: Mapping[str, frozenset[str]]
    secret: str = ""

    def is_speaking(self, headers: Headers, peer: str) -> bool:
        """Whether a request came through the proxy."""
        if not self.secret:
            return is_loopback(peer)
        given = headers.get(SECRET_HEADER, "")
        return hmac.compare_digest(given.encode(), self.secret.encode())

    def know(self, headers: Headers, peer: str) -> Visitor | None:
        """Give whom the proxy signed in; a header that comes twice names nobody."""
        if not self.is_speaking(headers, peer):
            return None
        names, groups = headers.getlist(self.user), headers.getlist(self.groups or self.user)
        name = _read(names[0]) if len(names) == 1 else ""
        if not name or len(name) > _LONGEST_NAME or not name.isprintable() or len(groups) > 1:
            return None
        held = {EVERYBODY}
        if self.groups and groups:
            held |= {one.strip() for one in _read(groups[0][:_LONGEST_GROUPS]).split(",")} - {""}
        roles = [self.roles[one] for one in held if one in self.roles]
        return Visitor(name, frozenset().union(*roles), "proxy")


def is_loopback(host: str) -> bool:
    """Whether an address, or the name localhost, is of this machine alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _read(value: str) -> str:
    """Give the text of a header: UTF-8 where it is, else nothing."""
    try:
        return value.encode("latin-1").decode().strip()
    except UnicodeError:
        return ""
