"""Finding a person by whatever identifies them, in all tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, false, func, or_, select

from engine.state.aliases import subjects_of_address
from engine.state.parts import in_parts
from engine.state.tables import (
    CALL,
    CONTACT,
    DECISION,
    LEDGER,
    METADATA,
    ORDER_VERSION,
    PERSON,
)

OrderKey = tuple[str, str]
"""Flow and order."""
ORDER_SUBJECT = "order:"
# An expression of SQLite is a thousand deep at most, and a table has some twenty texts.
_MOST_WORDS, _WORDS_AT_ONCE = 60, 20


@dataclass(slots=True)
class Found:
    """A person: the subjects they go by, their orders, and their contacts in Dotdigital."""

    subjects: set[str] = field(default_factory=set)
    orders: set[OrderKey] = field(default_factory=set)
    contacts: set[int] = field(default_factory=set)

    @property
    def size(self) -> tuple[int, int, int]:
        """How much is known."""
        return len(self.subjects), len(self.orders), len(self.contacts)


def subjects_of_order(connection: Connection, order_key: str) -> set[str]:
    """Give whose order it is: the ledger's people, else those of its versions."""
    owners = set(
        connection.execute(select(LEDGER.c.person).where(LEDGER.c.order_key == order_key)).scalars()
    )
    wanted = select(ORDER_VERSION.c.subject).where(ORDER_VERSION.c.order_key == order_key)
    versions = set(connection.execute(wanted).scalars())
    return owners | {one for one in versions if not owners or one.startswith(ORDER_SUBJECT)}


def subjects_of_mail(connection: Connection, key: bytes, address: str) -> set[str]:
    """Give the subjects of an address: by its hash, by the mirror, and by orders that were held."""
    text = address.strip().lower()
    found = set(subjects_of_address(connection, key, text))
    mirrored = select(CONTACT.c.contact_id, CONTACT.c.person).where(CONTACT.c.email == text)
    for number, person in connection.execute(mirrored).all():
        found |= subjects_of_contacts(connection, [number])
        found |= {person} if person else set()
    # An order that was held has left no alias; its text tells.
    payload = func.lower(ORDER_VERSION.c.payload)
    held = select(ORDER_VERSION.c.subject).where(payload.contains(f'"{text}"', autoescape=True))
    return found | set(connection.execute(held.distinct()).scalars())


def subjects_of_contacts(connection: Connection, numbers: Iterable[int]) -> set[str]:
    """Give the subjects that are tied to contacts, by anchor, by decision or by the mirror."""
    wanted = list(numbers)
    found: set[str] = set()
    for column, number in (
        (PERSON.c.subject, PERSON.c.contact_id),
        (DECISION.c.subject, DECISION.c.contact_id),
        (CONTACT.c.person, CONTACT.c.contact_id),
    ):
        found |= set(connection.execute(select(column).where(number.in_(wanted))).scalars())
    return {one for one in found if one}


def find_person(connection: Connection, start: Found) -> Found:
    """Give everything that belongs to whoever goes by these subjects and contacts.

    An order that the ledger gives to somebody else is not theirs, whoever came with a version of
    it; a contact that carries somebody else's person key is not either.
    """
    found = Found(set(start.subjects), set(start.orders), set(start.contacts))
    before: tuple[int, int, int] | None = None
    while before != found.size:
        before = found.size
        found.contacts |= _contacts_of(connection, found.subjects)
        found.subjects |= subjects_of_contacts(connection, found.contacts)
        found.orders |= _orders_of(connection, found.subjects)
        keys = {order for _, order in found.orders}
        held = {f"{ORDER_SUBJECT}{one}" for one in keys}
        found.subjects |= _known_subjects(connection, held)
    return found


def _contacts_of(connection: Connection, subjects: set[str]) -> set[int]:
    numbers: set[int] = set()
    for part in in_parts(sorted(subjects)):
        for subject, number in (
            (PERSON.c.subject, PERSON.c.contact_id),
            (DECISION.c.subject, DECISION.c.contact_id),
            (CONTACT.c.person, CONTACT.c.contact_id),
        ):
            wanted = select(number).where(subject.in_(part), number.is_not(None))
            numbers |= set(connection.execute(wanted).scalars())
    foreign = select(CONTACT.c.contact_id, CONTACT.c.person).where(
        CONTACT.c.contact_id.in_(numbers), CONTACT.c.person.is_not(None)
    )
    others = {
        number for number, person in connection.execute(foreign).all() if person not in subjects
    }
    return numbers - others


def _orders_of(connection: Connection, subjects: set[str]) -> set[OrderKey]:
    orders: set[OrderKey] = set()
    for part in in_parts(sorted(subjects)):
        ledger = select(LEDGER.c.flow, LEDGER.c.order_key).where(LEDGER.c.person.in_(part))
        orders |= {(row[0], row[1]) for row in connection.execute(ledger)}
        owned = (LEDGER.c.flow == ORDER_VERSION.c.flow) & (
            LEDGER.c.order_key == ORDER_VERSION.c.order_key
        )
        versions = (
            select(ORDER_VERSION.c.flow, ORDER_VERSION.c.order_key)
            .outerjoin(LEDGER, owned)
            .where(ORDER_VERSION.c.subject.in_(part), LEDGER.c.person.is_(None))
        )
        orders |= {(row[0], row[1]) for row in connection.execute(versions.distinct())}
    return orders


def _known_subjects(connection: Connection, wanted: set[str]) -> set[str]:
    known: set[str] = set()
    for part in in_parts(sorted(wanted)):
        asked = select(PERSON.c.subject).where(PERSON.c.subject.in_(part))
        known |= set(connection.execute(asked).scalars())
    return known


def payloads_of(connection: Connection, found: Found) -> list[tuple[str, str]]:
    """Give flow and text of all orders of a person, to see under which addresses they came."""
    texts: list[tuple[str, str]] = []
    for flow, order in sorted(found.orders):
        wanted = select(ORDER_VERSION.c.flow, ORDER_VERSION.c.payload).where(
            ORDER_VERSION.c.flow == flow,
            ORDER_VERSION.c.order_key == order,
            ORDER_VERSION.c.payload != "",
        )
        texts += [(row[0], row[1]) for row in connection.execute(wanted)]
    return texts


def payloads_of_nobody(connection: Connection, flow: str) -> list[tuple[str, str]]:
    """Give subject and text of the orders of a flow that were held before anybody was asked."""
    wanted = select(ORDER_VERSION.c.subject, ORDER_VERSION.c.payload).where(
        ORDER_VERSION.c.flow == flow,
        ORDER_VERSION.c.subject.startswith(ORDER_SUBJECT, autoescape=True),
        ORDER_VERSION.c.payload != "",
    )
    return [(row[0], row[1]) for row in connection.execute(wanted)]


def mails_of(connection: Connection, numbers: Iterable[int]) -> set[str]:
    """Give the addresses that the mirror holds of contacts."""
    wanted = select(CONTACT.c.email).where(CONTACT.c.contact_id.in_(list(numbers)))
    return {one for one in connection.execute(wanted).scalars() if one}


def calls_under_way(connection: Connection, subjects: Iterable[str]) -> int:
    """Give how many calls of subjects have left and are not answered yet."""
    wanted = select(func.count()).where(
        CALL.c.subject.in_(list(subjects)), CALL.c.state.in_(("sending", "accepted"))
    )
    return int(connection.execute(wanted).scalar_one())


def find_traces(connection: Connection, words: Sequence[str]) -> dict[str, int]:
    """Give the number of rows that hold one of some words, by table; for a last look.

    The first words count: each is looked for in every text of every row.
    """
    given = list(dict.fromkeys(one.lower() for one in words if one))[:_MOST_WORDS]
    found: Counter[str] = Counter()
    for table in METADATA.sorted_tables:
        texts = [column for column in table.columns if isinstance(column.type, Text)]
        for part in in_parts(given, _WORDS_AT_ONCE):
            holds = _any_holds(texts, part)
            number = connection.execute(select(func.count()).select_from(table).where(holds))
            found[str(table.name)] += int(number.scalar_one())
    return dict(+found)


def _any_holds(columns: Sequence[Any], words: Sequence[str]) -> ColumnElement[bool]:
    tests = (
        func.lower(column).contains(word, autoescape=True) for column in columns for word in words
    )
    return or_(false(), *tests)
