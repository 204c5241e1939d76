"""Run the commands of the handbook for operators and rewrite what they print."""

from __future__ import annotations

import sys

from tests.operators import PAGES, render

for page in sorted(PAGES.glob("*.md")):
    if not sys.argv[1:] or page.stem in sys.argv[1:]:
        page.write_text(render(page.read_text(encoding="utf-8")), encoding="utf-8")
