"""Values as they come: the markers for what is not there, and the tests each type must pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from ipaddress import ip_address
from typing import Final, Literal, NewType

# An address as `read_email` gives it: one @, no blank, no control character, at most 254 long.
EmailAddress = NewType("EmailAddress", str)


@dataclass(frozen=True, slots=True)
class Marker:
    """A value that no payload can hold."""

    name: str


ABSENT: Final = Marker("absent")
MISPLACED: Final = Marker("misplaced")
CLEAR: Final = Marker("clear")


class Misplaced(dict[str, object]):
    """Stands for an object that is of another type: every member of it is of an unknown kind."""

    def get(self, _key: str, _default: object = None) -> object:
        """Give the marker that no type accepts."""
        return MISPLACED


EMPTY: Final[dict[str, object]] = {}
WRONG: Final = Misplaced()

# Above this, an amount in minor units could lose its last digit in a double.
MONEY_LIMIT: Final = 10**11
# Beyond this, programs that keep numbers as doubles would change a whole number.
INTEGER_LIMIT: Final = 2**53

# No control characters, and no half characters, which no encoding can write.
_NOT = r"\x00-\x1f\x7f\ud800-\udfff"
_ID = re.compile(rf"(?!\.{{1,2}}$)[^\s{_NOT}](?:[^{_NOT}]{{0,254}}[^\s{_NOT}])?")
_USUAL_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?Z"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}$)"
    r"[A-Za-z0-9*](?:[A-Za-z0-9*-]{0,61}[A-Za-z0-9*])?"
    r"(?:\.[A-Za-z0-9*](?:[A-Za-z0-9*-]{0,61}[A-Za-z0-9*])?)+"
)
# RFC 5321, section 4.5.3.1.3, less the angle brackets of a path.
_LONGEST_ADDRESS = 254
_URL = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x20\x7f]{1,2000}")
is_id: Final = _ID.fullmatch


def object_or_marker(value: object) -> Mapping[str, object]:
    """Give an object to read from; what is not one gives absent or unknown members."""
    if isinstance(value, dict):
        return value
    return EMPTY if value is ABSENT or value is None else WRONG


def read_instant(value: object) -> str | None:
    """Give a moment as UTC ISO 8601 text with `Z`, or None when it is not one with a zone."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            return None
        # The usual form goes on as it is; the other spellings of ISO 8601 are brought to it.
        if _USUAL_INSTANT.fullmatch(value):
            return value
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None


def read_day(value: object, zone: tzinfo) -> str | None:
    """Give the calendar day of a moment in `zone` as `YYYY-MM-DD`, or None."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(zone).date().isoformat() if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def read_email(value: object) -> EmailAddress | None:
    """Give an e-mail address without outer blanks and final dot, or None when it is not one."""
    if not isinstance(value, str):
        return None
    text = value.strip(" \t").removesuffix(".")
    if len(text) > _LONGEST_ADDRESS or _EMAIL.fullmatch(text) is None:
        return None
    return EmailAddress(text)


def read_url(value: object) -> str | None:
    """Give an http or https address, or None."""
    if isinstance(value, str) and _URL.fullmatch(text := value.strip()):
        return text
    return None


def read_ip(value: object) -> str | None:
    """Give an IPv4 or IPv6 address, or None."""
    if not isinstance(value, str):
        return None
    try:
        return str(ip_address(value.strip()))
    except ValueError:
        return None


def index_custom_fields(entries: object, code: str, value: str) -> Mapping[str, object]:
    """Give custom field values by code; a code that comes twice with different values is misplaced.

    `entries` is the payload's list of objects; what is not such a list gives no readable value.
    """
    if entries is ABSENT or entries is None:
        return EMPTY
    if not isinstance(entries, list):
        return WRONG
    found: dict[str, object] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            return WRONG
        name = entry.get(code)
        if isinstance(name, str):
            given = entry.get(value, ABSENT)
            found[name] = given if found.get(name, given) == given else MISPLACED
    return found


Case = Literal["absent", "null", "blank", "unknown"]


Form = Literal["text", "number", "list"]
"""What was to be read: only a text or a list can be blank, a blank number is no number."""


def case_of(value: object, form: Form) -> Case:
    """Say which of the four cases a value that could not be read is."""
    if value is ABSENT:
        return "absent"
    if value is None:
        return "null"
    if form == "text" and isinstance(value, str) and not value.strip():
        return "blank"
    return "blank" if form == "list" and value == [] else "unknown"


def show(value: object, *, personal: bool) -> str:
    """Give a short text for an offending value; personal ones are never shown."""
    if isinstance(value, Marker):
        return f"({value.name})"
    if value is None:
        return "(null)"
    if isinstance(value, dict | list):
        return "(an object)" if isinstance(value, dict) else "(a list)"
    if personal:
        return "(masked)"
    text = " ".join(str(value).split())
    printable = "".join(letter if letter.isprintable() else "�" for letter in text)
    return f'"{printable[:60]}"' if printable else "(blank)"


Settle = Callable[[object, str, list["Raised"]], object]


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception of the mapping, at the line that raises it."""

    code: str
    level: Literal["hold", "review", "note"]
    owner: str
    retry: Literal["when_record_changes", "when_mapping_changes", "by_hand"]
    rule: str
    say: Callable[[Mapping[str, str]], str]


Raised = tuple[Fault, str, str]
"""A fault, where in the payload it came up, and the offending value as shown."""


def make_settle(answers: Mapping[Case, Fault | object], form: Form, *, personal: bool) -> Settle:
    """Give the function that answers for a value that is missing or unreadable.

    After a fault that holds the record a number is 0, so that the rest of it can be read all the
    same; after a note, with which the record goes on, there is no value.
    """
    failed = 0 if form == "number" else None

    def settle(value: object, at: str, raised: list[Raised]) -> object:
        answer = answers[case_of(value, form)]
        if isinstance(answer, Fault):
            raised.append((answer, at, show(value, personal=personal)))
            return None if answer.level == "note" else failed
        return answer

    return settle


Taken = tuple[tuple[str | int, ...], str]
"""A way that was taken while a record was mapped, and the part of the mapping it belongs to."""


def note_case(
    settle: Settle, form: Form, pointer: tuple[str | int, ...]
) -> Callable[[object, str, list[Raised], set[Taken]], object]:
    """Give a `settle` that also notes, for the part at `pointer`, which case it answered."""

    def noting(value: object, at: str, raised: list[Raised], taken: set[Taken]) -> object:
        taken.add((pointer, case_of(value, form)))
        return settle(value, at, raised)

    return noting


def is_held(raised: list[Raised]) -> bool:
    """Whether any exception raised stops the record."""
    return any(fault.level != "note" for fault, _, _ in raised)
