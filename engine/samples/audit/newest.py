"""The newest version of each order, found before anything is counted: exports overlap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from engine.checked import CheckedSpec
from engine.runtime.values import read_instant
from engine.samples.coverage import value_of

Place = tuple[int, int]
"""Number of the file, and of the record in it."""


@dataclass(slots=True)
class Newest:
    """Keeps where the newest version of each order stands; of equals, the last that came."""

    checked: CheckedSpec
    _at: dict[bytes, tuple[str, Place]] = field(default_factory=dict)

    def look(self, record: Mapping[str, object], place: Place) -> None:
        """Take in where a record stands."""
        key = self._key(record)
        if key is None:
            return
        version = self._version(record)
        known = self._at.get(key)
        if known is None or version >= known[0]:
            self._at[key] = (version, place)

    def is_newest(self, record: Mapping[str, object], place: Place) -> bool:
        """Whether no newer version of the record's order was seen; one without a key stands."""
        key = self._key(record)
        return key is None or self._at[key][1] == place

    def _key(self, record: Mapping[str, object]) -> bytes | None:
        value = value_of(record, self.checked.inputs.reads[self.checked.spec.record.key])
        if not isinstance(value, str) or not value.strip():
            return None
        return sha256(value.strip().encode("utf-8", "surrogatepass")).digest()[:16]

    def _version(self, record: Mapping[str, object]) -> str:
        name = self.checked.spec.record.version
        value = value_of(record, self.checked.inputs.reads[name]) if name is not None else None
        # Fractions have their place, so that texts sort as moments do.
        moment = read_instant(value)
        return moment.removesuffix("Z").ljust(26, " ") if moment is not None else ""
