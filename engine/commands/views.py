"""`miradot validate --matrix` and `--consent`: what was proved of each mapping, to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from engine.checked import CheckedSpec
from engine.problem import Failure
from engine.proof.consent import build_consent
from engine.proof.matrix import build_matrix
from engine.report.consent import render_consent_csv, render_consent_markdown, render_consent_text
from engine.report.matrix import render_matrix_csv, render_matrix_markdown, render_matrix_text

Build = Callable[[CheckedSpec], Any]
Render = Callable[[Any], str]
VIEWS: Mapping[str, tuple[Build, Mapping[str, Render]]] = {
    "matrix": (
        build_matrix,
        {
            "text": render_matrix_text,
            "markdown": render_matrix_markdown,
            "csv": render_matrix_csv,
        },
    ),
    "consent": (
        build_consent,
        {
            "text": render_consent_text,
            "markdown": render_consent_markdown,
            "csv": render_consent_csv,
        },
    ),
}


def show_views(mappings: Iterable[CheckedSpec], kinds: Iterable[str], output_format: str) -> str:
    """Give each view of each mapping.

    JSON is one document a line. Raises Failure for a format that views do not have.
    """
    wanted = "text" if output_format == "auto" else output_format
    if wanted not in ("text", "json", "markdown", "csv"):
        raise Failure(f"views are printed as text, json, markdown or csv, not as {output_format}")
    parts = []
    for checked in mappings:
        for kind in kinds:
            build, renders = VIEWS[kind]
            document = build(checked)
            if document is not None:
                parts.append(
                    orjson.dumps(document).decode() + "\n"
                    if wanted == "json"
                    else renders[wanted](document)
                )
    return ("" if wanted == "json" else "\n").join(parts)
