"""The account lock: what one account of the target holds, kept beside the mappings for review."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.spec.base import Concept

_Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
_Text = Annotated[str, StringConstraints(max_length=300)]


class HeldCollection(Concept):
    """An Insight collection of the account."""

    scope: _Text = Field(
        title="Scope", description="Whether its records belong to a contact or to the account."
    )
    type: _Text = Field(title="Type", description="What its records are, such as orders.")


class HeldProgramme(Concept):
    """A programme of the account."""

    name: _Text = Field(title="Name", description="What it is called in the account.")
    status: _Text = Field(
        title="Status", description="Nobody is enrolled in one that is not Active."
    )


class AccountLock(Concept):
    """What one account holds, as `miradot lock refresh` read it."""

    target: Annotated[str, StringConstraints(pattern=r"^[a-z]+@[0-9]{4}-[0-9]{2}$")] = Field(
        title="Target lock", description="The target lock it goes with, `name@version`."
    )
    account: _Number | None = Field(
        None, title="Account", description="Its number; it is never refreshed from another account."
    )
    data_fields: dict[str, _Text] = Field(
        default_factory=dict,
        title="Data fields",
        description="Its data fields for contacts, by name with their type.",
    )
    collections: dict[str, HeldCollection] = Field(
        default_factory=dict, title="Collections", description="Its Insight collections, by name."
    )
    programmes: dict[_Number, HeldProgramme] = Field(
        default_factory=dict, title="Programmes", description="Its programmes, by number."
    )
    lists: dict[_Number, _Text] = Field(
        default_factory=dict, title="Lists", description="Its lists, by number with their name."
    )
    templates: dict[_Number, _Text] = Field(
        default_factory=dict,
        title="Templates",
        description="Its e-mail templates, by number with their name.",
    )
    statuses: dict[_Text, Literal["known", "unknown"]] = Field(
        default_factory=dict,
        title="Statuses",
        description="E-mail statuses that contacts were seen with, and whether the target lock "
        "has them. `known`: a mapping can decide on it. `unknown`: orders of who has it are held. "
        "One that nobody has any more stays.",
    )
