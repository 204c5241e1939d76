"""Where a vendor lives: one address that was allowed, and what of its own addresses leads there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_LONGEST = 4096


class AddressError(ValueError):
    """An address that is not called; the message names its host at most."""


@dataclass(frozen=True, slots=True)
class Home:
    """A vendor's address: `origin` is scheme, host and port, `prefix` what stands before all paths.

    `hosts` are the names, with or without a port, under which the vendor may speak of itself.
    """

    origin: str
    prefix: str
    hosts: frozenset[str]

    def locate(self, address: str) -> tuple[str, Mapping[str, str]]:
        """Give the path and query of an address that the vendor gave, to be asked for at home.

        Only path and query are taken over, so no answer can send a key elsewhere. Raises
        AddressError for another host, and for what is no plain address.
        """
        split = _split(address)
        if split.netloc or split.scheme:
            host = _host_of(split)
            known = host in self.hosts or split.hostname in self.hosts
            if split.scheme not in ("http", "https") or not known:
                raise AddressError(f'"{host[:100]}" is not among the allowed hosts')
        if not split.path.startswith(f"{self.prefix}/") or _climbs(split.path):
            raise AddressError("its path leads elsewhere")
        pairs = parse_qsl(split.query, keep_blank_values=True)
        query = dict(pairs)
        if len(query) != len(pairs):
            raise AddressError("a key of its query stands twice")
        return split.path.removeprefix(self.prefix), query


def find_home(base_url: str, allowed_hosts: Collection[str]) -> Home:
    """Give the home at a base address; AddressError when it is not allowed, or not safe.

    Its host must be among the allowed ones, and it must be https unless it is this machine.
    """
    split = _split(base_url)
    host = _host_of(split)
    if not split.hostname:
        raise AddressError("the address names no host")
    local = split.hostname in _LOOPBACK
    if split.scheme != "https" and not (local and split.scheme == "http"):
        raise AddressError("the address must begin with https://, unless it is this machine")
    if split.query or split.fragment or _climbs(split.path):
        raise AddressError("the address ends with its path, and the path leads down")
    allowed = frozenset(one.strip().lower() for one in allowed_hosts)
    if host not in allowed and split.hostname not in allowed:
        raise AddressError(f'"{host[:100]}" is not among the allowed hosts')
    return Home(
        f"{split.scheme}://{host}", split.path.rstrip("/"), allowed | {host, split.hostname}
    )


def _split(address: str) -> SplitResult:
    """Split an address; AddressError for one that is read in more than one way."""
    plain = len(address) <= _LONGEST and all("\x20" < letter < "\x7f" for letter in address)
    if not plain or "\\" in address:
        raise AddressError("it is no plain address")
    try:
        split = urlsplit(address)
        _ = split.port
    except ValueError:
        raise AddressError("it is no plain address") from None
    if "@" in split.netloc:
        raise AddressError("it names a user")
    return split


def _host_of(split: SplitResult) -> str:
    """Give host and port as an address writes them, the usual port left out."""
    name = split.hostname or ""
    shown = f"[{name}]" if ":" in name else name
    usual = {"https": 443, "http": 80}.get(split.scheme)
    return shown if split.port in (None, usual) else f"{shown}:{split.port}"


def _climbs(path: str) -> bool:
    return any(unquote(part) in (".", "..") for part in path.split("/"))
