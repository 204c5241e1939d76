"""`python -m engine.compiler MAPPING`: show the function that a mapping becomes."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.check import check_mapping
from engine.compiler.function import emit_function


def main(path: str) -> str:
    """Give the source of the compiled function, personal values masked."""
    checked = check_mapping(Path(path).read_bytes(), path, {}).spec
    if checked is None:
        return f"{path} has errors: run miradot validate\n"
    return emit_function(checked, masked=True).text("def apply(payload, contacts, now)")


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1]))
