"""`python -m tests.fuzz SECONDS [SEED]`: change, check and run until the time is over.

Each round is a seed of its own. Prints the first seed and, on a fault, the one that shows it
again; what was tried then stands in `build/fuzz-SEED`.
"""

from __future__ import annotations

import signal
import sys
from io import BytesIO
from pathlib import Path
from random import Random, SystemRandom
from time import monotonic

import orjson

from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.codes import CODES
from engine.commands.checks import Checker, check_files
from engine.commands.files import SourceFile
from engine.contacts import UNASKED
from engine.mapping import compile_mapping
from engine.problem import LONGEST_TEXT, Problem, sort_problems
from engine.report.findings import MOST_SAID, full_message
from engine.report.formats import FORMATS, Findings
from engine.run import run_mapping
from engine.sources.records import read_records
from tests.fuzz.mutations import make_path, make_template, mutate
from tests.hostile.__main__ import limit_memory
from tests.hostile.makers import BASE, FAMILIES, as_path, as_template, load, make_files
from tests.shipped import NOW, ROOT

LONGEST_ROUND = 10
MAPPINGS = [BASE, *(path.read_text() for path in sorted((ROOT / "mappings").rglob("*.yaml")))]
SAMPLES = [path.read_text() for path in sorted((ROOT / "mappings").rglob("samples/*.json"))]


def list_hostile() -> list[str]:
    """Give the hostile files that are short enough to be changed often."""
    files = [file for family in FAMILIES for case in load(family) for file in make_files(case)]
    texts = [file.raw.decode(errors="replace") for file in files]
    return [text for text in texts if len(text) < 20_000]


def check_problems(problems: list[Problem], files: int) -> None:
    findings = Findings(tuple(problems), files)
    for render in FORMATS.values():
        render(findings).encode()
    for problem in problems:
        assert problem.code in CODES
        assert len(problem.message) <= LONGEST_TEXT
    for file in findings.by_file():
        assert sum(len(full_message(one)) for one in file.shown) <= MOST_SAID


def run(checked: CheckedSpec, text: str) -> int:
    """Run a mapping over the records of a text; every one of them is planned, unchanged or held."""
    records = read_records(BytesIO(text.encode(errors="replace")), checked.source.envelope)
    mapping = compile_mapping(checked, masked=False)
    plans = list(run_mapping(mapping, records, UNASKED, NOW))
    assert all(orjson.loads(orjson.dumps(one))["outcome"] for one in plans)
    return len(plans)


def make_accepted(random: Random) -> str:
    """Give the base mapping with another path, text or sentence, which is often accepted."""
    path, template = make_path(random), make_template(random)
    return random.choice([as_path(path), as_path(path), as_template(template)])


def try_round(random: Random, kept: Path, texts: list[str]) -> tuple[int, int]:
    """Check one changed mapping beside a changed brand file; give mappings and records that ran."""
    text = mutate(random, random.choice(texts))
    other = random.choice([mutate(random, random.choice(MAPPINGS)), make_accepted(random)])
    sample = random.choice(SAMPLES)
    sample = random.choice([sample, mutate(random, sample)])
    kept.write_text(f"{text}\n=====\n{other}\n=====\n{sample}", errors="surrogatepass")
    files = [
        SourceFile(name, one.encode(errors="replace"))
        for name, one in (("first.yaml", text), ("second.yaml", other))
    ]
    check_problems(sort_problems(check_files(files, Checker().run)), len(files))
    specs = [check_mapping(one.raw, one.path, {}).spec for one in files]
    accepted = [spec for spec in specs if spec is not None]
    return len(accepted), sum(run(spec, sample) for spec in accepted)


def stop(*_: object) -> None:
    raise TimeoutError(f"a round took more than {LONGEST_ROUND} seconds")


def main() -> None:
    deadline = monotonic() + float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SystemRandom().randrange(10**9)
    sys.stdout.write(f"fuzz: first seed {seed}\n")
    texts = [*MAPPINGS * 20, *list_hostile()]
    (ROOT / "build").mkdir(exist_ok=True)
    limit_memory()
    signal.signal(signal.SIGALRM, stop)
    rounds = accepted = records = 0
    while monotonic() < deadline:
        kept = ROOT / f"build/fuzz-{seed}"
        sys.stdout.flush()
        signal.alarm(LONGEST_ROUND)
        try:
            ran = try_round(Random(seed), kept, texts)  # noqa: S311 - no secret
        except BaseException:
            sys.stdout.write(f"fuzz: seed {seed} fails, see {kept}\n")
            raise
        kept.unlink()
        rounds, accepted, records = rounds + 1, accepted + ran[0], records + ran[1]
        seed += 1
    sys.stdout.write(f"fuzz: {rounds} rounds, {accepted} mappings and {records} records ran\n")


if __name__ == "__main__":
    main()
