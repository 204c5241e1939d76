"""Commands that need an extra say so where it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.problem import Failure


@contextmanager
def needs_sync() -> Iterator[None]:
    """Turn what is not installed into one sentence."""
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "engine":
            # No extra brings what is ours.
            raise
        raise Failure(
            f'this needs the extra: pip install "miradot[sync]" ({error.name} is not there)'
        ) from None
