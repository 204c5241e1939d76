"""`miradot sample scrub`: real records in, fictional ones out; with a mapping, as few as do."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import orjson

from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.commands.run import Refused, read_file
from engine.commands.writing import write_whole
from engine.lock import LockError, SourceLock, load_shipped_source
from engine.problem import Failure
from engine.samples.coverage import Observer, Shown
from engine.samples.fiction import Fiction
from engine.samples.minimise import Choice, choose_few
from engine.samples.scrub import UNMARKED, Marked, Scrubber, find_real_words
from engine.sources.records import Record, Unreadable, read_records

_MOST_TOLD = 6


@dataclass(frozen=True, slots=True)
class ScrubRequest:
    """One call of `miradot sample scrub`.

    `key` decides the fiction; `now` is the clock by which coverage is looked at, an aware datetime.
    """

    source: str
    mapping: Path | None
    minimise: bool
    key: bytes
    now: datetime


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """The fictional records, and what is said about them to people."""

    records: Sequence[Record]
    envelope: str
    talk: str


def scrub_records(request: ScrubRequest, streams: Iterable[tuple[str, BinaryIO]]) -> Scrubbed:
    """Scrub all records of the streams, which belong together, and keep the fewest if asked.

    Raises Refused when the mapping has errors, Failure when a record cannot be read or there is
    none: nothing may be lost in silence.
    """
    checked = _check(request.mapping) if request.mapping is not None else None
    source = checked.source if checked is not None else _find_source(request.source)
    marked = read_marks(checked) if checked is not None else UNMARKED
    real = [one for name, stream in streams for one in _read(name, stream, source.envelope)]
    if not real:
        raise Failure("there is no record to scrub")
    words = find_real_words(real, source, marked)
    relays = (*source.relay_domains, *marked.relay_domains)
    fiction = Fiction(request.key, relays, words.all)
    scrubber = Scrubber(source, fiction, words.personal, marked)
    made = [scrubber.scrub(one) for one in real]
    talk = [f"{_count(len(made), 'record')} scrubbed; every amount is as it was"]
    if scrubber.left_out:
        members = _count(scrubber.left_out, "member")
        talk.append(f"{members} left out that {source.name} does not know")
    if checked is None:
        return Scrubbed(made, source.envelope, "".join(f"{line}\n" for line in talk))
    now = request.now + fiction.shift
    before = [Observer(checked, request.now).observe(one) for one in real]
    after = [Observer(checked, now).observe(one) for one in made]
    talk.append(f"as of {now:%Y-%m-%dT%H:%M:%SZ}, the dates of the records being moved:")
    talk += _tell_lost(before, after)
    if request.minimise:
        shown = [one.features for one in after]
        kept = choose_few(shown, [len(orjson.dumps(one)) for one in made])
        talk += _tell_kept(kept, after)
        made = [made[one.index] for one in kept]
    return Scrubbed(made, source.envelope, "".join(f"{line}\n" for line in talk))


def write_records(scrubbed: Scrubbed, out: Path | None, inputs: Sequence[str]) -> bytes:
    """Give the records as one page, or as NDJSON for a file that is called so; write `out`.

    Raises Failure when `out` is one of the inputs, or cannot be written.
    """
    if out is not None and out.suffix == ".ndjson":
        option = orjson.OPT_APPEND_NEWLINE
        text = b"".join(orjson.dumps(one, option=option) for one in scrubbed.records)
    else:
        page = {scrubbed.envelope: scrubbed.records}
        text = orjson.dumps(page, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if out is None:
        return text
    if any(_is_same(out, name) for name in inputs):
        raise Failure(f'"{out}" is one of the files to scrub: write to another one')
    write_whole(out, text)
    return b""


def make_key(seed: int | None) -> bytes:
    """Give the key that a seed stands for; without a seed one that nobody knows."""
    return secrets.token_bytes(32) if seed is None else str(seed).encode()


def read_marks(checked: CheckedSpec) -> Marked:
    """Give what a mapping marks as not personal: the words it lists, the fields it calls so."""
    reads = checked.inputs.reads.values()
    identity = checked.spec.identity
    domains = identity.relay.domains if identity is not None else []
    if isinstance(domains, str):
        given = checked.params.values.get(domains.removeprefix("$"))
        domains = [str(one) for one in given] if isinstance(given, list) else []
    return Marked(
        words=frozenset(word for one in reads for word in (*one.codes, *one.choices)),
        custom_fields=frozenset(
            one.custom_code for one in reads if one.custom_list is not None and not one.personal
        ),
        relay_domains=tuple(domains),
    )


def _check(path: Path) -> CheckedSpec:
    checked = check_mapping(read_file(path), str(path), {})
    if checked.spec is None:
        raise Refused(checked.problems)
    return checked.spec


def _find_source(name: str) -> SourceLock:
    try:
        return load_shipped_source(name)
    except LockError as error:
        raise Failure(str(error)) from None


def _read(name: str, stream: BinaryIO, envelope: str) -> list[Record]:
    found = list(read_records(stream, envelope))
    for one in found:
        if isinstance(one, Unreadable):
            raise Failure(f"{name}, {one.where}: {one.message}")
    return [one[1] for one in found if not isinstance(one, Unreadable)]


def _is_same(out: Path, name: str) -> bool:
    return name != "-" and out.exists() and out.samefile(name)


def _tell_lost(before: Sequence[Shown], after: Sequence[Shown]) -> list[str]:
    """Say whether the fictional records show what the real ones do."""
    real, made = (_unite(one.features for one in shown) for shown in (before, after))
    if real == made:
        return [f"they show the same {len(made)} things of the mapping as the real ones"]
    lost, new = sorted(real - made), sorted(made - real)
    return [
        f"they {word}: {_join(words)}"
        for word, words in (("no longer show", lost), ("newly show", new))
        if words
    ]


def _tell_kept(kept: Sequence[Choice], after: Sequence[Shown]) -> list[str]:
    """Say how few are enough, and what each is there for."""
    every = _unite(after[one.index].features for one in kept)
    told = f"{len(kept)} of {_count(len(after), 'record')} show all {len(every)}:"
    width = max(len(after[one.index].key) for one in kept)
    return [told, *(f"  {after[one.index].key:{width}}  {_join(one.shows)}" for one in kept)]


def _unite(each: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*each)


def _join(words: Sequence[str]) -> str:
    more = len(words) - _MOST_TOLD
    return " · ".join(words[:_MOST_TOLD]) + (f" · {more} more" if more > 0 else "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
