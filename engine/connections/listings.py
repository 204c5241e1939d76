"""What Dotdigital lists, page by page: contacts, opt-outs, and what an account has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Json = Mapping[str, object]


class ListingError(ValueError):
    """An answer that is no list of what was asked for; the message holds nothing of it."""


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Contacts as Dotdigital tells them, and the marker of the next page, None on the last."""

    contacts: tuple[Json, ...]
    marker: str | None


@dataclass(frozen=True, slots=True)
class Suppression:
    """Somebody who can no longer be mailed; without an address where only a phone is known."""

    contact_id: int
    email: str | None
    status: str
    removed_at: str
    reason: str


@dataclass(frozen=True, slots=True)
class SuppressedPage:
    """Suppressions, and how many are to be skipped for the next page, None on the last."""

    suppressions: tuple[Suppression, ...]
    skip: int | None


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme of the account."""

    id: int
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class DataField:
    """One data field of the account."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class InsightCollection:
    """One Insight collection of the account."""

    name: str
    scope: str
    type: str


@dataclass(frozen=True, slots=True)
class ContactList:
    """One list of the account, which version 2 of the API calls an address book."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """One e-mail template of the account."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class InsightRecord:
    """One record of a collection; `updated` is Dotdigital's own stamp, '' where it tells none."""

    key: str
    owner: int | None
    json: Json
    updated: str


def read_page(told: object) -> tuple[tuple[Json, ...], str | None]:
    """Give the items of a page of version 3, and the marker of the next one."""
    page = _object(told)
    items = tuple(_object(one) for one in _list(page.get("_items")))
    links = page.get("_links")
    following = links.get("next") if isinstance(links, dict) else None
    if following is None:
        return items, None
    marker = _object(following).get("marker")
    if marker is None or marker == "":
        return items, None
    if not isinstance(marker, str | int) or isinstance(marker, bool):
        raise ListingError("its next page has no marker")
    return items, str(marker)


def read_suppressions(told: object) -> tuple[Suppression, ...]:
    """Give a page of `suppressed-since`."""
    return tuple(_suppression(one) for one in map(_object, _list(told)))


def _suppression(item: Json) -> Suppression:
    contact = _object(item.get("suppressedContact"))
    email = contact.get("email")
    return Suppression(
        contact_id=_number(contact, "id"),
        email=email.lower() if isinstance(email, str) and email else None,
        status=_text(contact, "status"),
        removed_at=_text(item, "dateRemoved"),
        reason=str(item.get("reason") or ""),
    )


def read_programmes(told: object) -> tuple[Programme, ...]:
    """Give a page of programmes."""
    return tuple(
        Programme(_number(one, "id"), _text(one, "name"), _text(one, "status"))
        for one in map(_object, _list(told))
    )


def read_data_fields(told: object) -> tuple[DataField, ...]:
    """Give the data fields."""
    return tuple(
        DataField(_text(one, "name"), _text(one, "type")) for one in map(_object, _list(told))
    )


def read_collections(told: object) -> tuple[tuple[InsightCollection, ...], str | None]:
    """Give a page of collections, and the marker of the next one."""
    items, marker = read_page(told)
    found = tuple(
        InsightCollection(_text(one, "name"), _text(one, "scope"), _text(one, "type"))
        for one in items
    )
    return found, marker


def read_lists(told: object) -> tuple[ContactList, ...]:
    """Give a page of lists."""
    return tuple(
        ContactList(_number(one, "id"), _text(one, "name")) for one in map(_object, _list(told))
    )


def read_templates(told: object) -> tuple[Template, ...]:
    """Give a page of templates."""
    return tuple(
        Template(_number(one, "id"), _text(one, "name")) for one in map(_object, _list(told))
    )


def read_records(told: object) -> tuple[tuple[InsightRecord, ...], str | None]:
    """Give a page of the records of a collection, and the marker of the next one."""
    items, marker = read_page(told)
    return tuple(_record(one) for one in items), marker


def _record(item: Json) -> InsightRecord:
    owner, updated = item.get("ownerContactId"), item.get("updated")
    return InsightRecord(
        key=_text(item, "key"),
        owner=owner if isinstance(owner, int) and not isinstance(owner, bool) else None,
        json=_object(item.get("json")),
        updated=updated if isinstance(updated, str) else "",
    )


def read_properties(told: object) -> Mapping[str, str]:
    """Give the properties of an account by name; its number, where it is told, as `Id`."""
    account = _object(told)
    listed = map(_object, _list(account.get("properties")))
    number = {"Id": str(account["id"])} if isinstance(account.get("id"), int) else {}
    return {_text(one, "name"): str(one.get("value") or "") for one in listed} | number


def _object(told: object) -> Json:
    if not isinstance(told, dict):
        raise ListingError("a part of it is no object")
    return told


def _list(told: object) -> list[object]:
    if not isinstance(told, list):
        raise ListingError("it is no list")
    return told


def _text(item: Json, member: str) -> str:
    text = item.get(member)
    if not isinstance(text, str):
        raise ListingError(f"one of it has no {member}")
    return text


def _number(item: Json, member: str) -> int:
    number = item.get(member)
    if not isinstance(number, int) or isinstance(number, bool):
        raise ListingError(f"one of it has no {member}")
    return number
