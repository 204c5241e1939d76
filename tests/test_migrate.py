"""Migrating: the text comes to what the data comes to, and all else stays byte for byte."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable
from difflib import ndiff
from pathlib import Path

import pytest

from engine.codes import CODES
from engine.commands.migrate import Migrated, migrate_paths, write_migrated
from engine.edits.marks import Marks
from engine.migrations.migration import MIGRATIONS, migrate_data, migrate_document
from engine.problem import Failure
from engine.text import Document, read_document
from tests.language2 import VERSION_2, VERSION_3
from tests.shipped import ROOT
from tests.test_cli import call

BOTH = (VERSION_2, VERSION_3)
BASE = ROOT / "tests/rules/base.yaml"
SHIPPED = [BASE, *sorted((ROOT / "mappings").glob("*/*.yaml"))]
MAPPINGS = [path for path in SHIPPED if not path.name.endswith(".test.yaml")]
HOSTILE = sorted((ROOT / "tests/migrations").glob("*.yaml"))
FORMS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "with CRLF": lambda text: text.replace("\n", "\r\n"),
    "without a last line break": lambda text: text.rstrip("\n"),
    "with a comment after every line": lambda text: re.sub(
        r"(?<=[\]\w}\"])\n", lambda found: f"  # at {found.start()}\n", text
    ),
    "with a comment before every line": lambda text: re.sub(
        r"(?m)^( *)(?=[\w\"-])", lambda found: f"{found[1]}# at {found.start()}\n{found[1]}", text
    ),
}
# What the made-up versions rename, change, split, move, remove or add.
TOUCHED = re.compile(
    r"owner|team|source|title|level|say|sentence|retry|do:|if:|when|may|relay|person|"
    r"nothing_to_send|none:|key:|review|every|days|by:|language|schema|\{\}|record:|domains|masked"
)


def read(text: str) -> Document:
    document, problems = read_document(text.encode(), "mapping.yaml")
    assert document is not None, (text, problems)
    return document


def comments(document: Document) -> Counter[str]:
    marks = Marks(document)
    return Counter(document.text[one.start : one.end].strip() for one in marks.comments)


def migrate(text: str, to: int = 3) -> Document:
    made, problems = migrate_document(read(text), to, BOTH)
    assert problems == []
    return made


@pytest.mark.parametrize(
    ("path", "form"),
    [
        *((path, form) for path in [BASE, *HOSTILE] for form in FORMS),
        *((path, form) for path in MAPPINGS[1:] for form in ("with CRLF",)),
    ],
    ids=lambda one: one.stem if isinstance(one, Path) else one,
)
def test_the_text_comes_to_what_the_data_comes_to(path: Path, form: str) -> None:
    before = read(FORMS[form](path.read_text(encoding="utf-8")))
    made = migrate(before.text)
    assert made.data == migrate_data(before.data, 3, BOTH)
    assert isinstance(made.data, dict)
    assert made.data["language"] == 3
    kept = comments(before) - Counter({before.line(1).strip(): 1})
    assert kept - comments(made) == Counter()
    assert made.text.count("\r\n") in (0, made.text.count("\n"))


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_lines_that_a_migration_does_not_touch_stay_as_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    changed = ndiff(text.split("\n"), migrate(text).text.split("\n"))
    lost = [line[2:] for line in changed if line.startswith("- ")]
    assert lost
    assert [line for line in lost if not TOUCHED.search(line)] == []


def test_the_first_line_names_the_schema_of_the_new_version() -> None:
    first = migrate(BASE.read_text(encoding="utf-8"), 2).line(1)
    assert first == "# yaml-language-server: $schema=../../schemas/mapping.v2.schema.json"


def test_a_step_is_one_version_at_a_time() -> None:
    text = BASE.read_text(encoding="utf-8")
    assert migrate(migrate(text, 2).text, 3).text == migrate(text, 3).text


def folder_of(tmp_path: Path, *names: str) -> Path:
    for name in names:
        (tmp_path / name).write_bytes(BASE.read_bytes())
    (tmp_path / "brand.yaml").write_text("brand: acme\nmapping: base\nparams: {a: b}\n", "utf-8")
    return tmp_path


def run(folder: Path, to: int | None = None) -> Migrated:
    return migrate_paths([folder], to, (VERSION_2,))


def test_nothing_is_written_before_it_is_asked_for(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "one.yaml")
    migrated = run(folder)
    assert migrated.diff
    assert migrated.talk == "1 of 1 mappings to be brought to version 2\n"
    assert (folder / "one.yaml").read_bytes() == BASE.read_bytes()


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_the_difference_is_one_that_patch_can_apply(ends: bytes, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_bytes(BASE.read_bytes().replace(b"\n", ends).rstrip())
    migrated = run(tmp_path)
    subprocess.run(
        ["git", "apply", "--unsafe-paths", "-p1", f"--directory={tmp_path}"],  # noqa: S607 - git is there
        input=migrated.diff.replace(f"{tmp_path}/", "").encode(),
        cwd=tmp_path,
        check=True,
    )
    assert (tmp_path / "one.yaml").read_bytes() == migrated.files[0][1]


def test_written_files_are_migrated_and_then_there_is_nothing_left_to_do(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "one.yaml", "two.yaml")
    (folder / "one.yaml").chmod(0o600)
    write_migrated(run(folder))
    assert b"\nteam: " in (folder / "two.yaml").read_bytes()
    assert (folder / "one.yaml").stat().st_mode & 0o777 == 0o600
    assert run(folder).talk == "0 of 2 mappings to be brought to version 2\n"
    assert sorted(path.name for path in folder.iterdir()) == ["brand.yaml", "one.yaml", "two.yaml"]


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_bytes(b"\xef\xbb\xbf" + BASE.read_bytes())
    assert run(tmp_path).files[0][1].startswith(b"\xef\xbb\xbf# yaml-language-server")


def test_a_file_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("language: 1\nowner: &a x\n", encoding="utf-8")
    migrated = run(tmp_path)
    assert migrated.failed
    assert "one.yaml:2:8  error MD" in migrated.talk


@pytest.mark.parametrize(("to", "words"), [(3, "newest is 2"), (0, "no version 0")])
def test_a_version_that_does_not_exist_is_told(to: int, words: str) -> None:
    with pytest.raises(Failure, match=words):
        run(BASE, to)


def test_there_is_no_way_back(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_bytes(migrate(BASE.read_text("utf-8"), 2).text.encode())
    with pytest.raises(Failure, match="there is no way back"):
        run(tmp_path, 1)


def newer(folder: Path) -> None:
    text = BASE.read_text(encoding="utf-8").replace("language: 1", "language: 7")
    (folder / "newer.yaml").write_text(text, encoding="utf-8")


ODD_RULE = """
  LAST:
    level: note
    owner: finance
    retry: by_hand
    say: |+
      Odd


"""


def odd(folder: Path) -> None:
    """Write a mapping whose last text keeps the blank lines behind it."""
    text = BASE.read_text(encoding="utf-8").rstrip("\n")
    (folder / "odd.yaml").write_text(text + ODD_RULE, encoding="utf-8")


def test_the_pages_show_what_the_command_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer(tmp_path)
    odd(tmp_path)
    (tmp_path / "base.yaml").write_bytes(BASE.read_bytes())
    monkeypatch.chdir(tmp_path)
    steps = {"newer.yaml": MIGRATIONS, "odd.yaml": (VERSION_2,), "base.yaml": MIGRATIONS}
    told = {
        name: f"$ miradot migrate {name}\n{migrate_paths([Path(name)], None, known).talk}"
        for name, known in steps.items()
    }
    assert CODES["MD740"].fails.text == told["newer.yaml"]
    # The base mapping grows, and its last lines move.
    assert re.sub(r"\b\d{3}\b", "180", told["odd.yaml"]) == CODES["MD741"].fails.text
    assert CODES["MD740"].passes.text == CODES["MD741"].passes.text == told["base.yaml"]


def test_a_newer_mapping_stops_the_others_from_being_written(tmp_path: Path) -> None:
    newer(tmp_path)
    done = call("migrate", str(tmp_path), "--write")
    assert (done.returncode, done.stdout) == (1, b"")
    assert "MD740" in done.stderr.decode()


def test_the_shipped_mappings_are_in_the_newest_version() -> None:
    done = call("migrate")
    assert (done.returncode, done.stdout) == (0, b"")
    assert re.match(r"0 of \d+ mappings", done.stderr.decode())
