"""Settings: what is taken, where it came from, and how a wrong one is told; never a secret."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from pydantic import SecretStr

import cli
from engine.problem import Failure
from engine.resources import read_schema
from engine.settings import Settings, read_settings, show_settings
from engine.settings.alerts import ALERT_LIMITS, read_routes
from engine.settings.checks import RETENTION_DAYS
from engine.settings.files import is_secret
from engine.settings.variables import file_variable, variable
from engine.state.retention import Retention

CANARY = "canary-secret-0123456789-canary-secret"
WEB = f"mo:act+reveal:{CANARY}"
ROUTES = f"finance=json://me:{CANARY}@hooks.example.com/x default=mailtos://{CANARY}@example.com"
PING = f"https://ping.example.com/{CANARY}"
BELL = "whsec_" + base64.b64encode(b"k" * 32).decode()
SECRETS = [name for name, field in Settings.model_fields.items() if is_secret(field)]
MIRAKL = {"mirakl_url": "https://debenhams.mirakl.net", "mirakl_key": "shop-key"}
DOTDIGITAL = {
    "dotdigital_url": "https://r1-api.dotdigital.com/",
    "dotdigital_user": "apiuser-1@apiconnector.example.com",
    "dotdigital_password": "pass word",
}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("MIRADOT_"):
            monkeypatch.delenv(name)


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(variable(name), value)
    return read_settings()


def refused(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    with pytest.raises(Failure) as failure:
        given(monkeypatch, **values)
    assert failure.value.__cause__ is None
    return str(failure.value)


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings()
    assert settings.database == "sqlite:///miradot.db"
    assert (settings.mirakl_profile, settings.mirakl_tax_mode) == ("default", "TAX_INCLUDED")
    assert (settings.consent_trail, settings.log_format, settings.log_level) == (
        False,
        "text",
        "info",
    )
    assert settings.retention == RETENTION_DAYS
    assert settings.worker


def test_a_variable_that_is_empty_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch, mirakl_key="", log_level="").mirakl_key is None


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("mirakl_url", "https://debenhams.mirakl.net/", "https://debenhams.mirakl.net"),
        ("mirakl_url", "http://127.0.0.1:8790/mirakl", "http://127.0.0.1:8790/mirakl"),
        ("mirakl_profile", "external_partner", "external_partner"),
        ("mirakl_tax_mode", "TAX_EXCLUDED", "TAX_EXCLUDED"),
        ("mirakl_shop_id", "2042", 2042),
        ("dotdigital_tiers", "low=35, high=600", {"low": 35, "high": 600}),
        ("mapping", "mappings/orders.yaml", Path("mappings/orders.yaml")),
        ("allowed_hosts", "Mirakl.net , example.com", ("mirakl.net", "example.com")),
        ("consent_trail", "on", True),
        ("worker", "worker-2", "worker-2"),
        ("retention", "bodies=7", {**RETENTION_DAYS, "bodies": 7}),
        ("log_format", "json", "json"),
        ("alert_limits", "held=15, queue=30", {**ALERT_LIMITS, "held": 15, "queue": 30}),
    ],
)
def test_a_setting_is_taken_from_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, taken: object
) -> None:
    assert getattr(given(monkeypatch, **{name: value}), name) == taken


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("mirakl_url", "debenhams.mirakl.net", "takes an https address"),
        ("mirakl_url", "http://debenhams.mirakl.net", "takes an https address"),
        ("mirakl_url", "https://mirakl.net.example.com", "MIRADOT_ALLOWED_HOSTS"),
        ("mirakl_url", "https://evilmirakl.net", "MIRADOT_ALLOWED_HOSTS"),
        ("mirakl_url", "https://debenhams.mirakl.net:99999", "takes an https address"),
        ("mirakl_url", "https://debenhams.mirakl.net/?a=1", "without a query"),
        ("mirakl_profile", "external_parner", 'did you mean "external_partner"?'),
        ("mirakl_tax_mode", "gross", "TAX_INCLUDED or TAX_EXCLUDED"),
        ("mirakl_shop_id", "0", "a whole number above 0"),
        ("dotdigital_user", "name:password", "without blanks and colons"),
        ("dotdigital_tiers", "lowest=3", "such as low=35"),
        ("dotdigital_tiers", "low=0", "such as low=35"),
        ("dotdigital_tiers", "low=1,low=2", "such as low=35"),
        ("retention", "ledger=3", "of: payloads, bodies"),
        ("retention", "runs=-1", "of: payloads, bodies"),
        ("allowed_hosts", "https://mirakl.net", "names of hosts"),
        ("allowed_hosts", ",", "names of hosts"),
        ("consent_trail", "maybe", "takes on or off"),
        ("web_address", "http://ops.example.com", "an https address without a path"),
        ("web_address", "https://ops.example.com/page", "an https address without a path"),
        ("web_address", "https://OPS.example.com", "in small letters"),
        ("web_proxy_user", "Cookie", "such as Remote-User"),
        ("web_proxy_user", "X-Miradot-Proxy", "such as Remote-User"),
        ("web_proxy_user", "a b", "such as Remote-User"),
        ("web_proxy_roles", "ops", "GROUP=ROLES"),
        ("web_proxy_roles", "ops=all", "GROUP=ROLES"),
        ("web_proxy_roles", "ops=view, ops=act", "GROUP=ROLES"),
        ("worker", "a b", "letters, digits"),
        ("alert_limits", "heldd=15", "such as held=15"),
        ("alert_limits", "held=0", "such as held=15"),
        ("log_level", "warn", 'did you mean "warning"?'),
        ("log_format", "xml", "text or json"),
    ],
)
def test_a_wrong_value_is_told_with_what_was_given_and_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    told = refused(monkeypatch, **{name: value})
    assert told.startswith(f'{variable(name)} is "{value}", but takes ')
    assert expected in told
    assert "\n" not in told


def test_every_wrong_value_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refused(monkeypatch, log_level="loud", mirakl_profile="fast")
    assert ("MIRADOT_LOG_LEVEL" in told, "MIRADOT_MIRAKL_PROFILE" in told) == (True, True)


def test_a_wrong_list_of_hosts_is_told_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refused(monkeypatch, allowed_hosts="*", mirakl_url="https://debenhams.mirakl.net")
    assert "MIRADOT_MIRAKL_URL" not in told


def test_a_password_in_an_address_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refused(monkeypatch, mirakl_url=f"https://me:{CANARY}@debenhams.mirakl.net")
    assert CANARY not in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mirakl_key", f"{CANARY} {CANARY}"),
        ("dotdigital_password", f"{CANARY}\n"),
        ("doorbell_secret", CANARY),
        ("web_tokens", CANARY),
        ("web_tokens", f"mo:all:{CANARY}"),
        ("web_tokens", f"mo:act+act:{CANARY}"),
        ("web_tokens", f"m@o:act:{CANARY}"),
        ("web_tokens", "mo:act:too-short"),
        ("web_tokens", f"mo:act:{CANARY} mo:view:{CANARY}-2"),
        ("web_tokens", f"mo:act:{CANARY} jo:view:{CANARY}"),
        ("doorbell_secret", "whsec_" + base64.b64encode(b"short").decode()),
        ("doorbell_secret", f"{BELL} {BELL} {BELL}"),
        ("doorbell_secret", "whsec_é"),
        ("doorbell_bearer", "too-short"),
        ("web_proxy_secret", "too-short"),
        ("tombstone_key", "too-short-for-a-key"),
        ("alert_routes", CANARY),
        ("alert_routes", f"Finance=json://{CANARY}"),
        ("alert_routes", f"finance=json:{CANARY}"),
        ("alert_routes", f"finance=json://{CANARY} finance=json://{CANARY}"),
        ("alert_ping", f"http://ping.example.com/{CANARY}"),
        ("alert_ping", f"https://ping.example.com/?key={CANARY}"),
        ("alert_ping", f"https://me:{CANARY}@ping.example.com/"),
        ("alert_ping", f"https:///{CANARY}"),
        ("database_url", f"mysql://root:{CANARY}@localhost/x"),
        ("database_url", f"postgresql://[{CANARY}"),
    ],
)
def test_a_wrong_secret_is_told_without_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    told = refused(monkeypatch, **{name: value})
    assert told.startswith(f"{variable(name)} is not as expected: it takes ")
    assert value not in told
    assert CANARY not in told


def test_a_database_without_a_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "MIRADOT_DATABASE_URL" in refused(monkeypatch, database_url="sqlite:///")


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("MIRADOT_MIRAKL_KYE", "MIRADOT_MIRAKL_KEY"),
        ("MIRADOT_DOTDIGTAL_PASSWORD", "MIRADOT_DOTDIGITAL_PASSWORD"),
        ("miradot_mirakl_urll", "MIRADOT_MIRAKL_URL"),
    ],
)
def test_a_misspelt_variable_is_told_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, misspelt: str, meant: str
) -> None:
    monkeypatch.setenv(misspelt, CANARY)
    with pytest.raises(Failure, match=f'{misspelt} is no setting; did you mean "{meant}"'):
        read_settings()


def test_an_unknown_variable_like_none_is_told_without_a_guess(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIRADOT_ZZZ", "1")
    with pytest.raises(Failure, match="MIRADOT_ZZZ is no setting: take it away"):
        read_settings()


def test_the_variable_of_the_command_line_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRADOT_OUTPUT_FORMAT", "json")
    assert read_settings()


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_can_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    values = {"doorbell_secret": BELL, "web_tokens": WEB, "database_url": "sqlite:///other.db"}
    values |= {"alert_routes": ROUTES, "alert_ping": PING}
    value = values.get(name, CANARY)
    file = tmp_path / "secret"
    file.write_text(f"\n {value}\n", encoding="utf-8")
    monkeypatch.setenv(file_variable(name), str(file))
    settings = read_settings()
    assert getattr(settings, name) == SecretStr(value)
    told = {one.name: one for one in show_settings(settings)}[variable(name)]
    assert (told.origin, told.file) == ("file", str(file))


def test_what_is_no_secret_is_not_read_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRADOT_MAPPING_FILE", "x")
    with pytest.raises(Failure, match="only secrets are read from files"):
        read_settings()


def test_a_secret_that_is_given_twice_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MIRADOT_MIRAKL_KEY_FILE", str(tmp_path / "key"))
    told = refused(monkeypatch, mirakl_key=CANARY)
    assert told == "MIRADOT_MIRAKL_KEY and MIRADOT_MIRAKL_KEY_FILE are both set: keep one"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b" \n", "is empty"),
        (b"\xff\xfe", "not UTF-8"),
        (b"x" * 70_000, "larger than a secret"),
        (None, "cannot be read"),
    ],
)
def test_a_file_without_a_secret_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, fault: str
) -> None:
    file = tmp_path / CANARY
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("MIRADOT_TOMBSTONE_KEY_FILE", str(file))
    with pytest.raises(Failure, match=fault) as failure:
        read_settings()
    assert "MIRADOT_TOMBSTONE_KEY_FILE" in str(failure.value)
    # People put the secret itself where its path belongs.
    assert CANARY not in str(failure.value)


def test_no_secret_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    values = dict.fromkeys(SECRETS, CANARY)
    values["doorbell_secret"] = BELL
    values["web_tokens"] = WEB
    values |= {"alert_routes": ROUTES, "alert_ping": PING}
    values["database_url"] = (
        f"postgresql://{CANARY}:{CANARY}@db.example.com:5432/x?password={CANARY}"
    )
    settings = given(monkeypatch, **MIRAKL | DOTDIGITAL | values)
    shown = [
        repr(settings),
        str(settings.model_dump()),
        settings.model_dump_json(),
        repr(settings.require_mirakl()),
        repr(settings.require_dotdigital()),
        repr(settings.require_doorbell()),
        repr(show_settings(settings)),
    ]
    assert [text for text in shown if CANARY in text or BELL in text] == []
    database = show_settings(settings)[0]
    assert database.value == "postgresql://db.example.com:5432/x"


def test_routes_are_shown_by_owner_and_service(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {one.name: one.value for one in show_settings(given(monkeypatch, alert_routes=ROUTES))}
    assert told["MIRADOT_ALERT_ROUTES"] == "finance by json; default by mailtos"


def test_an_owner_may_have_several_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "finance=json://a/x=1 default=json://b finance=json://c"
    routes = read_routes(given(monkeypatch, alert_routes=text).alert_routes)
    assert routes == {"finance": ("json://a/x=1", "json://c"), "default": ("json://b",)}


def test_what_a_command_needs_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, mirakl_url=MIRAKL["mirakl_url"])
    missing = {
        "require_mirakl": "MIRADOT_MIRAKL_KEY is not set",
        "require_dotdigital": "3 settings are not set",
        "require_mapping": "MIRADOT_MAPPING is not set",
        "require_doorbell": "MIRADOT_DOORBELL_SECRET is not set",
        "require_tombstone_key": "MIRADOT_TOMBSTONE_KEY is not set",
    }
    for name, told in missing.items():
        with pytest.raises(Failure, match=told):
            getattr(settings, name)()


def test_all_that_is_missing_is_told_at_once_with_what_it_is_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = given(monkeypatch, mirakl_url=MIRAKL["mirakl_url"])
    with pytest.raises(Failure) as failure:
        settings.require("mapping", "mirakl", "dotdigital", "tombstone_key")
    first, *told = str(failure.value).splitlines()
    assert first == "6 settings are not set:"
    named = {line.split()[0]: line.split(maxsplit=1)[1] for line in told if line[:2] == "  "}
    assert list(named) == [
        *("MIRADOT_MAPPING", "MIRADOT_MIRAKL_KEY", "MIRADOT_DOTDIGITAL_URL"),
        *("MIRADOT_DOTDIGITAL_USER", "MIRADOT_DOTDIGITAL_PASSWORD", "MIRADOT_TOMBSTONE_KEY"),
    ]
    assert named["MIRADOT_MIRAKL_KEY"] == "the shop's API key in Mirakl"


def test_a_key_for_tombstones_can_be_made_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Failure) as failure:
        read_settings().require_tombstone_key()
    command = re.search(r"to make one: (.*)", str(failure.value))
    assert command is not None
    said = subprocess.run(["/bin/sh", "-c", command[1]], capture_output=True, check=True)
    assert given(monkeypatch, tombstone_key=said.stdout.decode().strip()).require_tombstone_key()


def test_unknown_and_wrong_settings_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refused(monkeypatch, log_level="loud", zzz="1", mirakl_kye="1")
    assert told.splitlines()[0] == "3 settings are wrong:"
    assert all(name in told for name in ("LOG_LEVEL", "MIRADOT_ZZZ", '"MIRADOT_MIRAKL_KEY"?'))


def test_what_a_command_needs_is_given_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    bearer = "b" * 24
    values: dict[str, Any] = {
        **MIRAKL,
        **DOTDIGITAL,
        "doorbell_secret": f"{BELL} {BELL}",
        "doorbell_bearer": bearer,
        "tombstone_key": CANARY,
        "mapping": "orders.yaml",
    }
    settings = given(monkeypatch, **values)
    assert settings.require_mirakl().key.get_secret_value() == "shop-key"
    assert settings.require_dotdigital().url == "https://r1-api.dotdigital.com"
    assert settings.require_dotdigital().password.get_secret_value() == "pass word"
    assert settings.require_doorbell().signing == (SecretStr(BELL), SecretStr(BELL))
    assert settings.require_doorbell().bearer == SecretStr(bearer)
    assert settings.require_tombstone_key() == SecretStr(CANARY)
    assert settings.require_mapping() == Path("orders.yaml")


def test_rows_are_kept_for_the_days_that_the_tables_are_kept_for() -> None:
    assert Retention(**RETENTION_DAYS) == Retention()


def test_every_setting_says_what_it_is_for() -> None:
    assert [one.name for one in show_settings(Settings()) if not one.about] == []


def test_status_shows_where_each_setting_came_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text(CANARY, encoding="utf-8")
    monkeypatch.setenv("MIRADOT_TOMBSTONE_KEY_FILE", str(file))
    monkeypatch.setenv("MIRADOT_MIRAKL_KEY", CANARY)
    done = CliRunner().invoke(cli.cli, ["status", "--settings"])
    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in done.output.splitlines()}
    assert rows["MIRADOT_TOMBSTONE_KEY"] == ["file", f"set, by {file}"]
    assert rows["MIRADOT_MIRAKL_KEY"] == ["environment", "set"]
    assert rows["MIRADOT_DOORBELL_BEARER"] == ["default", "not set"]
    assert list(rows) == [variable(name) for name in Settings.model_fields]
    assert CANARY not in done.output


def test_status_prints_json_as_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRADOT_MAPPING", os.fsdecode(b"m\xff.yaml"))
    done = CliRunner().invoke(cli.cli, ["status", "--settings", "--output-format", "json"])
    document = orjson.loads(done.output)
    Draft202012Validator(read_schema("status.v1.schema.json")).validate(document)
    assert document["settings"][1]["value"] == r"m\udcff.yaml"


def test_status_says_which_extra_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("engine.settings")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pydantic_settings", None)
    with pytest.raises(Failure, match=r'pip install "miradot\[sync\]"'):
        CliRunner().invoke(cli.cli, ["status", "--settings"], catch_exceptions=False)


def test_tokens_of_the_page_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, web_tokens=f"mo:act+reveal:{CANARY} jo:view:{CANARY}:2")
    tokens = settings.require_web().tokens
    assert [(one.name, sorted(one.roles)) for one in tokens] == [
        ("mo", ["act", "reveal", "view"]),
        ("jo", ["view"]),
    ]
    assert tokens[1].token == SecretStr(f"{CANARY}:2")


def test_a_page_without_tokens_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Failure, match="the page is not set up: MIRADOT_WEB_TOKENS is not set"):
        given(monkeypatch).require_web()


PROXY = {"web_proxy_user": "Remote-User", "web_proxy_groups": "Remote-Groups"}


def test_a_proxy_that_signs_people_in_needs_no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, **PROXY, web_proxy_roles="ops=act, /care=reveal, *=view")
    access = settings.require_web()
    assert (access.tokens, access.address) == ((), "")
    assert access.proxy is not None
    assert (access.proxy.user, access.proxy.groups) == ("remote-user", "remote-groups")
    assert access.proxy.secret is None
    assert {group: sorted(held) for group, held in access.proxy.roles.items()} == {
        "ops": ["act", "view"],
        "/care": ["reveal", "view"],
        "*": ["view"],
    }


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"web_proxy_user": "Remote-User"}, "MIRADOT_WEB_PROXY_ROLES is not set"),
        ({"web_proxy_roles": "*=view"}, "MIRADOT_WEB_PROXY_USER is not set"),
        ({"web_proxy_secret": CANARY}, "2 settings are not set"),
        (
            {"web_proxy_user": "Remote-User", "web_proxy_roles": "ops=act"},
            "MIRADOT_WEB_PROXY_GROUPS is not set",
        ),
    ],
)
def test_half_a_login_by_a_proxy_is_told(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], told: str
) -> None:
    with pytest.raises(Failure, match=f"the login by a proxy is not set up: {told}"):
        given(monkeypatch, web_tokens=WEB, **values).require_web()


def test_the_address_of_the_page_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, web_tokens=WEB, web_address="https://ops.example.com:8443/")
    assert settings.require_web().address == "https://ops.example.com:8443"
