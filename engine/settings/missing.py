"""What is not set and has to be: all of it told at once, each with what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic_settings import BaseSettings

from engine.problem import Failure
from engine.settings.checks import Make
from engine.settings.files import is_secret
from engine.settings.variables import variable

Need = Literal["mapping", "mirakl", "dotdigital", "tombstone_key"]
NEEDS: Mapping[Need, tuple[str, ...]] = {
    "mapping": ("mapping",),
    "mirakl": ("mirakl_url", "mirakl_key"),
    "dotdigital": ("dotdigital_url", "dotdigital_user", "dotdigital_password"),
    "tombstone_key": ("tombstone_key",),
}


def refuse_missing(settings: BaseSettings, names: Iterable[str], purpose: str = "") -> None:
    """Raise Failure that names every one of these settings that has no value.

    `purpose` says what they are for together, where each alone does not.
    """
    missing = [name for name in names if getattr(settings, name) is None]
    if not missing:
        return
    told = {variable(name): _tell(settings, name) for name in missing}
    head = f"{purpose} is not set up: " if purpose else ""
    if len(told) == 1:
        [(name, about)] = told.items()
        raise Failure(f"{head}{name} is not set: {about}")
    wide = max(map(len, told))
    lines = [f"{head}{len(told)} settings are not set:"]
    lines += [f"  {name:<{wide}}  {about}" for name, about in told.items()]
    if any(is_secret(type(settings).model_fields[name]) for name in missing):
        lines.append(
            "a secret may also stand in a file, named by the same variable with _FILE at its end"
        )
    lines.append("miradot status --settings shows what is set")
    raise Failure("\n".join(lines))


def _tell(settings: BaseSettings, name: str) -> str:
    """Give what a setting is for, and how it is made where it is nobody else's to give."""
    field = type(settings).model_fields[name]
    about = field.description or ""
    made = next((one.how for one in field.metadata if isinstance(one, Make)), "")
    return f"{about}; {made}" if made else about
