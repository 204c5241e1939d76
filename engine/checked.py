"""The checked spec: what checking gives, and the only thing that can be compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from engine.inputs import Inputs
from engine.lock import SourceLock, TargetLock
from engine.names import Named
from engine.params import Params
from engine.spec.mapping import MappingSpec
from engine.text import Document, Pointer


@dataclass(frozen=True, slots=True)
class CheckedSpec:
    """A mapping in which every name, path, code and decision has been proved to fit."""

    document: Document
    spec: MappingSpec
    source: SourceLock
    target: TargetLock
    params: Params
    inputs: Inputs
    names: Mapping[str, Named]
    consent_table: Mapping[tuple[str, ...], int]
    sha256: str

    def line_of(self, pointer: Pointer) -> str:
        """Give `file:line` of a part of the mapping, as plans cite it."""
        place = self.document.place_of_key(pointer)
        return f"{PurePath(place.path).name}:{place.line}"

    def optional_evidence(self) -> list[str]:
        """Give the reads that an opt-in's proof may lack, each of which makes it partial."""
        consent = self.spec.consent
        said = consent.evidence.values() if consent is not None else ()
        return [one for one in said if isinstance(one, str) and self.names[one].optional]
