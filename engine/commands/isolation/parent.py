"""Tasks done by confined processes; one that dies is told as a problem of its file.

A process does one task after the other until it has spent enough time; the next one goes on from
there. When it dies, the task it was at is tried once more by itself, and then given up.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import accumulate
from time import monotonic
from typing import IO

from engine.commands.checks import Result, Task
from engine.commands.isolation.wire import (
    CPU_SECONDS,
    MEMORY_MEGABYTES,
    MOST_BYTES,
    OUT_OF_MEMORY,
    READY,
    READY_WITH_NETWORK,
    decode_result,
    encode_tasks,
)
from engine.problem import Failure, Place, Problem

TOO_COSTLY = "MD120"
_WALL_SECONDS = 30.0
_MOST_DEATHS = 10
_BATCH_BYTES = 4 << 20
_GIVEN_UP = f"not checked, because {_MOST_DEATHS} files before it were too costly to check"
_NO_PROCESS = "--isolated needs Linux or macOS and an installed miradot: no process"
_IN_NETWORK = (
    "note: --isolated: this system lets no ordinary user take the network away from a process; "
    "what checks the files is kept from it by Python only"
)
_COMMAND = [sys.executable, "-I", "-m", "engine.commands.isolation.child"]


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a process ended: what it said, and why it did not go on, '' when it did its work."""

    results: list[Result]
    head: bytes
    fault: str


def run_isolated(tasks: Sequence[Task], notes: set[str] | None = None) -> Iterator[Result]:
    """Do tasks in confined processes; raises Failure where no process can be confined.

    What the system does not let a process be confined by is added to `notes`.
    """
    done = deaths = 0
    while done < len(tasks):
        if deaths == _MOST_DEATHS:
            yield from (_give_up(task, _GIVEN_UP) for task in tasks[done:])
            return
        ended = _run_child(_take_batch(tasks[done:]))
        if ended.head not in (READY, READY_WITH_NETWORK):
            raise Failure(_NO_PROCESS)
        if ended.head == READY_WITH_NETWORK and notes is not None:
            notes.add(_IN_NETWORK)
        yield from ended.results
        done += len(ended.results)
        if not ended.results:
            yield _give_up(tasks[done], ended.fault)
            done, deaths = done + 1, deaths + 1


def _take_batch(tasks: Sequence[Task]) -> Sequence[Task]:
    """Give the first tasks, as many as are sent at once, and at least one."""
    sizes = accumulate(
        len(task.file.raw) + len(task.mapping.raw if task.mapping else b"") for task in tasks
    )
    fitting = sum(size <= _BATCH_BYTES for size in sizes)
    return tasks[: max(1, fitting)]


def _give_up(task: Task, why: str) -> Result:
    place = Place(task.file.path, 1, 1, 1, 1)
    return Result((Problem(TOO_COSTLY, why, place),))


def _run_child(tasks: Sequence[Task]) -> _Ended:
    with tempfile.TemporaryFile() as request, _start(request, encode_tasks(tasks)) as process:
        said, fault = _listen(process)
    head, *lines = said.split(b"\n")
    results: list[Result] = []
    # What stands behind the last end of line was never finished.
    for task, line in zip(tasks, lines[:-1], strict=False):
        try:
            results.append(decode_result(line, task))
        except ValueError:
            fault = "the check gave no readable answer"
            break
    return _Ended(results, head, fault or _explain(process.returncode))


@contextmanager
def _start(request: IO[bytes], tasks: bytes) -> Iterator[subprocess.Popen[bytes]]:
    """Start the process in an empty folder of its own; it does not outlive the block."""
    request.write(tasks)
    request.seek(0)
    with tempfile.TemporaryDirectory(prefix="miradot-") as folder:
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module, nothing from the files
                _COMMAND,
                stdin=request,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env={"LANG": "C.UTF-8"},
                start_new_session=True,
            )
        except OSError:
            raise Failure(_NO_PROCESS) from None
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)


def _listen(process: subprocess.Popen[bytes]) -> tuple[bytes, str]:
    """Give what the process says until it ends, and why it was not heard to its end."""
    said = bytearray()
    deadline = monotonic() + _WALL_SECONDS
    with selectors.DefaultSelector() as selector:
        stream = process.stdout
        if stream is None:
            raise AssertionError(process)
        selector.register(stream, selectors.EVENT_READ)
        while (left := deadline - monotonic()) > 0:
            if not selector.select(left):
                continue
            part = os.read(stream.fileno(), 1 << 16)
            if not part:
                process.wait(_WALL_SECONDS)
                return bytes(said), ""
            said += part
            if len(said) > MOST_BYTES:
                return bytes(said), "the check found more than can be told"
    return bytes(said), f"the check took more than {_WALL_SECONDS:.0f} seconds"


def _explain(code: int) -> str:
    if code == OUT_OF_MEMORY:
        return f"the check needs more than {MEMORY_MEGABYTES} MB of memory"
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"the check takes more than {CPU_SECONDS} seconds"
    return "the check broke off"
