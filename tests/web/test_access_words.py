"""The page on access says what is so: settings that exist, and figures as they are."""

from __future__ import annotations

import re

from engine.settings.checks import LEAST_BEARER, RETENTION_DAYS
from engine.settings.model import Settings
from engine.settings.variables import file_variable, variable
from engine.web.admission import LARGEST_BODY, Site
from engine.web.attempts import MOST
from engine.web.causes import MOST_CLOSED, MOST_SENT
from engine.web.proxy import SECRET_HEADER
from engine.web.visitors import LASTS
from tests.shipped import ROOT

PAGE = " ".join((ROOT / "docs/deploy/access.md").read_text(encoding="utf-8").split())


def test_every_setting_that_is_named_exists() -> None:
    known = {variable(name) for name in Settings.model_fields}
    known |= {file_variable(name) for name in Settings.model_fields}
    named = set(re.findall(r"MIRADOT_[A-Z_]+", PAGE))
    assert len(named) > 6
    assert named - known == set()


def test_figures_and_headers_are_as_they_are() -> None:
    seconds = Site.__dataclass_fields__["body_seconds"].default
    for said in (
        f"a token has at least {LEAST_BEARER} characters",
        f"counts for {LASTS.total_seconds() / 3600:.0f} hours",
        f"After {MOST} wrong tokens within a minute",
        f"kept for {RETENTION_DAYS['audit']} days",
        f"up to {MOST_CLOSED} exceptions at once, or sent again up to {MOST_SENT}",
        f"forms of more than {LARGEST_BODY // 1024} kB or slower than {seconds:.0f} seconds",
    ):
        assert said in PAGE
    assert f"proxy_set_header {SECRET_HEADER} " in PAGE.lower().replace('"', " ")
