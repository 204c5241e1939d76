"""The confined process: tasks come in on standard input, one line a result goes out.

Started as `python -I -m engine.commands.isolation.child`. Everything is imported before the
fences go up, and nothing is read before they stand.
"""

from __future__ import annotations

import sys
from time import process_time

import jsonschema.validators  # noqa: F401 - checking would import it later, inside the fences

from engine.commands.checks import Checker
from engine.commands.isolation.limits import confine
from engine.commands.isolation.wire import (
    CPU_SECONDS,
    OUT_OF_MEMORY,
    READY,
    READY_WITH_NETWORK,
    decode_tasks,
    encode_result,
)

# No further task is begun after this, so that each has most of the limit to itself.
_ENOUGH_SECONDS = CPU_SECONDS / 2


def main() -> int:
    """Do tasks until they are done or enough time is spent; the parent starts anew for the rest."""
    head = READY if confine() else READY_WITH_NETWORK
    answers = sys.stdout.buffer
    answers.write(head + b"\n")
    answers.flush()
    checker = Checker()
    for task in decode_tasks(sys.stdin.buffer.read()):
        answers.write(encode_result(task, checker.do(task)))
        answers.flush()
        if process_time() > _ENOUGH_SECONDS:
            break
    return 0


def run() -> int:
    """Give the exit code: its own one for a lack of memory, which the parent tells in words."""
    try:
        return main()
    except MemoryError:
        return OUT_OF_MEMORY


if __name__ == "__main__":
    sys.exit(run())
