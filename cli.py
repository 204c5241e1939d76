"""The miradot command line: parses calls, prints, and decides exit codes.

Exit codes: 0 fine · 1 problems found, or records held · 2 wrong call or settings ·
3 unexpected, one line and a log path · 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click

from engine.problem import Failure

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
PROBLEM_FORMATS = ["auto", "text", "concise", "json", "github", "sarif", "markdown"]


def wants_colour(choice: str, stream: object) -> bool:
    """Say whether to colour: `always`, `never`, or `auto` by terminal and NO_COLOR/FORCE_COLOR."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    is_terminal = getattr(stream, "isatty", lambda: False)()
    return bool(is_terminal) and os.environ.get("TERM") != "dumb"


@click.group(context_settings=_CONTEXT)
@click.version_option(package_name="miradot", prog_name="miradot")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour the output; auto follows the terminal and NO_COLOR.",
)
@click.pass_context
def cli(context: click.Context, color: str) -> None:
    """Turn Mirakl orders into Dotdigital calls by mappings that are proved before they run."""
    context.obj = color


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    type=click.Choice([*PROBLEM_FORMATS, "csv"]),
    default="auto",
    envvar="MIRADOT_OUTPUT_FORMAT",
    help="How problems are printed; auto adds annotations on GitHub. csv is for --matrix and "
    "--consent only.",
)
@click.option("--matrix", is_flag=True, help="Print what each field does without its inputs.")
@click.option("--consent", is_flag=True, help="Print the consent table and what was proved of it.")
@click.option("--isolated", is_flag=True, help="Check files of strangers in a confined process.")
@click.option("--watch", is_flag=True, help="Check again when a file changes, until Ctrl-C.")
@click.pass_obj
def validate(color: str, /, paths: tuple[Path, ...], output_format: str, **options: bool) -> int:
    """Check mappings and brand files: their shape, then their meaning.

    PATHS are files or folders; without any, the folder `mappings`.
    """
    from engine.commands.validate import validate_paths  # noqa: PLC0415 - imported when used

    paths = paths or (Path("mappings"),)
    views = [name for name in ("matrix", "consent") if options[name]]
    if output_format == "csv" and not views:
        raise Failure("problems are not printed as csv, only --matrix and --consent are")
    form = "text" if output_format == "csv" else output_format
    isolated = options["isolated"]
    if isolated and views:
        raise Failure("--matrix and --consent read files that are trusted, so without --isolated")
    colour = wants_colour(color, sys.stdout)
    if options["watch"]:
        if views:
            raise Failure("--watch prints problems, not what --matrix and --consent show")
        _watch(
            paths, form, lambda: validate_paths(paths, form, colour=colour, isolated=isolated).text
        )
    report = validate_paths(paths, form, colour=colour, isolated=isolated)
    if views and not report.errors:
        from engine.commands.views import show_views  # noqa: PLC0415 - imported when used

        click.echo(show_views(paths, views, output_format), nl=False)
        return 0
    click.echo(report.text, nl=False, color=True)
    return 1 if report.errors else 0


def _watch(paths: tuple[Path, ...], form: str, check: Callable[[], str]) -> NoReturn:
    from engine.commands.watch import Watch, watch_paths  # noqa: PLC0415 - imported when used

    def say(text: str) -> None:
        click.echo(text, nl=False, color=True)

    # What programs read is findings only.
    talk = _talk if form in ("json", "sarif") else say
    watch_paths(Watch(paths, check, say, talk, clock=lambda: datetime.now(UTC).astimezone()))


@cli.command()
@click.argument("mapping", type=click.Path(path_type=Path))
@click.option("--input", "-i", "source", default="-", help="File of orders; - is standard input.")
@click.option(
    "--contacts",
    type=click.Path(path_type=Path),
    help="Dotdigital's answers about contacts; without it, every buyer is planned as unknown.",
)
@click.option("--brand", type=click.Path(path_type=Path), help="Brand file with parameter values.")
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="One parameter, read as YAML."
)
@click.option("--now", help="The clock, ISO 8601 with a zone; without it, the present.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "ndjson"]),
    default="text",
    help="How the plan is printed.",
)
@click.option("--show-personal-data", is_flag=True, help="Do not mask personal values.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 although records are held.")
@click.pass_obj
def run(color: str, /, source: str, now: str | None, exit_zero: bool, **options: Any) -> int:  # noqa: ANN401, FBT001 - click passes options by name
    """Map orders and print the plan: the calls they become, and why. Nothing is sent.

    The input is one order, a page {"orders": [...]}, an array, or one order a line (NDJSON).
    """
    from engine.commands.run import Refused, RunRequest, prepare, run_records  # noqa: PLC0415
    from engine.report.formats import FORMATS, Findings  # noqa: PLC0415 - imported when used

    request = RunRequest(**options, now=_read_clock(now), colour=wants_colour(color, sys.stdout))
    try:
        prepared = prepare(request)
    except Refused as refused:
        colour = wants_colour(color, sys.stderr)
        _talk(FORMATS["text"](Findings(refused.problems, 1, colour)))
        return 1
    if prepared.warnings:
        _talk(FORMATS["concise"](Findings(prepared.warnings, 1)))
    with _open_input(source) as stream:
        tally = run_records(request, prepared, stream, sys.stdout.buffer)
    return 1 if tally.outcomes["held"] and not exit_zero else 0


def _read_clock(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        now = datetime.fromisoformat(text)
    except ValueError:
        now = None
    if now is None or now.tzinfo is None:
        raise Failure(
            f'--now takes ISO 8601 with a zone, such as 2026-03-01T09:00:00Z, not "{text}"'
        )
    return now.astimezone(UTC)


def _open_input(source: str) -> AbstractContextManager[BinaryIO]:
    if source == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise Failure(f'cannot read "{source}": {error.strerror}') from None


def _talk(text: str) -> None:
    click.echo(text, err=True, nl=False)


@cli.command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    help="How results are printed.",
)
@click.pass_obj
def run_tests(color: str, paths: tuple[Path, ...], output_format: str) -> int:
    """Run the mapping's own tests: cases in NAME.test.yaml beside it.

    PATHS are test files or folders; without any, the folder `mappings`. No test at all fails.
    """
    from engine.commands.trial import test_paths  # noqa: PLC0415 - imported when used

    colour = wants_colour(color, sys.stdout)
    report = test_paths(paths or (Path("mappings"),), output_format, colour=colour)
    _talk(report.talk)
    click.echo(report.text, nl=False, color=True)
    return 0 if report.passed else 1


@cli.command()
@click.argument("code")
def explain(code: str) -> int:
    """Print the page of a diagnostic CODE, such as MD302."""
    from textwrap import fill, indent  # noqa: PLC0415 - imported when used

    from engine.codes import CODES  # noqa: PLC0415 - idem
    from engine.nearest import suggest  # noqa: PLC0415 - idem

    page = CODES.get(code.upper())
    if page is None:
        raise Failure(f'no diagnostic "{code}"{suggest(code.upper(), CODES)}')
    prose = fill(page.prose, 100, break_long_words=False, break_on_hyphens=False)
    click.echo(f"{code.upper()}  {page.title}\n\n{prose}")
    for said, example in (("Fails", page.fails), ("Passes", page.passes)):
        click.echo(f"\n{said}\n\n{indent(example.text, '    ')}", nl=False)
    return 0


@cli.command()
@click.argument("name", required=False)
@click.option("--write", type=click.Path(path_type=Path), help="Write every schema to this folder.")
def schema(name: str | None, write: Path | None) -> int:
    """Print a published JSON Schema by NAME, or list them."""
    from engine.commands.schema import list_schemas, schema_text, write_schemas  # noqa: PLC0415

    if write is not None:
        write_schemas(write)
    elif name is None:
        click.echo("\n".join(list_schemas()))
    else:
        click.echo(schema_text(name), nl=False)
    return 0


def main() -> None:
    """Run the command line; the only place where an unexpected failure is caught."""
    sys.exit(_exit_code(lambda: cli.main(standalone_mode=False)))


def _exit_code(command: Callable[[], object]) -> int:
    try:
        code = command()
    except (KeyboardInterrupt, click.exceptions.Abort):
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except Failure as failure:
        _talk(f"miradot: {failure}\n")
        return 2
    except BrokenPipeError:
        # The reader went away; what was printed until then was wanted.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the one handler of the unexpected
        _talk(f"miradot: unexpected {type(error).__name__}; the log is {_write_log(error)}\n")
        return 3
    return code if isinstance(code, int) else 0


def _write_log(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="miradot-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        # Frames only: messages and values may hold personal data.
        log.write("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__ + "\n")
    return log.name


if __name__ == "__main__":
    main()
