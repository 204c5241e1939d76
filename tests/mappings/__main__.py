"""Write the plans anew."""

from tests.mappings import CASES, plan_file, render

for name in CASES:
    plan_file(name).write_text(render(name), encoding="utf-8")
