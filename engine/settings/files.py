"""Secrets from files: `MIRADOT_…_FILE` names the file that holds one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from engine.problem import Failure
from engine.settings.variables import file_variable, variable

_LARGEST = 64 * 1024


class SecretFiles(PydanticBaseSettingsSource):
    """Gives the secrets whose files are named; Failure where one cannot be had."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Give the secret of one setting, None without a file; and twice what the library asks."""
        where = os.environ.get(file_variable(field_name))
        if not where or not is_secret(field):
            return None, field_name, False
        if os.environ.get(variable(field_name)):
            raise Failure(
                f"{variable(field_name)} and {file_variable(field_name)} are both set: keep one"
            )
        return _read_secret(Path(where), file_variable(field_name)), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Give every secret that a file holds, by the name of its setting."""
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


def is_secret(field: FieldInfo) -> bool:
    """Say whether a setting is a secret."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


def _read_secret(path: Path, named_by: str) -> str:
    # The path is not told: whoever mistakes the variable puts the secret itself into it.
    try:
        raw = path.read_bytes()
        text = raw.decode().strip()
    except OSError as error:
        raise Failure(
            f"{named_by} takes the path of a file; it cannot be read: {error.strerror}"
        ) from None
    except ValueError:
        raise Failure(f"{named_by} names a file that is not UTF-8 text") from None
    if not text or len(raw) > _LARGEST:
        fault = "is empty" if not text else "is larger than a secret"
        raise Failure(f"{named_by} names a file that {fault}")
    return text
