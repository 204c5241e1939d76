"""Routes: to whom the notices of an owner go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from engine.problem import Failure
from engine.settings.alerts import EVERYBODY_ELSE

Mood = Literal["raised", "over", "test"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: taken, refused, or nobody knows; `said` is a few words of ours."""

    outcome: Literal["taken", "refused", "unknown"]
    said: str


class Service(Protocol):
    """One service that takes notices; `scheme` names its kind."""

    @property
    def scheme(self) -> str:
        """The first word of its address."""
        ...

    def post(self, title: str, body: str, mood: Mood) -> Answer:
        """Send a notice and give what came back."""
        ...


Opener = Callable[[str], Service | None]


@dataclass(frozen=True, slots=True)
class Target:
    """One place that notices go to; `name` is that of its owner and which of theirs it is."""

    owner: str
    name: str
    service: Service


@dataclass(frozen=True, slots=True)
class Routes:
    """The targets of each owner; those of nobody are everybody else's."""

    by_owner: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)

    def of(self, owner: str) -> tuple[Target, ...]:
        """Give the targets of an owner; none where nobody would be told."""
        return self.by_owner.get(owner, self.by_owner.get(EVERYBODY_ELSE, ()))

    def find(self, name: str) -> Target | None:
        """Give a target by its name; None where the routes no longer have it."""
        return next((one for one in self if one.name == name), None)

    def __iter__(self) -> Iterator[Target]:
        return (one for targets in self.by_owner.values() for one in targets)


def open_routes(addresses: Mapping[str, tuple[str, ...]], open_service: Opener) -> Routes:
    """Give the routes at addresses; Failure for one that nothing can send to, without it."""
    return Routes(
        {owner: tuple(_open(owner, given, open_service)) for owner, given in addresses.items()}
    )


def _open(owner: str, addresses: tuple[str, ...], open_service: Opener) -> Iterator[Target]:
    for number, address in enumerate(addresses, 1):
        service = open_service(address)
        if service is None:
            scheme = address.partition(":")[0]
            raise Failure(
                f"MIRADOT_ALERT_ROUTES: the address {number} of {owner} ({scheme}://…) is none that"
                " apprise can send to; https://appriseit.com/services tells how each is written"
            )
        yield Target(owner, f"{owner} {number}", service)
