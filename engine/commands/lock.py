"""`miradot lock refresh`: the account lock held against the account itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engine.clock import SystemClock
from engine.commands.checks import ACCOUNT_SCHEMA
from engine.commands.delivery import open_dotdigital
from engine.commands.difference import render_difference
from engine.commands.files import read_files
from engine.commands.run import Refused
from engine.commands.writing import write_whole
from engine.connections.answers import StopError
from engine.connections.dotdigital_reads import DotdigitalReader, NotReadError
from engine.connections.pace import Unpaced
from engine.edits.changes import AddKey, Change, RemoveKey, SetValue
from engine.edits.differences import find_changes
from engine.edits.editing import EditError, edit_document, find_lost_comment
from engine.edits.writing import write_block
from engine.lock import load_shipped_target
from engine.problem import Failure, Place
from engine.report.ages import count
from engine.settings import read_settings
from engine.shape import check_shape
from engine.sync.holdings import Account, Holdings
from engine.text import Document, read_document

_HEAD = (
    f"# yaml-language-server: $schema=https://miradot.dev/schemas/{ACCOUNT_SCHEMA}\n"
    "# What the account holds. `miradot lock refresh --write` brings it up to date.\n"
)
_SECTIONS = {
    "data_fields": "data field",
    "collections": "collection",
    "programmes": "programme",
    "lists": "list",
    "templates": "template",
    "statuses": "status",
}


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """One call of `miradot lock refresh`; `most_contacts` are looked at for their status."""

    file: Path
    most_contacts: int


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What refreshing gives: a unified diff, what is said to people, and the new text."""

    diff: str
    talk: str
    text: str

    @property
    def differs(self) -> bool:
        """Whether the account is no longer as the file says."""
        return bool(self.diff)


def refresh(request: RefreshRequest) -> Refreshed:
    """Hold an account lock against the account; nothing is written.

    Raises Refused where the file is no account lock, Failure where the account cannot be read
    whole, is another one, or the file cannot be changed without losing something.
    """
    settings = read_settings()
    settings.require("dotdigital")
    before = _read(request.file) if request.file.exists() else None
    target = load_shipped_target("dotdigital")
    with ExitStack() as stack:
        wire, access = open_dotdigital(stack, settings)
        client = DotdigitalReader(wire, target, Unpaced(), access.url)
        account = Account(client, target, SystemClock(), request.most_contacts)
        try:
            held, looked_at = account.read()
        except NotReadError as error:
            raise Failure(
                f"Dotdigital could not be read, so nothing is compared: {error}"
            ) from None
        except StopError as error:
            raise Failure(str(error)) from None
    if before is None:
        text = _HEAD + "".join(
            f"{line}\n" for key, value in held.items() for line in write_block(key, value)
        )
        return _tell(request.file, "", text, None, looked_at)
    changes = _find_changes(before, held)
    after = _edit(before, changes)
    said = [_say(one, before) for one in changes]
    return _tell(request.file, before.text, after.text, said, looked_at)


def write_refreshed(file: Path, refreshed: Refreshed) -> None:
    """Write the new text, whole or not at all; raises Failure."""
    write_whole(file, refreshed.text.encode())


def _read(file: Path) -> Document:
    (given,) = read_files([file])
    document, problems = read_document(given.raw, given.path)
    found = [*problems, *(check_shape(document, ACCOUNT_SCHEMA) if document is not None else [])]
    if document is None or any(one.severity == "error" for one in found):
        raise Refused(tuple(found))
    return document


def _find_changes(before: Document, held: Holdings) -> list[Change]:
    old = cast("Holdings", before.data)
    mine, there = old.get("account"), held.get("account")
    if mine is not None and there is not None and mine != there:
        raise Failure(
            f"{before.path} is of account {mine}, and this is account {there} of Dotdigital:"
            " name another file, or see MIRADOT_DOTDIGITAL_USER"
        )
    # What Dotdigital does not tell is no news, nor is a status that nobody has any more.
    new = {**held, "account": there or mine} if there or mine else held
    kept = {**_part(old, "statuses"), **_part(held, "statuses")}
    return list(find_changes(old, {**new, "statuses": kept}))


def _part(data: Holdings, section: str) -> Holdings:
    found = data.get(section)
    return found if isinstance(found, dict) else {}


def _edit(before: Document, changes: Sequence[Change]) -> Document:
    made = before
    try:
        for change in changes:
            made = edit_document(made, change)
    except EditError as error:
        raise _cannot(error.place, str(error)) from None
    lost = find_lost_comment(before, made)
    if lost is not None:
        raise _cannot(lost, "a comment would be lost")
    return made


def _cannot(place: Place, why: str) -> Failure:
    return Failure(f"{place}: {why}; write this part in a simpler form, nothing was changed")


def _say(change: Change, before: Document) -> str:
    """Give a change in words."""
    at = cast("AddKey | RemoveKey | SetValue", change).at
    noun = _SECTIONS.get(str(at[0]), "")
    what = f"{noun} {at[1]}" if noun and len(at) > 1 else str(at[0]).replace("_", " ")
    match change:
        case AddKey():
            return f"new: {what}"
        case RemoveKey():
            return f"gone: {what}"
        case SetValue(at, to):
            return f"changed: {what}, {before.value_at(at)} → {to}"
    return what


def _tell(
    file: Path, before: str, after: str, said: Sequence[str] | None, looked_at: int
) -> Refreshed:
    looked = f"statuses of {count(looked_at, 'contact')} looked at"
    if before == after:
        return Refreshed("", f"{file} is as the account is; {looked}\n", after)
    fault = "is not there yet" if said is None else "is not as the account is"
    lines = [*(said or ()), f"{file} {fault}; {looked}"]
    return Refreshed(
        render_difference(str(file), before, after), "".join(f"{one}\n" for one in lines), after
    )
