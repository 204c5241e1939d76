"""Problems as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from hashlib import sha256
from pathlib import PurePath
from urllib.parse import quote

import orjson

from engine.codes import CODES
from engine.problem import Problem
from engine.report.findings import Findings

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(findings: Findings) -> str:
    """Give one SARIF log with one run."""
    codes = sorted({problem.code for problem in findings.problems})
    driver = {"name": "miradot", "rules": [_rule(code) for code in codes]}
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(problem, codes) for problem in findings.problems],
            }
        ],
    }
    return orjson.dumps(log, option=orjson.OPT_INDENT_2).decode() + "\n"


def _rule(code: str) -> dict[str, object]:
    return {
        "id": code,
        "shortDescription": {"text": CODES[code].title},
        "fullDescription": {"text": CODES[code].page},
    }


def _result(problem: Problem, codes: list[str]) -> dict[str, object]:
    place = problem.place
    text = ". ".join(part for part in (problem.message, problem.effect, problem.help) if part)
    uri = quote(PurePath(place.path).as_posix().removeprefix("./"))
    # The line number is left out, so that a moved problem stays the same one.
    print_of = sha256(f"{problem.code}\n{uri}\n{problem.source.strip()}".encode()).hexdigest()
    return {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": problem.severity,
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {
                        "startLine": place.line,
                        "startColumn": place.column,
                        "endLine": place.end_line,
                        "endColumn": place.end_column,
                    },
                }
            }
        ],
        "partialFingerprints": {"miradot/v1": print_of},
    }
