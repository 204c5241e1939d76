"""What an account holds besides contacts: data fields, lists, programmes, limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

FieldType = Literal["String", "Numeric", "Date", "Boolean"]
_BUILT_IN: Mapping[str, FieldType] = {
    "FIRSTNAME": "String",
    "LASTNAME": "String",
    "FULLNAME": "String",
    "GENDER": "String",
    "POSTCODE": "String",
    "LASTSUBSCRIBED": "Date",
}
_OWN: Mapping[str, FieldType] = {
    "MIRAKL_PERSON": "String",
    "MKT_FIRST_ORDER": "Date",
    "MKT_LAST_ORDER": "Date",
    "MKT_ORDERS": "Numeric",
    "MKT_NET_VALUE": "Numeric",
    "MKT_CURRENCY": "String",
    "MKT_LAST_BRANDS": "String",
    "MKT_LAST_SKUS": "String",
    "MKT_LAST_CATEGORIES": "String",
}
_LISTS: Mapping[int, str] = {4711: "Marketplace marketing", 4712: "Marketplace buyers"}
_TEMPLATES: Mapping[int, str] = {301: "Order confirmation"}
_PROGRAMMES: Mapping[int, tuple[str, str]] = {
    881: ("After a purchase", "Active"),
    882: ("Welcome (draft)", "Draft"),
}
# Calls a minute by tier. Only the lowest of the lowest package is published; the others stand in.
_TIERS: Mapping[str, int] = {"low": 35, "medium": 150, "high": 600}


@dataclass(slots=True)
class Account:
    """The account; `programmes` are name and status, `tiers` calls a minute."""

    user: str = "apiuser-sandbox@apiconnector.example.com"
    password: str = "sandbox-dotdigital-password"  # noqa: S105 - opens nothing but the sandbox
    fields: dict[str, FieldType] = field(default_factory=lambda: {**_BUILT_IN, **_OWN})
    lists: dict[int, str] = field(default_factory=lambda: dict(_LISTS))
    templates: dict[int, str] = field(default_factory=lambda: dict(_TEMPLATES))
    programmes: dict[int, tuple[str, str]] = field(default_factory=lambda: dict(_PROGRAMMES))
    campaigns: frozenset[int] = frozenset({77})
    tiers: dict[str, int] = field(default_factory=lambda: dict(_TIERS))
    import_takes: timedelta = timedelta(seconds=10)
    contact_imports: int = 25
    insight_imports: int = 5


@dataclass(slots=True)
class Window:
    """Calls of one tier in the current minute."""

    limit: int
    start: datetime | None = None
    used: int = 0

    def take(self, now: datetime) -> tuple[bool, int, int]:
        """Count a call; whether it is allowed, how many are left, seconds until a new minute."""
        if self.start is None or now - self.start >= timedelta(minutes=1):
            self.start, self.used = now, 0
        allowed = self.used < self.limit
        self.used += allowed
        reset = int((self.start + timedelta(minutes=1) - now).total_seconds()) + 1
        return allowed, self.limit - self.used, reset
