"""What every concept of the grammar shares: it is frozen, closed, and explains itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z](_?[a-z0-9]){0,39}$"),
    Field(description="A name of your own: small letters, digits and underscores."),
]
Reference = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z](_?[a-z0-9])*(\.[a-z](_?[a-z0-9])*){0,3}$"),
    Field(description="A name declared elsewhere in this mapping; `lines.total` is one per line."),
]
ParamReference = Annotated[
    str,
    StringConstraints(pattern=r"^\$[a-z][a-z0-9_]*$"),
    Field(description="A parameter, `$name`; its value comes from its default or the brand file."),
]
ExceptionCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,39}$"),
    Field(description="An exception declared under `exceptions`, in capitals."),
]
NotBlank = Annotated[str, StringConstraints(pattern=r"^[^ \t\r\n](.*[^ \t\r\n])?$")]
Sentence = Annotated[str, StringConstraints(min_length=3, max_length=500)]
Owner = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$"),
    Field(description="The team that answers for it, such as `marketing-ops` or `finance`."),
]


class Concept(BaseModel):
    """One concept of the mapping language: frozen, and closed against unknown keys."""

    # Strict: types come from the text, so "1" is never taken for 1, nor true for "true".
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def refuse_null(cls, given: object) -> object:
        """Refuse a key with nothing behind it: leaving the key out is the only way to say none."""
        if isinstance(given, dict) and any(value is None for value in given.values()):
            raise ValueError("null has no meaning in a mapping")
        return given
