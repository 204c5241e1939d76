"""`python -m tests.hostile FAMILY`: check every entry in this one process, and measure."""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path
from time import process_time
from typing import Any

from engine.commands.checks import Checker, check_files
from engine.problem import sort_problems
from engine.report.findings import full_message
from engine.report.formats import FORMATS, Findings
from tests.hostile.makers import load, make_files

MOST_MEMORY = 256 << 20


def measure(case: dict[str, Any]) -> dict[str, Any]:
    """Check and print one entry; give what it got, the seconds, and the characters said."""
    files = make_files(case)
    start = process_time()
    try:
        problems = sort_problems(check_files(files, Checker().run))
        findings = Findings(tuple(problems), len(files))
        printed = len(FORMATS["text"](findings))
    except MemoryError:
        return {"gets": "more than 256 MB", "seconds": 0, "said": 0, "printed": 0}
    said = [sum(len(full_message(one)) for one in file.shown) for file in findings.by_file()]
    errors = [problem.code for problem in problems if problem.severity == "error"]
    return {
        "gets": errors[0] if errors else "accepted",
        "seconds": process_time() - start,
        "said": max(said, default=0),
        "printed": printed,
    }


def limit_memory(most: int = MOST_MEMORY) -> None:
    """Allow so many bytes beyond what is taken by now."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    taken = re.search(r"VmSize:\s+(\d+) kB", status)
    assert taken is not None
    bound = (int(taken[1]) << 10) + most
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))


def main() -> None:
    cases = load(sys.argv[1])
    measure({"text": "warm: up"})
    limit_memory()
    sys.stdout.write(json.dumps({case["name"]: measure(case) for case in cases}))


if __name__ == "__main__":
    main()
