"""Rewrite the README's outputs."""

from tests.readme import README, render

README.write_text(render(README.read_text(encoding="utf-8")), encoding="utf-8")
