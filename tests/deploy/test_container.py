"""The container files: what they copy, install, run and set is there, and nothing else gets in."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from engine.settings import read_settings
from tests.deploy.commands import parse, unknown_settings
from tests.rehearsal import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = re.findall(
    r"^([A-Z]+) ((?:.*\\\n)*.*)$",
    re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE),
    re.MULTILINE,
)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = ("sync", "serve")
SCRIPTS = sorted((ROOT / "deploy/container").glob("*.sh"))
each_of_ours = pytest.mark.parametrize("name", OURS)


def given(instruction: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


def test_the_base_is_one_slim_image_of_a_fixed_version() -> None:
    assert set(given("FROM")) == {
        "python:3.11-slim-bookworm AS build",
        "python:3.11-slim-bookworm",
    }


def test_nothing_is_fetched_but_what_the_pins_name_by_hash() -> None:
    installs = re.findall(
        r"(?:pip|python) (?:install|wheel).*?(?=&&|\Z)", " && ".join(given("RUN")), re.DOTALL
    )
    assert len(installs) == 4
    for one in installs:
        assert ("--require-hashes" in one and "-r constraints" in one) != ("--no-index" in one)
        assert "--no-deps" in one
    assert "://" not in DOCKERFILE


def test_what_is_copied_is_there_and_let_in() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    copied: set[str] = set()
    for line in given("COPY"):
        if not line.startswith("--from"):
            copied |= set(line.split()[:-1])
    assert copied == let_in
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_no_database_and_no_secret_gets_into_the_image() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    last = [line for line in lines if not line.startswith(("!", "#"))]
    for path in ("mappings/miradot.db", "engine/__pycache__", "mappings/a/b.db"):
        patterns = [one.removeprefix("**/") for one in last if one.startswith("**/")]
        assert any(fnmatch(PurePosixPath(path).name, one) for one in patterns)
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_image_runs_as_a_user_that_is_not_root() -> None:
    assert given("USER") == ["10001:0"]
    assert DOCKERFILE.index("\nUSER") > DOCKERFILE.rindex("\nRUN")


def test_the_image_sets_only_settings_that_are_there() -> None:
    names = re.findall(r"([A-Z_]+)=", "".join(given("ENV")))
    assert "MIRADOT_LOG_FORMAT" in names
    assert unknown_settings(names) == []


def test_the_image_starts_the_service_and_ends_it_by_the_signal_that_it_heeds() -> None:
    assert given("ENTRYPOINT") == ['["miradot"]']
    assert given("CMD") == ['["sync"]']
    assert given("STOPSIGNAL") == ["SIGTERM"]


@each_of_ours
def test_a_service_of_the_example_runs_a_command_that_is_there(name: str) -> None:
    words = COMPOSE["services"][name]["command"]
    assert words[0] == name
    parse([str(one) for one in words])


@each_of_ours
def test_a_service_of_the_example_sets_only_settings_that_are_there(name: str) -> None:
    assert unknown_settings(list(COMPOSE["services"][name]["environment"])) == []


@each_of_ours
def test_the_settings_of_the_example_are_taken_as_they_are(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = {
        "database_url": "postgresql://miradot:word@database/miradot",
        "tombstone_key": "k" * 64,
        "web_tokens": f"ops:act+reveal:{'t' * 64}",
    }
    for key, value in COMPOSE["services"][name]["environment"].items():
        secret = value.removeprefix("/run/secrets/")
        if secret != value:
            (tmp_path / secret).write_text(kept.get(secret, "a-secret") + "\n", encoding="utf-8")
        monkeypatch.setenv(key, value if secret == value else str(tmp_path / secret))
    settings = read_settings()
    assert settings.database == kept["database_url"]
    assert settings.require_mirakl().url == "https://NAME.mirakl.net"
    assert settings.require_dotdigital().user.startswith("apiuser-")
    assert settings.require_web().tokens[0].roles == {"view", "act", "reveal"}


@each_of_ours
def test_secrets_come_as_files_that_the_service_is_given(name: str) -> None:
    service = COMPOSE["services"][name]
    files = {key: value for key, value in service["environment"].items() if key.endswith("_FILE")}
    assert set(files.values()) == {f"/run/secrets/{secret}" for secret in service["secrets"]}
    assert set(service["secrets"]) <= set(COMPOSE["secrets"])
    for key in files:
        assert key.removesuffix("_FILE") not in service["environment"]


@each_of_ours
def test_a_service_of_the_example_can_write_nothing_and_has_no_rights(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(volume.endswith(":ro") for volume in service["volumes"])


@each_of_ours
def test_the_mapping_of_the_example_is_in_what_it_mounts(name: str) -> None:
    service = COMPOSE["services"][name]
    [volume] = service["volumes"]
    here, there, _ = volume.split(":")
    for key in ("MIRADOT_MAPPING", "MIRADOT_BRAND"):
        inside = PurePosixPath(service["environment"][key]).relative_to(there)
        assert (ROOT / here / inside).is_file()


def test_every_service_says_how_healthy_it_is_and_workers_have_names_of_their_own() -> None:
    services = COMPOSE["services"]
    assert all(one["healthcheck"]["test"][0] == "CMD" for one in services.values())
    parse(services["sync"]["healthcheck"]["test"][2:])
    names = [services[name]["environment"]["MIRADOT_WORKER"] for name in OURS]
    assert len(set(names)) == len(OURS)


def test_the_page_is_reached_from_this_machine_only_and_at_the_port_that_it_serves() -> None:
    service = COMPOSE["services"]["serve"]
    asked = parse([str(one) for one in service["command"]])
    assert service["ports"] == [f"127.0.0.1:{asked['port']}:{asked['port']}"]
    assert f":{asked['port']}/readyz" in service["healthcheck"]["test"][-1]
    assert f" {asked['port']}" in given("EXPOSE")[0]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_of_the_workflow_sets_only_settings_that_are_there(script: Any) -> None:
    names = re.findall(r"\b(MIRADOT_[A-Z_]+)=", script.read_text(encoding="utf-8"))
    assert unknown_settings(names) == []
    workflow = (ROOT / ".github/workflows/container.yml").read_text(encoding="utf-8")
    assert f"bash deploy/container/{script.name}" in workflow


def test_the_example_is_brought_up_with_every_secret_it_names() -> None:
    script = (ROOT / "deploy/container/up.sh").read_text(encoding="utf-8")
    made = set(re.findall(r"> secrets/(\w+)", script))
    assert made == set(COMPOSE["secrets"])
