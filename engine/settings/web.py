"""What the settings of the page take: its address, its tokens, and a proxy that signs people in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from engine.settings.checks import LEAST_BEARER, check, is_loopback

WEB_ROLES = ("view", "act", "reveal")
EVERYBODY = "*"
"""In the place of a group: whoever the proxy signed in."""
_TOKEN_COLONS = 2
_HEADER = r"^[A-Za-z][A-Za-z0-9-]{0,59}$"
# What a request, or what passes it on, says of itself is no name of anybody.
_TAKEN = frozenset(
    {
        *("authorization", "connection", "content-length", "content-type", "cookie", "host"),
        *("origin", "proxy-authorization", "referer", "sec-fetch-site", "transfer-encoding"),
        *("x-forwarded-for", "x-miradot-proxy"),
    }
)


@dataclass(frozen=True, slots=True)
class WebToken:
    """A token of the page: whose it is, and what whoever shows it may do (view, act, reveal)."""

    name: str
    roles: frozenset[str]
    token: SecretStr


@dataclass(frozen=True, slots=True)
class WebProxy:
    """A proxy that signs people in: the headers in which it names them and their groups.

    Without a secret every peer on this machine is believed.
    """

    user: str
    groups: str
    roles: Mapping[str, frozenset[str]]
    secret: SecretStr | None


@dataclass(frozen=True, slots=True)
class WebAccess:
    """Who may come in to the page; `address` is where people find it, '' where nobody said."""

    address: str
    tokens: tuple[WebToken, ...]
    proxy: WebProxy | None


def check_web_address(value: str) -> str:
    """Give the page's address, such as https://ops.example.com: without a path; https elsewhere."""
    parts = urlsplit(value)
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    bare = parts.path in ("", "/") and re.fullmatch(r"[a-z0-9.:\[\]-]+", parts.netloc)
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(value))
    # An odd port raises here.
    return check(plain and bare and secure and parts.port != 0, value).rstrip("/")


def check_web_header(value: str) -> str:
    """Give the name of a header, in small letters, if it is not one that says something else."""
    return check(re.fullmatch(_HEADER, value) and value.lower() not in _TAKEN, value).lower()


def check_web_tokens(value: SecretStr) -> SecretStr:
    """Give the tokens of the page, NAME:ROLES:TOKEN each, with blanks between."""
    given = [split_token(one) for one in value.get_secret_value().split()]
    names, tokens = {one[0] for one in given}, {one[2] for one in given}
    return check(given and len(names) == len(tokens) == len(given), value)


def split_token(text: str) -> tuple[str, frozenset[str], str]:
    """Give name, roles and token of NAME:ROLES:TOKEN; ValueError for anything else."""
    name, roles, token = check(text.count(":") >= _TOKEN_COLONS, text).split(":", _TOKEN_COLONS)
    fine = (
        re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", name)
        and len(token) >= LEAST_BEARER
        and re.fullmatch(r"[\x21-\x7e]+", token)
    )
    return check(fine, (name, split_roles(roles), token))


def split_roles(text: str) -> frozenset[str]:
    """Give the roles of view+act+reveal; ValueError for anything else."""
    held = text.split("+")
    fine = set(held) <= set(WEB_ROLES) and len(held) == len(set(held))
    # Whoever may act or reveal sees the pages as well.
    return check(fine, frozenset({"view", *held}))


def split_web_roles(value: object) -> object:
    """Give the roles of `GROUP=ROLES, GROUP=ROLES` as they are written, by group."""
    if not isinstance(value, str):
        return value
    pairs = [pair.strip().rpartition("=") for pair in value.split(",") if pair.strip()]
    roles = {group.strip(): held.strip() for group, _, held in pairs}
    for held in roles.values():
        split_roles(held)
    fine = roles and len(roles) == len(pairs) and all(one.isprintable() for one in roles)
    return check(fine and "" not in roles, roles)
