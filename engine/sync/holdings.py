"""What an account holds, read whole by GET alone; nothing in it is changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from engine.clock import Clock
from engine.connections.dotdigital_reads import DotdigitalReader
from engine.connections.words import plain
from engine.contacts import ContactForm
from engine.lock import TargetLock
from engine.sync.knowledge import status_of
from engine.sync.listing import insist_by
from engine.text import Json

Holdings = dict[str, Json]
"""As an account lock has it: see `engine.spec.account`."""
_LONGEST_STATUS = 40


@dataclass(frozen=True, slots=True)
class Account:
    """An account that is read, and how many of its contacts are looked at for their status."""

    client: DotdigitalReader
    target: TargetLock
    clock: Clock
    most_contacts: int

    def read(self) -> tuple[Holdings, int]:
        """Give what the account holds, and how many contacts were looked at; NotReadError."""
        client, clock = self.client, self.clock
        number = insist_by(clock, client.account_info).get("Id", "")
        fields = insist_by(clock, client.list_data_fields)
        collections = insist_by(clock, client.list_collections)
        programmes = insist_by(clock, client.list_programmes)
        lists = insist_by(clock, client.list_lists)
        templates = insist_by(clock, client.list_templates)
        statuses = self._count_statuses()
        known = {one.code for one in self.target.email_statuses}
        held: Holdings = {
            "target": f"{self.target.name}@{self.target.version}",
            **({"account": number} if number else {}),
            "data_fields": {one.name: one.type for one in fields},
            "collections": {
                one.name: {"scope": one.scope, "type": one.type} for one in collections
            },
            "programmes": {
                str(one.id): {"name": plain(one.name), "status": plain(one.status)}
                for one in programmes
            },
            "lists": {str(one.id): plain(one.name) for one in lists},
            "templates": {str(one.id): plain(one.name) for one in templates},
            "statuses": {one: "known" if one in known else "unknown" for one in sorted(statuses)},
        }
        return held, statuses.total()

    def _count_statuses(self) -> Counter[str]:
        form, found = ContactForm(self.target, "", {}, {}), Counter[str]()
        marker: str | None = None
        while found.total() < self.most_contacts:
            here = marker
            page = insist_by(self.clock, lambda: self.client.list_contacts(None, here))  # noqa: B023
            for told in page.contacts:
                status = plain(status_of(dict(told), form), _LONGEST_STATUS)
                found[status or "(none)"] += 1
            marker = page.marker
            if marker is None:
                break
        return found
