"""The log: nothing that is not ours gets into it, however it is written to."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from engine.log import KEYS, get_log, set_up_log

ROOT = Path(__file__).parent.parent
LEVELS = ("debug", "info", "warning", "error")
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CANARIES = [
    "jane.doe@example.com",
    "Jane Doe",
    "07700900123",
    "+44 7700 900123",
    "SW1A 1AA",
    "12 Acacia Avenue",
    "ORD-1029384756-A",
    "Bearer abcdefghijklmnop",
]


class Still:
    def now(self) -> datetime:
        return NOW

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    structlog.reset_defaults()
    root.handlers = before


def logged(form: Literal["text", "json"] = "json", level: Any = "debug") -> StringIO:
    stream = StringIO()
    set_up_log(form, level, clock=Still(), stream=stream)
    return stream


def events(stream: StringIO) -> list[Any]:
    return [orjson.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_its_run() -> None:
    stream = logged()
    get_log("run-1").bind(flow="debenhams-orders").info("page landed", orders=100, seconds=0.25)
    assert events(stream) == [
        {
            "at": "2026-03-01T09:00:00.000000Z",
            "level": "info",
            "event": "page landed",
            "run": "run-1",
            "flow": "debenhams-orders",
            "orders": 100,
            "seconds": 0.25,
        }
    ]


def test_an_event_is_one_line_of_text() -> None:
    stream = logged("text")
    get_log("run-1").warning("call refused", status=429, tier="low")
    assert stream.getvalue() == (
        "2026-03-01T09:00:00.000000Z  warning  call refused  run=run-1  status=429  tier=low\n"
    )


def test_what_is_below_the_level_is_not_written() -> None:
    stream = logged(level="warning")
    get_log("run-1").info("page landed")
    get_log("run-1").warning("page late")
    assert [one["event"] for one in events(stream)] == ["page late"]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("canary", CANARIES)
def test_nothing_personal_gets_in_under_any_key(form: Literal["text", "json"], canary: str) -> None:
    stream = logged(form)
    log = get_log("run-1")
    for key in [*sorted(KEYS - {"run", "worker", "import_id"}), "email", "payload", canary]:
        for value in (canary, [canary], {"email": canary}, canary.encode()):
            log.info("order landed", **{key: value})
            log.bind(**{key: value}).info("order landed")
    assert stream.getvalue()
    assert canary not in stream.getvalue()


@pytest.mark.parametrize("canary", CANARIES)
def test_nothing_personal_gets_in_as_the_event(canary: str) -> None:
    stream = logged()
    get_log("run-1").info(canary)
    get_log("run-1").info(f"order of {canary} landed")
    assert {one["event"] for one in events(stream)} == {"event without a name"}


@pytest.mark.parametrize("canary", [*CANARIES, "x" * 65])
def test_an_identifier_of_ours_has_its_form(canary: str) -> None:
    stream = logged()
    if canary.isalnum() or canary.startswith("ORD"):
        canary = f"{canary} "
    get_log(canary).info("order landed", worker=canary)
    assert "run" not in events(stream)[0]
    assert canary not in stream.getvalue()


def test_what_was_left_out_is_counted() -> None:
    stream = logged()
    get_log("run-1").info("order landed", email="jane@example.com", status="many", orders=1)
    assert (events(stream)[0]["dropped"], events(stream)[0]["orders"]) == (2, 1)


def test_an_exception_is_told_by_its_type_alone() -> None:
    stream = logged()
    log = get_log("run-1")
    error = ValueError(CANARIES[0])
    log.error("page failed", exc_info=error)
    log.error("page failed", exc_info=(type(error), error, None))
    try:
        int(CANARIES[0])
    except ValueError:
        log.error("page failed", exc_info=True)  # noqa: G201 - as careless code does
    assert [one["error"] for one in events(stream)] == ["ValueError"] * 3
    assert CANARIES[0] not in stream.getvalue()


def test_the_time_and_the_level_are_not_the_callers() -> None:
    stream = logged()
    get_log("run-1").info("order landed", at="never", level="none")
    assert events(stream)[0]["level"] == "info"
    assert events(stream)[0]["at"] == "2026-03-01T09:00:00.000000Z"


@given(
    st.dictionaries(
        st.sampled_from(sorted(KEYS)) | st.text(min_size=1).filter(lambda key: key != "event"),
        st.none() | st.integers() | st.floats() | st.text() | st.binary() | st.lists(st.text()),
    ),
    st.text(),
)
def test_whatever_is_logged_makes_one_line(told: dict[str, Any], event: str) -> None:
    stream = logged()
    get_log("run-1").info(event, **told)
    (line,) = events(stream)
    assert set(line) <= KEYS | {"at", "event", "dropped"}


@pytest.mark.parametrize("name", ["dbos", "httpx", "uvicorn.error", "some.library"])
def test_a_library_is_heard_without_its_words(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = logged()
    logging.getLogger(name).warning("cannot send to %s", CANARIES[0])
    logging.getLogger(name).info("sent to %s", CANARIES[0])
    assert [(one["event"], one["library"]) for one in events(stream)] == [("library spoke", name)]
    said = capsys.readouterr()
    assert CANARIES[0] not in stream.getvalue() + said.out + said.err


def test_a_log_that_was_not_set_up_lets_nothing_out(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    get_log("run-1").info("order landed", email=CANARIES[0], orders=1)
    said = capsys.readouterr()
    assert said.out == ""
    assert "orders=1  dropped=1" in said.err


def written_events() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "engine").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in LEVELS and ast.unparse(node.func.value).endswith(("log", "talk")):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_event_that_the_engine_writes_is_a_text_of_its_own_under_known_keys() -> None:
    calls = dict(written_events())
    stream = logged()
    assert calls
    for place, call in calls.items():
        event = ast.literal_eval(call.args[0])
        get_log("run-1").info(event)
        assert events(stream)[-1]["event"] == event, place
        assert {word.arg for word in call.keywords} <= KEYS, place
