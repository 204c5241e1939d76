"""What calls about contacts carry, read strictly; a body that does not fit is answered with 400."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from engine.sandbox.service import Answer, Json, Refused, Request

MergeOption = Literal["overwrite", "overwrite-if-not-empty", "overwrite-if-empty"]
BULK_MERGE: Mapping[str, MergeOption] = {
    "overwrite": "overwrite",
    "overwriteIfNotEmpty": "overwrite-if-not-empty",
    "overwriteIfEmpty": "overwrite-if-empty",
}
Address = Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$", max_length=254)]
Body = TypeVar("Body", bound=BaseModel)


def bad(code: str, description: str, *, status: int = 400) -> Answer:
    """Give an error as Dotdigital's third API version writes it."""
    return Answer(status, {"errorCode": code, "description": description, "details": []})


class Closed(BaseModel):
    """A body without unknown members, spelt as the API spells it."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)


class Identifiers(Closed):
    """By what a contact is known; `contactId` can be matched, never set."""

    email: Address | None = None
    mobile_number: str | None = None
    contact_id: int | None = None


class EmailChannel(Closed):
    """The e-mail channel as a call may set it."""

    email_type: Literal["html", "plainText"] | None = None
    opt_in_type: Literal["unknown", "single", "double", "verifiedDouble"] | None = None
    status: Literal["subscribed", "unsubscribed", "suppressed"] | None = None


class Channels(Closed):
    """The channels of a contact."""

    email: EmailChannel = EmailChannel()


class ConsentRecord(Closed):
    """The evidence of a consent, complete or not at all."""

    text: Annotated[str, Field(min_length=1)]
    date_time_consented: AwareDatetime
    url: Annotated[str, Field(min_length=1)]
    ip_address: Annotated[str, Field(min_length=1)]
    user_agent: Annotated[str, Field(min_length=1)]


class Resubscribing(Closed):
    """Whether who opted out is subscribed again without being asked; the default is yes."""

    resubscribe_with_no_challenge: bool = True
    preferred_locale: str | None = None
    redirect_url_after_challenge: str | None = None


class ContactBody(Closed):
    """A contact as calls write it."""

    identifiers: Identifiers = Identifiers()
    channel_properties: Channels = Channels()
    data_fields: dict[str, str | bool | float | int | None] = Field(default_factory=dict)
    lists: Annotated[list[int], Field(max_length=100)] = Field(default_factory=list)
    consent_records: Annotated[list[ConsentRecord], Field(max_length=5)] = Field(
        default_factory=list
    )
    resubscribe_options: Resubscribing = Resubscribing()
    match_identifier: Literal["email", "contactId"] | None = None

    @property
    def email(self) -> str | None:
        """The address, in the one spelling by which it is found."""
        given = self.identifiers.email
        return given.strip().lower() if given is not None else None

    @property
    def status(self) -> str | None:
        """The e-mail status that is asked for."""
        return self.channel_properties.email.status

    @property
    def evidence(self) -> list[Json]:
        """The consent records as they are kept."""
        return [one.model_dump(mode="json", by_alias=True) for one in self.consent_records]


def read_body(request: Request, form: type[Body], code: str) -> Body:
    """Give the body in a form, or refuse it."""
    try:
        return fit_body(request.json(), form, code)
    except ValueError:
        raise Refused(bad(code, "the body is no JSON")) from None


def fit_body(given: object, form: type[Body], code: str) -> Body:
    """Give decoded JSON in a form, or refuse it with the first thing that is wrong."""
    try:
        return form.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise Refused(bad(code, f"{place}: {first['msg']}")) from None
