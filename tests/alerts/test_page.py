"""The page of alerts for operators is the one that is made, and leads where there is something."""

from __future__ import annotations

import re

import cli
from engine.alerts.kinds import KINDS
from engine.alerts.page import write_page
from engine.settings.alerts import ALERT_LIMITS
from engine.web.pages import PAGES
from tests.rehearsal import ROOT


def test_the_committed_page_is_the_one_that_is_made() -> None:
    committed = (ROOT / "docs/operators/alerts.md").read_text(encoding="utf-8")
    assert committed == write_page(), "python -m engine.alerts > docs/operators/alerts.md"


def test_every_alert_and_limit_is_on_the_page() -> None:
    page = write_page()
    assert [name for name in KINDS if f"### {name}\n" not in page] == []
    assert [name for name in ALERT_LIMITS if f"`{name}={ALERT_LIMITS[name]}`" not in page] == []


def test_every_kind_leads_to_a_page_that_is_there() -> None:
    paths = {page.path for page in PAGES}
    assert {kind.page for kind in KINDS.values()} <= paths


def test_every_command_named_is_one() -> None:

    named = re.findall(r"`miradot (\w+)", write_page())
    assert set(named) <= set(cli.COMMANDS)
