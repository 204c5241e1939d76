"""A dam for the log of DBOS, which repeats itself hundreds of times while a database is away."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

_PAUSE_SECONDS = 30.0


@dataclass(eq=False)
class Dam(logging.Filter):
    """Lets each place of the library speak once in a while."""

    pause: float = _PAUSE_SECONDS
    _spoken: dict[tuple[str, int], float] = field(default_factory=dict)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is passed on."""
        place = (record.pathname, record.lineno)
        last = self._spoken.get(place)
        if last is not None and 0 <= record.created - last < self.pause:
            return False
        self._spoken[place] = record.created
        return True


def dam_log() -> None:
    """Set up the dam, once."""
    logger = logging.getLogger("dbos")
    if not any(isinstance(one, Dam) for one in logger.filters):
        logger.addFilter(Dam())
