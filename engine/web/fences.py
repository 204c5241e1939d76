"""Fences: what every answer carries, and how a request that another site sent is told."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

# Nothing is loaded from elsewhere, no script that stands in a page runs, no other site frames one.
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';"
        " img-src 'self'; form-action 'self';"
        " frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Not less: without a referrer browsers hide the origin of forms, by which they are known.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_FOREIGN = ("cross-site", "same-site")


def is_ours(headers: Mapping[str, str], address: str = "") -> bool:
    """Whether a browser says that a form was sent from a page of ours.

    Every browser of the last years sends Sec-Fetch-Site, older ones at least Origin; a request
    with neither is nobody's who shows a cookie. `address` is where people find the page.
    """
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None:
        return site is not None
    try:
        place = urlsplit(origin).netloc
    except ValueError:
        return False
    if address and place == urlsplit(address).netloc:
        return origin == address
    return place == headers.get("host", "") != ""


def is_embedded(headers: Mapping[str, str]) -> bool:
    """Whether another site asks for something of ours to be part of one of its own pages."""
    if headers.get("sec-fetch-site") not in _FOREIGN:
        return False
    return (
        headers.get("sec-fetch-mode") != "navigate"
        or headers.get("sec-fetch-dest", "document") != "document"
    )


def is_loopback_name(host: str) -> bool:
    """Whether a Host header names this machine as browsers on it do."""
    return _read_name(host) in _LOOPBACK


def is_known_name(host: str, *known: str) -> bool:
    """Whether a Host header names this machine, or one of the known hosts.

    A site that lets its own name lead to this machine would else read pages as their own.
    """
    name = _read_name(host)
    return bool(name) and (name in _LOOPBACK or name in known)


def _read_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
