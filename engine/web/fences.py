"""Fences: what every answer carries, and how a request that another site sent is told."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

# Nothing is loaded from elsewhere, no script runs, and no other site may frame a page.
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
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


def is_ours(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that a form was sent from a page of ours.

    Every browser of the last years sends Sec-Fetch-Site, older ones at least Origin; a request
    with neither is nobody's who shows a cookie.
    """
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host", "") != ""
    return site is not None
