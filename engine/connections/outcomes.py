"""What became of a request: five outcomes, each of which asks for something else."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Done:
    """Taken; `body` is the decoded JSON, None where there is none."""

    status: int
    body: object = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no, without effect; the same request is refused again.

    `code` and `said` are the vendor's words.
    """

    status: int
    code: str
    said: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """Too many calls; nothing was done, and `seconds` are to pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """The vendor or the way to it failed; to be tried again, which changes nothing more.

    `doubtful` where it may have been taken all the same, and may still take effect a while later;
    `status` is HTTP's, 0 where no answer came.
    """

    why: str
    doubtful: bool = field(default=False, compare=False)
    status: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether it was done: only what is idempotent may be sent again.

    `status` is HTTP's, 0 where no answer came.
    """

    why: str
    status: int = field(default=0, compare=False)


Outcome = Done | Refused | Throttled | Failed | Unknown
