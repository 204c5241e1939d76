"""Everything that one account holds, and how a call on it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.sandbox.clock import SandboxClock
from engine.sandbox.dotdigital.account import Account
from engine.sandbox.dotdigital.contacts import Contacts
from engine.sandbox.dotdigital.imports import Imports
from engine.sandbox.dotdigital.insight import Insight
from engine.sandbox.service import Answer, Json, Parts, Request

Tier = Literal["low", "medium", "high", "unlimited"]


@dataclass(slots=True)
class State:
    """One account with its data, known by its `number`.

    `enrolments` counts how often each contact was enrolled in each programme, `mails` holds every
    transactional mail: neither call is idempotent, so a repeat shows.
    """

    clock: SandboxClock
    account: Account = field(default_factory=Account)
    number: int = 1
    insight: Insight = field(default_factory=Insight)
    enrolments: Counter[tuple[int, int]] = field(default_factory=Counter)
    mails: list[Json] = field(default_factory=list)
    contacts: Contacts = field(init=False)
    imports: Imports = field(init=False)

    def __post_init__(self) -> None:
        self.contacts = Contacts(self.account)
        self.imports = Imports(self.account, self.contacts, self.insight)

    @property
    def now(self) -> datetime:
        """The sandbox's moment."""
        return self.clock.now()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API; the handler takes the state, the request and the path's parts."""

    tier: Tier
    method: str
    path: str
    handler: Callable[[State, Request, Parts], Answer]
