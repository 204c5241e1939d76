"""Every setting: its name, its type, what it takes, and what is taken where it is not set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from engine.problem import Failure
from engine.settings.alerts import ALERT_LIMITS, check_ping, check_routes, split_limits
from engine.settings.checks import (
    LEAST_BEARER,
    LEAST_TOMBSTONE,
    RETENTION_DAYS,
    Make,
    Takes,
    Tier,
    check,
    check_address,
    check_bearer,
    check_bells,
    check_database,
    check_secret,
    check_tombstone,
    is_loopback,
    name_worker,
    split_hosts,
    split_retention,
    split_tiers,
)
from engine.settings.files import SecretFiles
from engine.settings.missing import NEEDS, Need, refuse_missing
from engine.settings.variables import PREFIX
from engine.settings.web import (
    EVERYBODY,
    WebAccess,
    WebProxy,
    WebToken,
    check_web_address,
    check_web_header,
    check_web_tokens,
    split_roles,
    split_token,
    split_web_roles,
)

Profile = Literal["default", "external_partner", "rehearsal"]
TaxMode = Literal["TAX_INCLUDED", "TAX_EXCLUDED"]
LogForm = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
Given = TypeVar("Given")

_Address = Annotated[
    str | None,
    AfterValidator(check_address),
    Takes(
        "an https address without a query at a host that MIRADOT_ALLOWED_HOSTS lists "
        "(http on this machine only)"
    ),
]
_Secret = Annotated[
    SecretStr | None, AfterValidator(check_secret), Takes("printable ASCII without blanks")
]
_Header = Annotated[
    str | None, AfterValidator(check_web_header), Takes("the name of a header, such as Remote-User")
]
_Text = Annotated[str | None, Field(pattern=r"^[\x21-\x39\x3b-\x7e]+$")]


@dataclass(frozen=True, slots=True)
class MiraklAccess:
    """The way to Mirakl; `url` has no slash at its end."""

    url: str
    key: SecretStr
    shop_id: int | None
    profile: Profile
    tax_mode: TaxMode


@dataclass(frozen=True, slots=True)
class DotdigitalAccess:
    """The way to Dotdigital; `tiers` are calls by tier, where not as published."""

    url: str
    user: str
    password: SecretStr
    tiers: Mapping[Tier, int]


@dataclass(frozen=True, slots=True)
class BellSecrets:
    """Secrets by which senders are known: those that sign, and those that cannot."""

    signing: tuple[SecretStr, ...]
    bearer: SecretStr | None


class Settings(BaseSettings):
    """What is in force; a setting is the variable of its name behind `MIRADOT_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        validate_default=False,
    )
    database_url: Annotated[
        SecretStr,
        AfterValidator(check_database),
        Takes("sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"),
        Field(description="the database that holds orders, ledger, people and calls"),
    ] = SecretStr("sqlite:///miradot.db")
    mapping: Annotated[
        Path | None, Takes("a path"), Field(description="the mapping that is delivered")
    ] = None
    brand: Annotated[
        Path | None, Takes("a path"), Field(description="the brand file with its parameters")
    ] = None
    allowed_hosts: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(split_hosts),
        Takes("names of hosts with commas between, such as mirakl.net, dotdigital.com"),
        Field(description="hosts that may be called, with all that lies under them"),
    ] = ("mirakl.net", "dotdigital.com")
    mirakl_url: Annotated[
        _Address, Field(description="Mirakl's address, such as https://NAME.mirakl.net")
    ] = None
    mirakl_key: Annotated[_Secret, Field(description="the shop's API key in Mirakl")] = None
    mirakl_shop_id: Annotated[
        int | None,
        Field(gt=0, description="the shop, where a key is for several"),
        Takes("a whole number above 0"),
    ] = None
    mirakl_profile: Annotated[
        Profile,
        Field(
            description="how often orders may be read: every 5 or every 15 minutes; in a rehearsal "
            "on this machine, always"
        ),
    ] = "default"
    mirakl_tax_mode: Annotated[
        TaxMode, Field(description="whether amounts of orders contain tax")
    ] = "TAX_INCLUDED"
    dotdigital_url: Annotated[
        _Address, Field(description="Dotdigital's address, such as https://r1-api.dotdigital.com")
    ] = None
    dotdigital_user: Annotated[
        _Text, Field(description="Dotdigital's API user"), Takes("a name without blanks and colons")
    ] = None
    dotdigital_password: Annotated[
        SecretStr | None,
        AfterValidator(lambda value: check(value.get_secret_value().isprintable(), value)),
        Takes("printable text"),
        Field(description="the password of Dotdigital's API user"),
    ] = None
    dotdigital_tiers: Annotated[
        Mapping[Tier, int],
        NoDecode,
        BeforeValidator(split_tiers),
        Takes("calls a minute by tier, enrolments an hour, such as low=35, high=600, enrolment=20"),
        Field(description="calls that the package allows by tier, where not as published"),
    ] = Field(default_factory=dict)
    doorbell_secret: Annotated[
        SecretStr | None,
        AfterValidator(check_bells),
        Takes(
            "whsec_ and 24 to 64 bytes in base64; while it is changed the new and the old one, "
            "with a blank between"
        ),
        Make("where they cannot sign, set MIRADOT_DOORBELL_BEARER instead"),
        Field(description="the secret of senders that sign (Standard Webhooks)"),
    ] = None
    doorbell_bearer: Annotated[
        SecretStr | None,
        AfterValidator(check_bearer),
        Takes(f"at least {LEAST_BEARER} printable ASCII characters without blanks"),
        Field(description="the secret of senders that cannot sign"),
    ] = None
    tombstone_key: Annotated[
        SecretStr | None,
        AfterValidator(check_tombstone),
        Takes(f"at least {LEAST_TOMBSTONE} printable ASCII characters without blanks"),
        Make(
            f"made once and kept, at least {LEAST_TOMBSTONE} characters; to make one: "
            "head -c 32 /dev/urandom | base64"
        ),
        Field(description="the key under which erased people are recognised"),
    ] = None
    web_tokens: Annotated[
        SecretStr | None,
        AfterValidator(check_web_tokens),
        Takes(
            "NAME:ROLES:TOKEN, with blanks between, where ROLES is view, act or reveal, joined by +"
            f", and a TOKEN has at least {LEAST_BEARER} printable ASCII characters"
        ),
        Field(description="who may open the page of miradot serve, and what each of them may do"),
    ] = None
    web_address: Annotated[
        str | None,
        AfterValidator(check_web_address),
        Takes("an https address without a path, in small letters (http on this machine only)"),
        Field(description="where people find the page, such as https://ops.example.com"),
    ] = None
    web_proxy_user: Annotated[
        _Header, Field(description="the header in which a proxy names whom it signed in")
    ] = None
    web_proxy_groups: Annotated[
        _Header, Field(description="the header in which it names their groups, commas between")
    ] = None
    web_proxy_roles: Annotated[
        Mapping[str, str] | None,
        NoDecode,
        BeforeValidator(split_web_roles),
        Takes("GROUP=ROLES with commas between, such as ops=act, care=act+reveal, *=view"),
        Field(description="what each group may do on the page; * is everybody signed in"),
    ] = None
    web_proxy_secret: Annotated[
        SecretStr | None,
        AfterValidator(check_bearer),
        Takes(f"at least {LEAST_BEARER} printable ASCII characters without blanks"),
        Field(description="by which the proxy is known: it sends it as X-Miradot-Proxy"),
    ] = None
    alert_routes: Annotated[
        SecretStr | None,
        AfterValidator(check_routes),
        Takes(
            "OWNER=URL, with blanks between, where OWNER is a team that the mapping names, or"
            " default, and URL an address as apprise writes them"
        ),
        Field(description="where notices go, by owner; default is for all others"),
    ] = None
    alert_limits: Annotated[
        Mapping[str, int],
        NoDecode,
        BeforeValidator(split_limits),
        Takes(f"figures by kind, such as held=15, queue=30, of: {', '.join(ALERT_LIMITS)}"),
        Field(description="from when on people are told"),
    ] = Field(default_factory=lambda: dict(ALERT_LIMITS))
    alert_ping: Annotated[
        SecretStr | None,
        AfterValidator(check_ping),
        Takes("an https address without a query (http on this machine only)"),
        Field(description="what is asked after each good cycle, so that silence is noticed"),
    ] = None
    worker: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9.-]{1,60}$", description="this worker; the same after a restart"
        ),
        Takes("1 to 60 letters, digits, points and hyphens"),
    ] = Field(default_factory=name_worker)
    retention: Annotated[
        Mapping[str, int],
        NoDecode,
        BeforeValidator(split_retention),
        Takes(f"days by kind, such as runs=90, of: {', '.join(RETENTION_DAYS)}"),
        Field(description="days for which what is done with is kept"),
    ] = Field(default_factory=lambda: dict(RETENTION_DAYS))
    consent_trail: Annotated[
        bool,
        Takes("on or off"),
        Field(description="whether each reading and decision of consent is kept, by person"),
    ] = False
    log_format: Annotated[LogForm, Field(description="how the log is written")] = "text"
    log_level: Annotated[LogLevel, Field(description="the least that is logged")] = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - idem
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Say where values come from: no file is read that a variable does not name."""
        return init_settings, env_settings, SecretFiles(settings_cls)

    @property
    def database(self) -> str:
        """The URL of the database, with its password."""
        return self.database_url.get_secret_value()

    def require_mapping(self) -> Path:
        """Give the path of the mapping; Failure where none is set."""
        self.require("mapping")
        return _sure(self.mapping)

    def require_mirakl(self) -> MiraklAccess:
        """Give the way to Mirakl; Failure that names what is not set."""
        self.require("mirakl")
        if self.mirakl_profile == "rehearsal" and not is_loopback(_sure(self.mirakl_url)):
            raise Failure(
                "MIRADOT_MIRAKL_PROFILE is rehearsal, which is for this machine only, and"
                " MIRADOT_MIRAKL_URL is elsewhere"
            )
        return MiraklAccess(
            url=_sure(self.mirakl_url),
            key=_sure(self.mirakl_key),
            shop_id=self.mirakl_shop_id,
            profile=self.mirakl_profile,
            tax_mode=self.mirakl_tax_mode,
        )

    def require_dotdigital(self) -> DotdigitalAccess:
        """Give the way to Dotdigital; Failure that names what is not set."""
        self.require("dotdigital")
        return DotdigitalAccess(
            url=_sure(self.dotdigital_url),
            user=_sure(self.dotdigital_user),
            password=_sure(self.dotdigital_password),
            tiers=self.dotdigital_tiers,
        )

    def require_doorbell(self) -> BellSecrets:
        """Give the secrets of the doorbell; Failure where there is none."""
        if self.doorbell_secret is None and self.doorbell_bearer is None:
            refuse_missing(self, ["doorbell_secret"])
        signing = self.doorbell_secret.get_secret_value() if self.doorbell_secret else ""
        return BellSecrets(
            signing=tuple(SecretStr(one) for one in signing.split()), bearer=self.doorbell_bearer
        )

    def require_web(self) -> WebAccess:
        """Give who may come in to the page; Failure where nobody may, or half is set."""
        if self.web_tokens is None and self.web_proxy_user is None:
            raise Failure(
                "the page is not set up: MIRADOT_WEB_TOKENS is not set (or, where a proxy signs"
                " people in, MIRADOT_WEB_PROXY_USER)"
            )
        given = self.web_tokens.get_secret_value().split() if self.web_tokens else []
        tokens = [split_token(one) for one in given]
        return WebAccess(
            address=self.web_address or "",
            tokens=tuple(WebToken(name, roles, SecretStr(one)) for name, roles, one in tokens),
            proxy=self._web_proxy(),
        )

    def _web_proxy(self) -> WebProxy | None:
        needed = ["web_proxy_user", "web_proxy_roles"]
        if set(self.web_proxy_roles or ()) - {EVERYBODY}:
            needed.append("web_proxy_groups")
        settings = [*needed, "web_proxy_groups", "web_proxy_secret"]
        if all(getattr(self, name) is None for name in settings):
            return None
        refuse_missing(self, needed, "the login by a proxy")
        roles = {group: split_roles(held) for group, held in _sure(self.web_proxy_roles).items()}
        user, groups = _sure(self.web_proxy_user), self.web_proxy_groups or ""
        return WebProxy(user, groups, roles, self.web_proxy_secret)

    def require_tombstone_key(self) -> SecretStr:
        """Give the key of tombstones; Failure where it is not set."""
        self.require("tombstone_key")
        return _sure(self.tombstone_key)

    def require(self, *needs: Need) -> None:
        """Raise Failure that names everything of what is needed that is not set."""
        refuse_missing(self, (name for need in needs for name in NEEDS[need]))


def _sure(value: Given | None) -> Given:
    if value is None:
        raise ValueError("used before it was required")
    return value
