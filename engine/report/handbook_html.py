"""A handbook as HTML: one page that needs nothing else, or its body to stand in another page."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from engine.handbook.blocks import Bullets, Definitions, Handbook, Heading, Paragraph, Table
from engine.handbook.flow import Flow
from engine.report.findings import printable
from engine.report.flow_figure import NARROW, WIDE, lay_out

_BLOCKS = (Paragraph, Bullets, Definitions, Table, Heading, Flow)
# Where a long word of machines may be broken, and how long any word may be without a break.
_BREAKS = "_./[]"
_SHORT, _LONGEST, _PIECE = 18, 26, 8


def render_handbook_page(handbook: Handbook) -> str:
    """Give the page: one file without scripts or outside resources, for screens and for A4."""
    template = _environment().get_template("page.html")
    return template.render(handbook=handbook, style=Markup(_read_style()))  # noqa: S704 - a file of ours


def render_handbook_body(handbook: Handbook) -> str:
    """Give what stands inside `<body>`; the stylesheet is `handbook_style`'s."""
    return _environment().get_template("body.html").render(handbook=handbook)


def handbook_style() -> str:
    """Give the stylesheet that the body wants."""
    return _read_style()


@cache
def _read_style() -> str:
    source, _, _ = _loader().get_source(_environment(), "style.css")
    return source


def _loader() -> PackageLoader:
    return PackageLoader("engine.report", "handbook")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for kind in _BLOCKS:
        environment.tests[kind.__name__.lower()] = lambda one, kind=kind: isinstance(one, kind)
    environment.filters["shown"] = _show
    environment.filters["broken"] = _break
    environment.globals.update(lay_out=lay_out, WIDE=WIDE, NARROW=NARROW)
    return environment


def _show(text: str) -> Markup:
    """Give a text as typed, a word without end with places where its line may be broken."""
    return Markup(" ").join(_cut(word) for word in printable(text).split(" "))


def _break(text: str) -> Markup:
    """Give a word of machines with places where its line may be broken; in capitals only long."""
    shown = printable(text)
    if shown.isupper() and len(shown) <= _SHORT:
        return escape(shown)
    parts = re.split(f"(?<=[{re.escape(_BREAKS)}])", shown)
    return Markup("<wbr>").join(_show(part) for part in parts)


def _cut(word: str) -> Markup:
    if len(word) <= _LONGEST:
        return escape(word)
    pieces = (word[start : start + _PIECE] for start in range(0, len(word), _PIECE))
    return Markup("<wbr>").join(pieces)
