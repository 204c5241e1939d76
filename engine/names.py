"""Names: everything a mapping may refer to, with its type, its level and the values it can have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.inputs import Answer, Input, Inputs, Level, parse_answer
from engine.lock import TargetLock
from engine.params import Params
from engine.spec.consent import Consent
from engine.spec.mapping import MappingSpec
from engine.spec.read import ValueType
from engine.text import Pointer

NameType = ValueType | Literal["fact"]

# When a name becomes known while a record is mapped; each part of a mapping sees what came before.
READ, TOTAL, IDENTITY, CONSENT, LIFETIME, TEXT = range(6)

ADDRESS_KINDS = ("real", "relay")
YES_NO = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Named:
    """One name. `optional`: may be left out; `clearable`: may ask to empty the target's field."""

    name: str
    type: NameType
    level: Level = ()
    optional: bool = False
    clearable: bool = False
    values: tuple[str, ...] | None = None
    personal: bool = False
    pointer: Pointer = ()
    stage: int = READ

    @property
    def is_number(self) -> bool:
        """Whether bounds such as `above` make sense for it."""
        return self.type in ("money", "integer")


def build_names(
    spec: MappingSpec, inputs: Inputs, target: TargetLock, params: Params
) -> dict[str, Named]:
    """Give every name of the mapping, by the text that refers to it."""
    names = {one.name: _name_input(one, spec) for one in inputs.reads.values()}
    names.update(_name_totals(spec))
    built_in = _name_built_ins(spec, target, names)
    names.update(_name_texts(spec, {**names, **built_in}))
    names.update(_name_lifetime(spec, names))
    names.update(built_in)
    names.update(_name_params(spec, params))
    return names


def _may_go_missing(answer: Answer, spec: MappingSpec) -> bool:
    if answer.kind == "fail":
        rule = spec.exceptions.get(answer.word)
        return rule is not None and rule.level == "note"
    return answer.kind in ("skip", "clear")


def _name_input(one: Input, spec: MappingSpec) -> Named:
    answers = one.answers.values()
    values: tuple[str, ...] | None = None
    used = [answer.word for answer in answers if answer.kind == "use"]
    if one.read.type == "choice":
        values = tuple(dict.fromkeys([*(one.read.choices or {}), *used]))
    elif one.read.type == "code":
        values = tuple(dict.fromkeys([*one.codes, *used]))
    elif one.read.type == "boolean":
        values = ("true", "false")
    return Named(
        name=one.name,
        type=one.read.type,
        level=one.level,
        optional=any(_may_go_missing(answer, spec) for answer in answers),
        clearable=any(answer.kind == "clear" for answer in answers),
        values=values,
        personal=one.personal,
        pointer=one.pointer,
    )


def _name_totals(spec: MappingSpec) -> dict[str, Named]:
    if spec.money is None:
        return {}
    return {
        name: Named(
            name,
            "money",
            level=tuple(name.split(".")[:-1]),
            pointer=("money", "totals", name),
            stage=TOTAL,
        )
        for name in spec.money.totals
    }


def _name_texts(spec: MappingSpec, names: Mapping[str, Named]) -> dict[str, Named]:
    texts = {}
    for name, text in spec.text.items():
        answer = parse_answer(text.missing)
        used = [names[text.join]] if text.join is not None and text.join in names else []
        if text.template is not None:
            used = [named for key, named in names.items() if key in text.template]
        texts[name] = Named(
            name,
            "text",
            optional=_may_go_missing(answer, spec),
            clearable=answer.kind == "clear",
            personal=any(named.personal for named in used),
            pointer=("text", name),
            stage=TEXT,
        )
    return texts


def _name_lifetime(spec: MappingSpec, names: Mapping[str, Named]) -> dict[str, Named]:
    figures = {}
    for name, figure in (spec.lifetime.figures if spec.lifetime else {}).items():
        if figure.of is not None and figure.of not in names:
            continue
        kind: NameType = "integer" if figure.of is None else names[figure.of].type
        answer = parse_answer(figure.missing)
        figures[f"lifetime.{name}"] = Named(
            f"lifetime.{name}",
            kind,
            optional=_may_go_missing(answer, spec),
            clearable=answer.kind == "clear",
            pointer=("lifetime", "figures", name),
            stage=LIFETIME,
        )
    return figures


def _name_built_ins(
    spec: MappingSpec, target: TargetLock, others: Mapping[str, Named]
) -> dict[str, Named]:
    built_in = []
    if spec.identity is not None:
        built_in += [
            Named("person", "text", stage=IDENTITY),
            Named("address.email", "email", personal=True, stage=IDENTITY),
            Named("address.kind", "fact", values=ADDRESS_KINDS, stage=IDENTITY),
            Named(
                "contact.status",
                "fact",
                values=(target.no_contact, *(status.code for status in target.email_statuses)),
                stage=IDENTITY,
            ),
            Named("record.earlier", "fact", values=("sent", "none"), stage=IDENTITY),
        ]
    if spec.lifetime is not None:
        built_in.append(Named("record.counts", "fact", values=YES_NO, stage=LIFETIME))
    if spec.consent is not None:
        decisions = ("add_subscribed", "add_unsubscribed", "leave")
        # There is a status to write only where a contact is created.
        statuses = ("subscribed", "unsubscribed")
        if spec.consent.evidence:
            built_in.append(_name_evidence(spec.consent, others))
        built_in += [
            Named("consent.decision", "fact", values=decisions, stage=CONSENT),
            Named("consent.status", "fact", values=statuses, optional=True, stage=CONSENT),
            Named("consent.may_market", "fact", values=YES_NO, stage=CONSENT),
        ]
    return {named.name: named for named in built_in}


def _name_evidence(consent: Consent, others: Mapping[str, Named]) -> Named:
    """Give the fact whether every part of an opt-in's proof is there."""
    said = [one for one in consent.evidence.values() if isinstance(one, str)]
    parts = [others[one] for one in said if one in others]
    values = ("whole", "partial") if any(part.optional for part in parts) else ("whole",)
    return Named("consent.evidence", "fact", values=values, stage=IDENTITY)


def _name_params(spec: MappingSpec, params: Params) -> dict[str, Named]:
    named = {}
    for name, param in spec.params.items():
        if param.type == "texts" or name not in params.values:
            continue
        kind: NameType = "text"
        if param.type in ("integer", "list_id", "programme_id", "campaign_id"):
            kind = "integer"
        elif param.type == "boolean":
            kind = "boolean"
        values = tuple(param.choices) if param.type == "choice" and param.choices else None
        for reference in (f"${name}", f"param.{name}"):
            named[reference] = Named(reference, kind, values=values, pointer=("params", name))
    return named
