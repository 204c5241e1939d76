"""What `status` tells, as a person reads it and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, NotRequired

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from engine.published import publish
from engine.report.findings import printable

STATUS_SCHEMA: Literal["miradot/status.v1"] = "miradot/status.v1"
_CLOSED = ConfigDict(extra="forbid")


@with_config(_CLOSED)
class SettingDocument(TypedDict):
    """One setting in force."""

    name: Annotated[str, Field(description="The variable that sets it.")]
    value: Annotated[str, Field(description="As text; of a secret, whether it is set.")]
    origin: Literal["default", "environment", "file"]
    file: NotRequired[Annotated[str, Field(description="The file that a secret came from.")]]
    about: Annotated[str, Field(description="What it is for.")]


@with_config(_CLOSED)
class StatusDocument(TypedDict):
    """How things stand."""

    schema: Literal["miradot/status.v1"]
    settings: NotRequired[Annotated[list[SettingDocument], Field(description="With --settings.")]]


def status_schema() -> dict[str, object]:
    """Give the JSON Schema of the document."""
    return publish("status.v1", TypeAdapter(StatusDocument))


def render_status(document: StatusDocument, form: str) -> str:
    """Give the document as `text` or `json`."""
    if form == "json":
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"
    return "".join(f"{line}\n" for line in _setting_lines(document.get("settings", [])))


def _setting_lines(settings: Sequence[SettingDocument]) -> list[str]:
    wide = max((len(one["name"]) for one in settings), default=0)
    return [
        f"{one['name']:<{wide}}  {one['origin']:<11}  {printable(_value(one))}" for one in settings
    ]


def _value(setting: SettingDocument) -> str:
    file = setting.get("file")
    return f"{setting['value']}, by {file}" if file else setting["value"]
