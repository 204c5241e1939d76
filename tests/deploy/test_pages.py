"""The pages on deployment: every command, setting, path and figure in them is one that there is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.pool import QueuePool

from engine.jobs.dbos.store import open_store
from engine.state.database import Database
from engine.state.tables import METADATA
from tests.deploy.commands import parse, unknown_settings
from tests.rehearsal import ROOT
from tests.state.databases import Postgres, prepare

FOLDER = ROOT / "docs/deploy"
PAGES = sorted(FOLDER.glob("*.md"))
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
_VARIABLE = re.compile(r"MIRADOT_[A-Z_]+[A-Z]")


def commands_of(text: str) -> Iterator[list[str]]:
    """Give what is asked of miradot in the blocks and words of a page."""
    lines = re.findall(r"^\$ (.*)$", text, re.MULTILINE)
    for line in (*lines, *re.findall(r"`(miradot [^`…]+)`", text)):
        asked = re.search(
            r"(?:^|(?<=\s))(?<!--tag )(?:miradot|(?:run --rm|exec) sync(?: miradot)?) ([^>|]*)",
            line,
        )
        if asked:
            yield shlex.split(asked[1])


@each_page
def test_every_command_on_a_page_is_one_of_miradot(path: Path) -> None:
    # Some stand there without what they are asked about.
    bare = {"exceptions", "forget", "restored", "audit"}
    for words in commands_of(path.read_text(encoding="utf-8")):
        if len(words) > 1 or words[0] not in bare:
            parse(words)


def test_the_pages_have_commands() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    assert len(list(commands_of(text))) > 15


@each_page
def test_every_setting_on_a_page_is_one_of_miradot(path: Path) -> None:
    assert unknown_settings(_VARIABLE.findall(path.read_text(encoding="utf-8"))) == []


@each_page
def test_every_link_on_a_page_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_readme_leads_to_every_page() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"({page.name})" not in text] == ["README.md"]
    assert "docs/deploy/README.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_files_that_the_page_installs_are_there() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"(?:constraints[\w-]*\.txt|deploy/systemd/[\w.*-]+)", text)
    assert len(named) >= 6
    assert [name for name in named if not list(ROOT.glob(name))] == []


def statements_of(mark: str) -> list[str]:
    text = (FOLDER / "postgresql.md").read_text(encoding="utf-8")
    [block] = re.findall(rf"<!-- {mark} -->\n```sql\n(.*?)```", text, re.DOTALL)
    return [one.strip() for one in str(block).split(";") if one.strip()]


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def test_the_roles_on_the_page_can_what_they_must_and_no_more(postgres: Postgres) -> None:
    made, *granted = statements_of("run as owner")
    for statement in (*statements_of("run"), made):
        postgres.run(statement)
    plain = postgres.url("miradot").replace("postgres:@", "{}@")
    prepare(plain.format("miradot"))
    with connected(plain.format("miradot")) as owner:
        for statement in granted:
            owner.execute(statement.encode())
    with connected(plain.format("miradot_look")) as looking:
        looking.execute("SELECT * FROM ledger, run, exception")
        for statement in ("DELETE FROM ledger", "SELECT * FROM order_version", "CREATE TABLE x ()"):
            with pytest.raises(InsufficientPrivilege):
                looking.execute(statement.encode())
    postgres.drop(postgres.url("miradot"))


def test_the_page_says_how_many_connections_there_are(postgres: Postgres) -> None:
    url = postgres.url("postgres")
    ours, jobs = Database(url).engine, open_store(url)
    most = []
    for engine in (ours, jobs):
        assert isinstance(engine.pool, QueuePool)
        most.append(engine.pool.size() + engine.pool._max_overflow)  # noqa: SLF001 - no other way
        engine.dispose()
    text = (FOLDER / "postgresql.md").read_text(encoding="utf-8")
    assert f"| `miradot sync`: delivery | {most[0]} |" in text
    assert f"| `miradot sync`: the engine of jobs | {most[1]} |" in text


def test_tables_that_the_page_names_are_there() -> None:
    [granted] = re.findall(r"GRANT SELECT ON (.*) TO", " ".join(statements_of("run as owner")))
    assert set(granted.split(", ")) <= set(METADATA.tables)
