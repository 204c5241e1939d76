"""`python -m benchmarks.peak MAPPING < orders`: the peak memory of a dry run, in KiB."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from engine.commands.run import RunRequest, prepare, run_records


def main() -> None:
    """Run the mapping over standard input and print the process's peak memory."""
    request = RunRequest(
        mapping=Path(sys.argv[1]),
        contacts=None,
        brand=None,
        params=(),
        now=datetime(2026, 3, 1, 9, tzinfo=UTC),
        output_format="ndjson",
        show_personal_data=False,
        colour=False,
    )
    with Path("/dev/null").open("wb") as sink:
        run_records(request, prepare(request), sys.stdin.buffer, sink)
    print(peak_kibibytes())


def peak_kibibytes() -> int:
    """Give the peak memory of this process, in KiB."""
    # Not getrusage: its figure starts from the memory of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main()
