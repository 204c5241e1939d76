"""Reading the settings once, and telling them: what is in force, and where it came from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from engine.nearest import nearest
from engine.problem import Failure
from engine.settings.alerts import show_routes
from engine.settings.checks import Takes
from engine.settings.files import is_secret
from engine.settings.model import Settings
from engine.settings.variables import FILE, PREFIX, file_variable, quote, variable

Origin = Literal["default", "environment", "file"]
# Variables of the command line itself.
_OTHERS = frozenset({"MIRADOT_OUTPUT_FORMAT"})


@dataclass(frozen=True, slots=True)
class SettingView:
    """One setting in force; of a secret, `value` says whether it is set, `file` where it was."""

    name: str
    value: str
    origin: Origin
    file: str
    about: str


def read_settings() -> Settings:
    """Give the settings of this process's environment; Failure that names each wrong variable."""
    told = list(_tell_unknown(os.environ))
    try:
        settings = Settings()
    except ValidationError as error:
        told += [_tell_wrong(one["loc"], one.get("input")) for one in error.errors()]
        settings = None
    # Neither the error nor its input is kept: both may hold a secret.
    wrong = list(dict.fromkeys(told))
    if settings is not None and not wrong:
        return settings
    if len(wrong) == 1:
        raise Failure(wrong[0])
    raise Failure("\n  ".join([f"{len(wrong)} settings are wrong:", *wrong]))


def show_settings(settings: Settings) -> tuple[SettingView, ...]:
    """Give every setting as people may see it, in the order of the model."""
    return tuple(
        SettingView(
            variable(name),
            _show(name, getattr(settings, name)),
            *_find_origin(settings, name),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    )


def _tell_unknown(environment: Iterable[str]) -> Iterator[str]:
    fields = Settings.model_fields
    known = {variable(name) for name in fields}
    known |= {file_variable(name) for name, field in fields.items() if is_secret(field)}
    # The prefix makes everything look alike.
    bare = {one.removeprefix(PREFIX): one for one in known}
    for name in sorted(environment):
        if not name.upper().startswith(PREFIX) or name in known | _OTHERS:
            continue
        if name.endswith(FILE) and name.removesuffix(FILE) in known:
            yield f"{name} is no setting: only secrets are read from files"
            continue
        near = nearest(name.upper().removeprefix(PREFIX), bare)
        meant = f'; did you mean "{bare[near]}"?' if near else ": take it away"
        yield f"{name} is no setting{meant}"


def _tell_wrong(location: tuple[int | str, ...], given: object) -> str:
    name = str(location[0])
    field = Settings.model_fields[name]
    choices = [str(one) for one in get_args(field.annotation) if isinstance(one, str)]
    takes = next((one.what for one in field.metadata if isinstance(one, Takes)), "")
    expected = takes or " or ".join(choices)
    if is_secret(field):
        return f"{variable(name)} is not as expected: it takes {expected}"
    near = nearest(str(given), choices)
    meant = f'; did you mean "{near}"?' if near else ""
    return f"{variable(name)} is {quote(given)}, but takes {expected}{meant}"


def _show(name: str, value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, SecretStr):
        told = {"database_url": _show_database, "alert_routes": show_routes}.get(name)
        return told(value) if told is not None else "set"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={figure}" for key, figure in value.items()) or "as published"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _show_database(url: SecretStr) -> str:
    """Give a URL without user, password and options."""
    text = url.get_secret_value()
    parts = urlsplit(text)
    if parts.scheme == "sqlite":
        return text.partition("?")[0]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _find_origin(settings: Settings, name: str) -> tuple[Origin, str]:
    if name not in settings.model_fields_set:
        return "default", ""
    where = os.environ.get(file_variable(name), "")
    return ("file", where) if where else ("environment", "")
