"""The rules a mapping is checked by, one file per part of the language, written out in order."""

from __future__ import annotations

from collections.abc import Callable

from engine.rules.consent import check_consent
from engine.rules.evidence import check_evidence
from engine.rules.fields import check_data_fields
from engine.rules.guards import check_guards
from engine.rules.identity import check_identity, check_names, check_record
from engine.rules.inputs import check_inputs
from engine.rules.money import check_money
from engine.rules.money_proof import check_money_proof
from engine.rules.params import check_params, check_unused
from engine.rules.plans import check_plans
from engine.rules.sends import check_sends
from engine.rules.subject import Subject
from engine.rules.texts import check_lifetime, check_sentences, check_texts
from engine.rules.usability import check_usability

RULES: tuple[Callable[[Subject], None], ...] = (
    check_params,
    check_names,
    check_record,
    check_inputs,
    check_money,
    check_identity,
    check_consent,
    check_texts,
    check_lifetime,
    check_data_fields,
    check_sends,
    check_plans,
    check_guards,
    check_evidence,
    check_sentences,
    check_money_proof,
    check_usability,
)

__all__ = ["RULES", "Subject", "check_unused"]
