"""What settings take: each check gives the value, or a ValueError that tells nothing of it."""

from __future__ import annotations

import base64
import binascii
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationInfo

RETENTION_DAYS: Mapping[str, int] = {
    "payloads": 30,
    "bodies": 30,
    "runs": 400,
    "reads": 400,
    "exceptions": 400,
    "rings": 2,
    "measurements": 400,
    "notices": 400,
    "audit": 730,
}
Given = TypeVar("Given")
Tier = Literal["low", "medium", "high", "enrolment"]
LEAST_BEARER = 24
LEAST_TOMBSTONE = 32

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")
_BELL_PREFIX = "whsec_"
_BELL_BYTES = range(24, 65)
_MOST_BELLS = 2
_MOST_DAYS = 36_500
_MOST_CALLS = 100_000


@dataclass(frozen=True, slots=True)
class Takes:
    """What a setting takes, in words."""

    what: str


@dataclass(frozen=True, slots=True)
class Make:
    """How the value of a setting is made, in words, where nobody gives it to you."""

    how: str


def check(holds: object, value: Given) -> Given:
    """Give the value if the condition holds; else ValueError, without the value."""
    if not holds:
        raise ValueError
    return value


def check_address(value: str, info: ValidationInfo) -> str:
    """Give an address without its last slash, if it is one that may be called."""
    parts = urlsplit(value)
    host = parts.hostname or ""
    # Without the list, the list itself is what is wrong.
    allowed = info.data.get("allowed_hosts", (host,))
    known = host in _LOOPBACK or any(host == one or host.endswith(f".{one}") for one in allowed)
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    # An odd port raises here.
    return str(check(known and plain and secure and parts.port != 0, value)).rstrip("/")


def is_loopback(address: str) -> bool:
    """Say whether an address leads to this machine."""
    return urlsplit(address).hostname in _LOOPBACK


def check_database(value: SecretStr) -> SecretStr:
    """Give the URL of a database of a kind that we know."""
    url = value.get_secret_value()
    urlsplit(url)
    found = next((start for start in _DATABASES if url.startswith(start)), "")
    return check(found and len(url) > len(found), value)


def check_secret(value: SecretStr) -> SecretStr:
    """Give a secret that fits in a header."""
    text = value.get_secret_value()
    return check(re.fullmatch(r"[\x21-\x7e]+", text), value)


def check_bearer(value: SecretStr) -> SecretStr:
    """Give the secret of a sender that cannot sign, if it is long enough."""
    return check_secret(check(len(value.get_secret_value()) >= LEAST_BEARER, value))


def check_tombstone(value: SecretStr) -> SecretStr:
    """Give the key of tombstones, if it is long enough."""
    return check_secret(check(len(value.get_secret_value()) >= LEAST_TOMBSTONE, value))


def check_bells(value: SecretStr) -> SecretStr:
    """Give one or two secrets of senders that sign."""
    secrets = value.get_secret_value().split()
    fine = 0 < len(secrets) <= _MOST_BELLS and all(_is_bell(secret) for secret in secrets)
    return check(fine, value)


def _is_bell(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix(_BELL_PREFIX), validate=True)
    except binascii.Error:
        return False
    return secret.startswith(_BELL_PREFIX) and len(key) in _BELL_BYTES


def split_hosts(value: object) -> object:
    """Give names of hosts, in small letters."""
    if not isinstance(value, str):
        return value
    hosts = tuple(host.strip().lower() for host in value.split(",") if host.strip())
    return check(hosts and all(re.fullmatch(r"[a-z0-9.-]+", host) for host in hosts), hosts)


def split_figures(value: object, known: Sequence[str], most: int) -> object:
    """Give the whole numbers of `name=12, other=7`."""
    if not isinstance(value, str):
        return value
    pairs = [pair.strip().partition("=") for pair in value.split(",") if pair.strip()]
    figures = {name.strip(): figure.strip() for name, _, figure in pairs}
    fine = (
        len(figures) == len(pairs) > 0
        and set(figures) <= set(known)
        and all(re.fullmatch(r"[0-9]{1,6}", figure) for figure in figures.values())
        and all(0 < int(figure) <= most for figure in figures.values())
    )
    return check(fine, figures)


def split_tiers(value: object) -> object:
    """Give calls by tier: a minute, of enrolments an hour."""
    return split_figures(value, get_args(Tier), _MOST_CALLS)


def split_retention(value: object) -> object:
    """Give days by kind of row: those given over the usual ones."""
    given = split_figures(value, tuple(RETENTION_DAYS), _MOST_DAYS)
    return {**RETENTION_DAYS, **given} if isinstance(given, dict) else given


def name_worker() -> str:
    """Give the name of this machine, as far as a worker can bear it."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", platform.node())[:60] or "worker"
