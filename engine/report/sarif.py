"""Problems as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from hashlib import sha256
from pathlib import PurePath
from urllib.parse import quote

import orjson

from engine.codes import CODES
from engine.problem import Problem
from engine.report.findings import Findings, encodable, full_message

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
    page = CODES[code]
    return {
        "id": code,
        "shortDescription": _message(page.title),
        "fullDescription": _message(page.prose),
        "help": _message(page.prose),
    }


def _result(problem: Problem, codes: list[str]) -> dict[str, object]:
    place = problem.place
    uri = _uri(place.path)
    # The line number is left out, so that a moved problem stays the same one.
    print_of = sha256(f"{problem.code}\n{uri}\n{encodable(problem.source.strip())}".encode())
    return {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": problem.severity,
        "message": _message(full_message(problem)),
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
        "partialFingerprints": {"miradot/v1": print_of.hexdigest()},
    }


def _message(text: str) -> dict[str, str]:
    """Give a plain text message: braces would be placeholders (§3.11.5), `](` a link (§3.11.6)."""
    plain = text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
    return {"text": encodable(plain)}


def _uri(path: str) -> str:
    """Give the path as a URI reference, relative as long as the path is."""
    pure = PurePath(encodable(path))
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix())
