"""`python -m benchmarks.checking`: what checking costs, as ratios taken in one run.

One shipped mapping is checked by the command, beside a process that only imports the libraries the
command uses. Then folders of mappings of 300 lines each are checked, one twice the size of the
other. All figures are CPU times of whole processes, taken in turn.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from engine.check import check_mapping

MAPPING = "mappings/debenhams/orders.yaml"
LIBRARIES = "import click, jinja2, jmespath, jsonschema, orjson, pydantic, re2, yaml"
LINES = 300
_BASE = Path("tests/rules/base.yaml")


def make_mapping(number: int) -> str:
    """Give a mapping of 300 lines that is right: the small one, with reads added to its record."""
    head, send = _BASE.read_text(encoding="utf-8").split("\neach:\n")
    head = head.replace("mapping: base", f"mapping: base-{number}")
    missing = (LINES - len(f"{head}\neach:\n{send}".splitlines())) // 2
    reads = "".join(
        f"\n  extra_{one}: {{path: shipping_type_label, type: text, missing: skip, unknown: skip}}"
        for one in range(missing)
    )
    fields = "".join(f"      extra_{one}: extra_{one}\n" for one in range(missing))
    at = "      greeting: hello\n"
    return f"{head.rstrip()}{reads}\n\neach:\n{send.replace(at, at + fields)}"


def write_mappings(folder: Path, count: int) -> None:
    """Write `count` mappings, each of which must be right."""
    folder.mkdir()
    for number in range(count):
        text = make_mapping(number)
        if check_mapping(text.encode(), "made", {}).spec is None:
            raise SystemExit("the mapping made for this measurement has errors")
        (folder / f"made-{number}.yaml").write_text(text, encoding="utf-8")


def cpu_of(*command: str) -> float:
    """Give the CPU seconds of a Python process, which must succeed."""
    before = os.times()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def interleave(pairs: int, *commands: tuple[str, ...]) -> Iterator[tuple[float, ...]]:
    """Give the times of all commands, run in turn."""
    for _ in range(pairs):
        yield tuple(cpu_of(*command) for command in commands)


def tell(name: str, times: list[tuple[float, ...]]) -> None:
    """Print the ratio of the first command to the second."""
    ratios = [one / other for one, other in times]
    print(
        f"  {name}: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})"
    )


@click.command()
@click.option("--pairs", default=7, help="Interleaved runs.")
@click.option("--mappings", default=200, help="Mappings of the larger folder.")
def main(pairs: int, mappings: int) -> None:
    """Print what checking costs."""
    print(f"validate, CPU of whole processes, median of {pairs} interleaved runs")
    one = ("cli.py", "validate", MAPPING)
    tell(
        "one shipped mapping / importing its libraries",
        [*interleave(pairs, one, ("-c", LIBRARIES))],
    )
    with TemporaryDirectory() as folder:
        small, large = Path(folder, "small"), Path(folder, "large")
        write_mappings(small, mappings // 2)
        write_mappings(large, mappings)
        commands = (("cli.py", "validate", str(large)), ("cli.py", "validate", str(small)))
        name = f"{mappings} mappings of {LINES} lines / {mappings // 2} of them"
        tell(name, [*interleave(max(3, pairs // 2), *commands)])


if __name__ == "__main__":
    main()
