"""The command line as a person or a program calls it: output, talk, exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import orjson
import pytest
from jsonschema import Draft202012Validator

import cli
from engine.resources import read_schema
from tests.shipped import ORDERS, ROOT, order

SAMPLES = ROOT / "mappings/debenhams/samples"
BRAND = ROOT / "mappings/debenhams/brands/example.yaml"
RUN = ["run", str(ORDERS), "--now", "2026-03-01T09:00:00Z"]


def call(
    *arguments: str, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **environment},
        input=stdin,
        capture_output=True,
        check=False,
    )


def records(done: subprocess.CompletedProcess[bytes]) -> list[Any]:
    return [orjson.loads(text) for text in done.stdout.splitlines()]


def test_the_shipped_mappings_are_fine() -> None:
    done = call("validate")
    assert (done.returncode, done.stdout.decode().strip()) == (0, "4 files are fine")


def test_a_mapping_with_errors_exits_1() -> None:
    done = call("validate", "tests/readme/broken.yaml", "--output-format", "concise")
    assert done.returncode == 1
    assert [line.split()[1] for line in done.stdout.decode().splitlines()] == [
        "MD302",
        "MD442",
        "MD464",
    ]


@pytest.mark.parametrize("name", ["text", "concise", "json", "github", "sarif", "markdown"])
def test_the_format_never_changes_the_exit_code(name: str) -> None:
    assert call("validate", "tests/readme/broken.yaml", "--output-format", name).returncode == 1


def test_on_github_auto_adds_annotations_to_the_text() -> None:
    done = call("validate", "tests/readme/broken.yaml", GITHUB_ACTIONS="true")
    assert b"::error file=tests/readme/broken.yaml,line=61" in done.stdout
    assert b"3 errors in 1 file" in done.stdout


def test_problems_as_json_keep_to_their_schema() -> None:
    done = call("validate", "tests/readme/broken.yaml", "--output-format", "json")
    schema = read_schema("problems.v1.schema.json")
    Draft202012Validator(schema).validate(orjson.loads(done.stdout))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["validate", "nowhere"], 'no file or folder "nowhere"'),
        (["validate", "tests/rules/cases"], "no file or folder"),
        (["validate", "schemas"], "no mapping under schemas"),
        (["run", "nowhere.yaml"], 'cannot read "nowhere.yaml"'),
        ([*RUN, "--input", "nowhere.json"], 'cannot read "nowhere.json"'),
        ([*RUN, "--contacts", "nowhere.json"], 'cannot read "nowhere.json": there is no such file'),
        ([*RUN, "--contacts", "schemas"], 'cannot read "schemas": it is a folder, not a file'),
        (["run", "mappings"], 'cannot read "mappings": it is a folder, not a file'),
        ([*RUN, "--brand", "nowhere.yaml"], 'cannot read "nowhere.yaml"'),
        (["run", str(BRAND)], "is a brand file, and a mapping is wanted here"),
        (["run", str(ORDERS.with_suffix(".test.yaml"))], "is a test file, and a mapping"),
        ([*RUN, "--brand", str(ORDERS)], "is a mapping, and a brand file is wanted here"),
        (["test", str(BRAND)], "is a brand file: name a test file"),
        (["test", "tests/readme/broken.yaml"], 'no test file "tests/readme/broken.test.yaml"'),
        ([*RUN, "--param", "marketing_lst=5"], 'did you mean "marketing_list"?'),
        ([*RUN, "--param", "foo=1"], "; there are operator, "),
        ([*RUN, "--param", "marketing_list=abc"], "is a whole number"),
        ([*RUN, "--param", "optin_yes=yes"], "is a list of texts"),
        ([*RUN, "--param", "refund_basis=settld"], 'did you mean "settled"?'),
        ([*RUN, "--param", "business_timezone=Mars/Base"], "is a time zone"),
        ([*RUN, "--param", "novalue"], "NAME=VALUE"),
        ([*RUN, "--param", "optin_yes=[a, *b]"], "no text, number"),
        (["run", str(ORDERS), "--now", "yesterday"], "--now takes ISO 8601"),
        (["run", str(ORDERS), "--now", "2026-03-01T09:00:00"], "with a zone"),
        (["explain", "MD4422"], 'did you mean "MD442"?'),
        (["explain", "OVER_REFUNDED"], "explained by MAPPING --field CODE"),
        (["explain", "nowhere.yaml"], 'cannot read "nowhere.yaml": there is no such file'),
        (["explain", "MD302", "--output-format", "json"], "printed as text only"),
        (["schema", "plan"], "no schema"),
        (["deliver"], "No such command 'deliver'."),
        (["valdate"], "Did you mean 'validate'?"),
        (["schema", "plan.v1", "--write", "build"], "takes no NAME"),
        (["schema", "--write", "README.md"], 'cannot write into "README.md"'),
    ],
)
def test_a_wrong_call_exits_2_with_one_clear_line(arguments: list[str], words: str) -> None:
    done = call(*arguments, stdin=orjson.dumps(order()))
    assert done.returncode == 2, done.stderr
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_a_hundred_orders_give_a_hundred_lawful_records() -> None:
    page = subprocess.run(
        [sys.executable, "-m", "benchmarks.orders", "100", "--form", "page"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    done = call(*RUN, "--input", "-", "--output-format", "ndjson", stdin=page)
    validator = Draft202012Validator(read_schema("plan.v1.schema.json"))
    printed = records(done)
    assert len(printed) == 100
    for record in printed:
        validator.validate(record)


def test_the_json_document_keeps_to_its_schema() -> None:
    source = str(SAMPLES / "orders.json")
    done = call(*RUN, "--input", source, "--output-format", "json", "--exit-zero")
    document = orjson.loads(done.stdout)
    Draft202012Validator(read_schema("plan.v1.schema.json")).validate(document)
    assert document["summary"]["records"] == len(document["records"]) == 16
    assert done.returncode == 0


def test_held_records_exit_1_unless_told_otherwise() -> None:
    held = orjson.dumps(order(customer_notification_email=None))
    assert call(*RUN, stdin=held).returncode == 1
    assert call(*RUN, "--exit-zero", stdin=held).returncode == 0
    assert call(*RUN, stdin=orjson.dumps(order())).returncode == 0


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        (b"", "it is empty"),
        (b"<html>Log in</html>", "HTML page"),
        (b'"order"', "this is a text"),
        (b'{"message": "Unauthorized", "status": 401}', "answered with an error"),
        (b'{"a": ' + b"[" * 10_000, "it is not JSON"),
        (b'{"order_id": "\xff"}', "it is not JSON"),
        (b"{}", "An order came without an id"),
        (b"[1e999]", "it is not JSON"),
    ],
)
def test_bad_input_gives_one_held_record_with_one_sentence(stdin: bytes, words: str) -> None:
    done = call(*RUN, "--output-format", "ndjson", stdin=stdin)
    (record,) = records(done)
    assert done.returncode == 1
    assert (record["key"], record["outcome"], record["calls"]) == (None, "held", [])
    assert words in record["exceptions"][0]["message"]
    assert "where" in record
    assert b"Traceback" not in done.stderr


def test_a_broken_record_does_not_stop_the_others() -> None:
    lines = [
        orjson.dumps(order(order_id="A")),
        b'{"order_id": NaN}',
        orjson.dumps(order(order_id="C")),
    ]
    printed = records(call(*RUN, "--output-format", "ndjson", stdin=b"\n".join(lines)))
    assert [record["outcome"] for record in printed] == ["planned", "held", "planned"]


def test_personal_values_are_masked_unless_asked_for() -> None:
    made = orjson.dumps(order())
    masked = call(*RUN, stdin=made).stdout.decode()
    shown = call(*RUN, "--show-personal-data", stdin=made).stdout.decode()
    for secret in ("ada@example.com", "ada%40example.com", "Thornbury", "track.example.com"):
        assert secret not in masked
        assert secret in shown


def test_nothing_personal_of_any_sample_is_printed() -> None:
    source = SAMPLES / "orders.json"
    orders = orjson.loads(source.read_bytes())["orders"]
    done = call(*RUN, "--input", str(source), "--output-format", "json")
    printed = done.stdout.decode() + done.stderr.decode()
    for made in orders:
        customer = made["customer"]
        address = customer["shipping_address"] or {}
        secrets = [customer["customer_id"], customer["lastname"], made["shipping_tracking"]]
        secrets += [
            made["customer_notification_email"],
            address.get("phone"),
            address.get("street_1"),
        ]
        assert [secret for secret in secrets if secret and secret in printed] == []


def test_params_and_brand_reach_the_calls() -> None:
    made = orjson.dumps(order())
    brand = str(ROOT / "mappings/debenhams/brands/example.yaml")
    options = ["--brand", brand, "--param", "marketplace_list=9", "--output-format", "ndjson"]
    (record,) = records(call(*RUN, *options, stdin=made))
    assert record["calls"][0]["body"]["lists"] == [9]


def test_a_relay_domain_given_as_a_parameter_counts() -> None:
    options = ["--param", "relay_domains=[example.com]", "--output-format", "ndjson"]
    (record,) = records(call(*RUN, *options, stdin=orjson.dumps(order())))
    assert record["identity"]["email_masked"] is True


def test_a_brand_file_for_another_mapping_is_refused(tmp_path: Path) -> None:
    head = "# yaml-language-server: $schema=brand.v1.schema.json\n"
    brand = tmp_path / "brand.yaml"
    brand.write_text(f"{head}brand: other\nmapping: other-orders\nparams: {{}}\n", encoding="utf-8")
    done = call(*RUN, "--brand", str(brand), stdin=b"{}")
    assert done.returncode == 1
    assert b"MD471" in done.stderr


def test_contacts_that_are_none_are_refused(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.json"
    contacts.write_bytes(
        b'{"_items": [{"contactId": 5, "identifiers": {"email": "a@example.com"}}]}'
    )
    done = call(*RUN, "--contacts", str(contacts), stdin=b"{}")
    assert done.returncode == 2
    assert b"contact 1 has no channelProperties" in done.stderr


def test_answers_may_be_told_by_address(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.json"
    answer = {
        "contactId": 5,
        "identifiers": {"email": "Ada@Example.com"},
        "channelProperties": {"email": {"status": "unsubscribed"}},
    }
    contacts.write_bytes(orjson.dumps({"ada@example.com": answer, "b@example.com": None}))
    options = ["--contacts", str(contacts), "--output-format", "ndjson"]
    (record,) = records(call(*RUN, *options, stdin=orjson.dumps(order())))
    assert record["identity"]["contact"] == "known"


def test_a_reader_that_goes_away_is_no_failure() -> None:
    source = str(SAMPLES / "orders.json")
    program = f"{sys.executable} cli.py run {ORDERS} --input {source} | head -1"
    done = subprocess.run(["/bin/sh", "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert done.stderr == b""


@pytest.mark.parametrize("choice", ["auto", "always", "never"])
def test_colour_is_asked_for_or_follows_the_terminal(choice: str) -> None:
    done = call("--color", choice, "validate", "tests/readme/broken.yaml")
    assert (b"\x1b[" in done.stdout) == (choice == "always")


def test_no_command_is_told_in_half_a_sentence() -> None:
    for width in ("40", "60", "80"):
        for group in ([], ["exceptions"], ["audit"], ["lock"], ["sample"]):
            told = call(*group, "--help", COLUMNS=width).stdout.decode()
            assert "..." not in told.partition("Commands:")[2]


def test_a_full_disk_is_told_in_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, str(ROOT / "cli.py"), *RUN, "--input", str(SAMPLES / "orders.json")],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"miradot: cannot write the output: No space left on device\n"


def test_a_closed_standard_input_is_told_in_one_line() -> None:
    words = [sys.executable, str(ROOT / "cli.py"), *RUN]
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" <&-', "sh", *words], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == b"miradot: standard input is closed: name a file\n"


def test_every_command_has_help() -> None:
    context = click.Context(cli.cli)
    for name in cli.COMMANDS:
        command = cli.cli.get_command(context, name)
        assert command is not None
        assert command.help, name
        options = [one for one in command.params if isinstance(one, click.Option)]
        assert all(option.help for option in options), name
    assert call("--help").returncode == call("-h").returncode == 0


def test_an_unexpected_failure_is_one_line_with_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(cli, "talk", told.append)

    secret = "ada" + "@example.com"

    def fail() -> None:
        raise RuntimeError(secret)

    assert cli._exit_code(fail) == 3  # noqa: SLF001 - the handler itself
    (line,) = told
    log = Path(line.split("the log is ")[1].strip())
    assert secret not in line + log.read_text(encoding="utf-8")
    log.unlink()


def test_an_interrupt_exits_130() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    assert cli._exit_code(interrupt) == 130  # noqa: SLF001 - the handler itself


def test_every_command_is_a_file_of_the_console() -> None:
    files = {path.stem for path in (ROOT / "engine/console").glob("*.py")}
    assert files - {"__init__", "extras", "group", "progress", "request", "terminal"} == set(
        cli.COMMANDS
    )


def test_help_imports_no_library_but_the_command_line_itself() -> None:
    script = (
        "import sys, cli, contextlib\n"
        "with contextlib.suppress(SystemExit): cli.cli.main(['--help'])\n"
        "heavy = {'pydantic', 'yaml', 'jinja2', 'jmespath', 'jsonschema', 'orjson', 're2'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT)
    assert done.stderr == b"[]\n"
