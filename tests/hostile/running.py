"""`python -m tests.hostile.running`: run accepted paths on orders of 1 MB, and measure."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from time import process_time

import orjson
import yaml

from engine.expressions.paths import PathError, compile_path
from tests.hostile.__main__ import limit_memory

MEGABYTE = 1_000_000
MOST_MEMORY = 64 << 20
PATHS: list[str] = yaml.safe_load(
    (Path(__file__).parent / "at_run.yaml").read_text(encoding="utf-8")
)


def fill(unit: str, size: int = MEGABYTE - 200) -> str:
    return "[" + ",".join([unit] * (size // (len(unit) + 1))) + "]"


def make_orders() -> dict[str, object]:
    """Give orders of one megabyte, each of another shape."""
    half = MEGABYTE // 2 - 100
    members = ",".join(f'"k{i}":1' for i in range(85_000))
    floats = ",".join(f"{i * 7919 % 100_003}.5" for i in range(115_000))
    written = {
        "numbers": f'{{"a":{fill("1")}}}',
        "empty objects": f'{{"a":{fill("{}")}}}',
        "objects": f'{{"a":{fill("""{"b":1}""")}}}',
        "pairs": f'{{"a":{fill("[1,2]")}}}',
        "texts": f'{{"a":{fill(chr(34) + "x" + chr(34))}}}',
        "floats": f'{{"a":[{floats}]}}',
        "a text and texts": f'{{"a":"{"x" * half}","b":{fill(chr(34) * 2, half)}}}',
        "four-byte letters": f'{{"a":["{chr(0x1F600) * 240_000}"]}}',
        "control letters": f'{{"a":["{chr(92)}u0001{"x" * 10}{(chr(92) + "u0001") * 160_000}"]}}',
        "members": f'{{"a":{{{members}}}}}',
        "deep": f'{{"a":[{",".join(["[" * 500 + "]" * 500] * 990)}]}}',
        "twins": f'{{"a":{fill("[1]", half)},"b":{fill("[1]", half)}}}',
    }
    assert all(len(text.encode()) <= MEGABYTE for text in written.values())
    return {name: orjson.loads(text) for name, text in written.items()}


def measure(path: str, orders: dict[str, object]) -> dict[str, float]:
    """Give the seconds for each order; MemoryError goes through."""
    select = compile_path(path).select
    seconds = {}
    for name, order in orders.items():
        start = process_time()
        with suppress(PathError):
            select(order)
        seconds[name] = process_time() - start
    return seconds


def main() -> None:
    orders = make_orders()
    limit_memory(MOST_MEMORY)
    worst = {}
    for path in PATHS:
        try:
            worst[path] = max(measure(path, orders).values())
        except MemoryError:
            worst[path] = float("inf")
    sys.stdout.write(json.dumps(worst))


if __name__ == "__main__":
    main()
