"""Writing files: whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from engine.problem import Failure


def write_whole(path: Path, text: bytes) -> None:
    """Write a file in one step, so that nobody ever finds half of it; its rights stay.

    Raises Failure when it cannot be written; what was there before is there still.
    """
    real = path.resolve()
    made = real.with_name(f".{real.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if real.exists():
            made.chmod(real.stat().st_mode & 0o7777)
        made.replace(real)
    except OSError as error:
        with suppress(OSError):
            made.unlink()
        raise Failure(f'cannot write "{path}": {error.strerror}') from None
