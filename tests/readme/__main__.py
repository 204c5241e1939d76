"""Rewrite what the commands of the README and of the story print."""

from tests.readme import README, render
from tests.readme.story import STORY, live_through

README.write_text(render(README.read_text(encoding="utf-8")), encoding="utf-8")
STORY.write_text(live_through(STORY.read_text(encoding="utf-8")), encoding="utf-8")
