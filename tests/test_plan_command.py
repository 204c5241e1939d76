"""`miradot plan`: where a base comes from, what is compared, and how the page reads."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from cli import cli
from engine.resources import read_schema
from tests.shipped import ROOT, line, order

SHIPPED = ROOT / "mappings/debenhams"
CLOCK = ("--now", "2026-03-01T09:00:00Z")
HOSTILE = "a|b `c` @admin <img src=x> [l](https://evil.example) \x1b[31m \n### h"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["plan", *arguments, *CLOCK], standalone_mode=False)


def told(*arguments: str) -> Any:
    return orjson.loads(call(*arguments, "--output-format", "json").stdout)


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.com")
    subprocess.run(
        ["git", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main", *who, *arguments],  # noqa: S607 - whichever git is at hand
        cwd=folder,
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
    )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the shipped mappings, committed; it is the working folder."""
    (tmp_path / "mappings").mkdir()
    for name in ("orders.yaml", "shipments.yaml", "orders.test.yaml"):
        shutil.copy(SHIPPED / name, tmp_path / "mappings")
    for name in ("samples", "brands"):
        shutil.copytree(SHIPPED / name, tmp_path / "mappings" / name)
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "the mappings")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_comment_is_no_change(repository: Path) -> None:
    edit(repository / "mappings/orders.yaml", "params:", "# what differs between brands\nparams:")
    done = call("--base", "HEAD")
    assert done.return_value == 0
    assert "nothing changes for 18 sample orders" in done.stdout


def test_another_order_of_keys_and_of_rows_is_no_change(repository: Path) -> None:
    path = repository / "mappings/orders.yaml"
    edit(
        path,
        "owner: marketing-ops\nsource: mirakl.order@2026-07\n",
        "source: mirakl.order@2026-07\nowner: marketing-ops\n",
    )
    edit(
        path,
        "      FIRSTNAME: first_name\n      LASTNAME: last_name\n",
        "      LASTNAME: last_name\n      FIRSTNAME: first_name\n",
    )
    text = path.read_text(encoding="utf-8")
    rows = text[
        text.index("    - if: {now: [pendingOptIn]") : text.index(
            "    - if: {now: [noSubscription]"
        )
    ]
    edit(path, rows, "")
    edit(
        path,
        "    - if: {now: [unsubscribed, suppressed]",
        rows + "    - if: {now: [unsubscribed, suppressed]",
    )
    (view,) = told("--base", "HEAD")["mappings"]
    assert (view["edits"], view["effects"], view["findings"]) == ([], [], [])


def test_without_a_mapping_every_one_that_differs_is_told(repository: Path) -> None:
    assert told("--base", "HEAD")["mappings"] == []
    edit(
        repository / "mappings/shipments.yaml", "missing: use our carrier", "missing: use a carrier"
    )
    views = told("--base", "HEAD")["mappings"]
    assert [one["path"] for one in views] == ["mappings/shipments.yaml"]


def test_a_commit_names_its_file(repository: Path) -> None:
    edit(repository / "mappings/orders.yaml", "default: requested", "default: settled")
    done = told("--base", "HEAD:mappings/orders.yaml", "mappings/orders.yaml")["mappings"]
    assert done[0]["base"] == "HEAD:mappings/orders.yaml"
    assert done[0]["effects"][0]["heading"] == "money"


def test_the_base_is_read_from_a_folder_below_as_well(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(repository / "mappings/orders.yaml", "default: requested", "default: settled")
    monkeypatch.chdir(repository / "mappings")
    assert told("--base", "HEAD", "orders.yaml")["mappings"][0]["status"] == "compared"


def test_a_new_a_deleted_and_a_moved_mapping_are_told(repository: Path) -> None:
    folder = repository / "mappings"
    shutil.copy(SHIPPED / "catalogue.yaml", folder)
    (folder / "shipments.yaml").unlink()
    (folder / "sales").mkdir()
    (folder / "orders.yaml").rename(folder / "sales/orders.yaml")
    (folder / "samples").rename(folder / "sales/samples")
    edit(folder / "sales/orders.yaml", "# yaml", "#  yaml")
    views = {one["mapping"]: one for one in told("--base", "HEAD")["mappings"]}
    assert {name: one["status"] for name, one in views.items()} == {
        "debenhams-catalogue": "new",
        "debenhams-shipments": "deleted",
        "debenhams-orders": "compared",
    }
    assert views["debenhams-orders"]["base"] == "HEAD:mappings/orders.yaml"
    said = call("--base", "HEAD").stdout
    assert "its calls are no longer made" in said
    assert "a new mapping" in said


def test_a_mapping_of_another_name_is_refused(repository: Path) -> None:
    edit(repository / "mappings/orders.yaml", "mapping: debenhams-orders", "mapping: other-orders")
    done = call("--base", "HEAD", "mappings/orders.yaml")
    assert (done.return_value, "error MD704" in done.stdout) == (1, True)


def test_a_base_with_errors_is_told_and_refuses_nothing(repository: Path) -> None:
    path = repository / "mappings/orders.yaml"
    good = path.read_text(encoding="utf-8")
    edit(path, "path: order_state", "path: order_stat")
    git(repository, "commit", "-am", "broken")
    path.write_text(good, encoding="utf-8")
    done = call("--base", "HEAD")
    assert done.return_value == 0
    assert "warning MD705  the base has errors" in done.stdout


def test_a_mapping_with_errors_is_refused(repository: Path) -> None:
    edit(repository / "mappings/orders.yaml", "path: order_state", "path: order_stat")
    done = call("--base", "HEAD")
    assert (done.return_value, "error MD302" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("1.0.0", "1.0.0", "MD701"),
        ("1.0.0", "1.1.0", "MD702"),
        ("1.0.0", "0.9.0", "MD702"),
        ("1.0.0", "2.0.0", None),
    ],
)
def test_the_version_is_held_against_the_change(
    repository: Path, old: str, new: str, code: str | None
) -> None:
    path = repository / "mappings/orders.yaml"
    edit(path, "default: requested", "default: settled")
    edit(path, f"version: {old}", f"version: {new}")
    done = call("--base", "HEAD", "--output-format", "json")
    (view,) = orjson.loads(done.stdout)["mappings"]
    assert [one["code"] for one in view["findings"]] == ([code] if code else [])
    assert done.return_value == (1 if code else 0)


def test_what_no_sample_shows_is_said(repository: Path) -> None:
    path = repository / "mappings/orders.yaml"
    edit(path, "missing: use (untitled)", "missing: use Item")
    edit(path, "version: 1.0.0", "version: 1.0.1")
    done = call("--base", "HEAD")
    assert done.return_value == 0
    assert "changed   each.lines.read.title.missing  orders.yaml:129" in done.stdout
    assert "warning MD703" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--base", "gone"), "neither a file nor a commit"),
        (("--base", "--output=/tmp/x"), "is no name of a commit"),
        (("--base", "HEAD", "gone.yaml"), "there is no mapping"),
        (("--base", "HEAD:gone.yaml", "mappings/orders.yaml"), "has no file"),
        (("--base", "mappings/orders.yaml"), "name it"),
        (("--base", "HEAD", "--param", "operator=x"), "name it"),
        (("--base", "HEAD", "/etc/hostname"), "not a git repository"),
    ],
)
def test_a_wrong_call_is_told(repository: Path, arguments: tuple[str, ...], message: str) -> None:
    assert repository.is_dir()
    assert message in str(call(*arguments).exception)


@pytest.mark.parametrize("text", ["", '{"orders": ['])
def test_samples_of_which_none_can_be_read_show_nothing(repository: Path, text: str) -> None:
    (repository / "broken.json").write_text(text, encoding="utf-8")
    done = call("--base", "HEAD", "mappings/orders.yaml", "--samples", "broken.json")
    assert str(done.exception) == (
        'no record in "broken.json" can be read, so nothing shows what the change does'
    )


def test_a_hostile_repository_runs_nothing(repository: Path) -> None:
    mark = repository / "ran"
    trap = repository / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
    trap.chmod(0o755)
    for name in ("post-checkout", "pre-commit", "reference-transaction", "post-index-change"):
        shutil.copy(trap, repository / ".git/hooks" / name)
    settings = {
        "core.fsmonitor": str(trap),
        "core.pager": str(trap),
        "core.sshCommand": str(trap),
        "diff.external": str(trap),
        "diff.trap.textconv": str(trap),
        "filter.trap.smudge": str(trap),
        "filter.trap.clean": str(trap),
        "alias.cat-file": f"!{trap}",
        "alias.ls-tree": f"!{trap}",
        "gpg.program": str(trap),
        "log.showSignature": "true",
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
    }
    with (repository / ".git/config").open("a", encoding="utf-8") as config:
        for name, value in settings.items():
            *section, key = name.split(".")
            head = f'{section[0]} "{section[1]}"' if len(section) > 1 else section[0]
            config.write(f"[{head}]\n\t{key} = {value}\n")
    (repository / ".gitattributes").write_text("*.yaml filter=trap diff=trap\n", encoding="utf-8")
    edit(repository / "mappings/orders.yaml", "default: requested", "default: settled")
    assert told("--base", "HEAD")["mappings"][0]["status"] == "compared"
    assert not mark.exists()


def test_a_link_in_a_commit_is_no_mapping(repository: Path) -> None:
    (repository / "mappings/linked.yaml").symlink_to("/etc/passwd")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "a link")
    (repository / "mappings/linked.yaml").unlink()
    assert told("--base", "HEAD")["mappings"] == []


def plan_of(folder: Path, *arguments: str) -> Result:
    """Plan a change of titles and brands over one order whose texts are hostile."""
    made = order(order_lines=[line(product_title=HOSTILE, offer_sku="A|B")], order_id="O`|`1")
    (folder / "one.json").write_bytes(orjson.dumps(made))
    new = folder / "orders.yaml"
    shutil.copy(SHIPPED / "orders.yaml", new)
    edit(new, "path: product_title", "path: offer_sku")
    edit(new, "title: Debenhams Marketplace", "title: <b>@all</b> | Marketplace")
    base = str(SHIPPED / "orders.yaml")
    return call("--base", base, str(new), "--samples", str(folder / "one.json"), *arguments)


def test_hostile_texts_stay_texts_in_markdown(tmp_path: Path) -> None:
    page = plan_of(tmp_path, "--output-format", "markdown").stdout
    assert "@admin" in page
    outside = _without_code_spans(page)
    for word in ("@admin", "<img", "evil.example", "\x1b", "### h", "O`|`1"):
        assert word not in outside
    tables = [one for one in page.splitlines() if one.startswith("| `")]
    assert {row.replace("\\|", "").count("|") for row in tables} == {4}
    assert page.count("<details>") == page.count("</details>")


def _without_code_spans(page: str) -> str:
    """Leave out what GitHub shows as code: from a row of backticks to the next row as long."""
    kept, rest = "", page
    while "`" in rest:
        before, _, rest = rest.partition("`")
        fence = "`" + rest[: len(rest) - len(rest.lstrip("`"))]
        kept += before
        rest = rest.lstrip("`")
        end = next(
            at
            for at in range(len(rest))
            if rest.startswith(fence, at)
            and rest[at - 1] != "`"
            and rest[at + len(fence) : at + len(fence) + 1] != "`"
        )
        rest = rest[end + len(fence) :]
    return kept + rest


def test_hostile_texts_do_not_steer_the_terminal(tmp_path: Path) -> None:
    page = plan_of(tmp_path).stdout
    assert "\x1b" not in page
    assert "@admin" in page


def test_personal_values_are_masked_in_examples(tmp_path: Path) -> None:
    new = tmp_path / "orders.yaml"
    shutil.copy(SHIPPED / "orders.yaml", new)
    edit(new, "path: customer.firstname", "path: customer.lastname")
    page = call(
        "--base", str(SHIPPED / "orders.yaml"), str(new), "--samples", str(SHIPPED / "samples")
    )
    assert "M*** → A***" in page.stdout
    assert not {"Mabel", "Ashdown"} & set(page.stdout.replace(",", " ").split())


def test_the_document_keeps_to_its_schema(tmp_path: Path) -> None:
    document = orjson.loads(plan_of(tmp_path, "--output-format", "json").stdout)
    Draft202012Validator(read_schema("changes.v1.schema.json")).validate(document)


def test_a_folder_gives_its_orders_and_its_contacts(repository: Path) -> None:
    edit(repository / "mappings/orders.yaml", "default: requested", "default: settled")
    samples = told("--base", "HEAD")["mappings"][0]["samples"]
    assert samples["files"] == [
        "mappings/samples/one-order.json",
        "mappings/samples/orders.json",
        "mappings/samples/rich-order.json",
    ]
    assert samples["left_aside"] == ["mappings/samples/offers.json"]
    assert samples["contacts"] == "mappings/samples/contacts.json"


def test_a_record_that_stands_twice_counts_once(tmp_path: Path) -> None:
    once = orjson.dumps(order())
    (tmp_path / "two.ndjson").write_bytes(once + b"\n" + once + b"\nnonsense\n")
    base = str(SHIPPED / "orders.yaml")
    samples = told("--base", base, base, "--samples", str(tmp_path))["mappings"][0]["samples"]
    assert (samples["records"], samples["unreadable"]) == (1, 1)


def test_values_of_a_brand_and_of_the_call_hold_on_both_sides(repository: Path) -> None:
    path = repository / "mappings/orders.yaml"
    edit(path, "default: requested", "default: settled")
    brand = ("--brand", "mappings/brands/example.yaml", "--param", "refund_basis=requested")
    (view,) = told("--base", "HEAD", "mappings/orders.yaml", *brand)["mappings"]
    assert view["effects"] == []


def test_cost_is_told_by_tier_with_its_minutes(repository: Path) -> None:
    edit(repository / "mappings/orders.yaml", 'net: {above: "0"}', 'net: {above: "50"}')
    (view,) = told("--base", "HEAD")["mappings"]
    (cost,) = [one for one in view["cost"] if one["tier"] == "enrolment"]
    assert (cost["calls"], cost["minutes"]) == ([5, 2], [15.0, 6.0])
    assert "enrolment  5 → 2" in call("--base", "HEAD").stdout
