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
        raise Failure(
            f'this needs the extra: pip install "miradot[sync]" ({error.name} is not there)'
        ) from None
