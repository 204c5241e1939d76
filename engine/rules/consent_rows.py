"""Consent, row by row: nobody is created without a status, subscribed without proof, or widened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.names import Named
from engine.nearest import suggest
from engine.rules.subject import Subject, listed
from engine.rules.witness import tell_witness
from engine.spec.consent import Consent, ConsentRow
from engine.text import Pointer

STATUS = "contact.status"
ADDRESS = "address.kind"
EVIDENCE = "consent.evidence"
Values = Mapping[str, frozenset[str]]


@dataclass(slots=True)
class RowCheck:
    """One row under check; `values` are, for each fact, those that the row hits."""

    subject: Subject
    consent: Consent
    row: ConsentRow
    values: Values
    pointer: Pointer

    def check(self) -> None:
        """Report whatever this row would do that it must not."""
        decision, _, code = self.row.do.partition(" ")
        if code:
            self._check_hold(code)
        checks: list[Callable[[], None]] = [lambda: self._check_decision(decision)]
        if not code:
            checks.append(self._check_erased)
        checks.append(self._check_rest)
        if decision == "add_subscribed":
            checks += [self._check_opt_in, self._check_evidence]
        checks.append(self._check_marketing)
        before = self.subject.problems.errors
        for check in checks:
            # The first is the cause; what else it breaks is mended with it.
            if self.subject.problems.errors == before:
                check()

    def _check_rest(self) -> None:
        decision = self.row.do
        if (decision == "add_subscribed" or self.row.may_market) and "rest" in (
            self.row.if_.values()
        ):
            self.subject.problems.report(
                "MD445",
                self.pointer,
                "a row with rest may not subscribe anybody or allow marketing",
                effect="a status added by Dotdigital tomorrow would be marketed to",
                help="name the values",
            )

    def _seen(self, reference: str) -> frozenset[str]:
        """Give the values that the row hits of whichever facts come from a name."""
        facts = self.consent.facts.items()
        return frozenset[str]().union(*(self.values[f] for f, ref in facts if ref == reference))

    def _witness(self, reference: str, value: str) -> str:
        """Tell an order that the row hits, in which the name has this value."""
        hit = {fact: min(values) for fact, values in self.values.items() if values}
        wanted = {fact: value for fact, ref in self.consent.facts.items() if ref == reference}
        return tell_witness(self.subject, self.consent, {**hit, **wanted})

    def _check_hold(self, code: str) -> None:
        self.subject.holds(code, (*self.pointer, "do"))

    def _check_erased(self) -> None:
        """Check that whoever was erased comes to a person's desk, and nothing is written."""
        target = self.subject.target
        erased = sorted(
            {one.code for one in target.email_statuses if one.erased} & self._seen(STATUS)
        )
        if erased and all(self.values.values()):
            self.subject.problems.report(
                "MD454",
                (*self.pointer, "do"),
                f"the row hits contacts that were erased ({listed(erased)}), and does not hold",
                effect=f"an update brings an erased contact back in {target.title}",
                help="give them a row of their own that holds",
                example=self._witness(STATUS, erased[0]),
            )

    def _check_decision(self, decision: str) -> None:
        """Report a decision that the row's contacts do not allow."""
        none, statuses = self.subject.target.no_contact, self._seen(STATUS)
        known = sorted(statuses - {none})
        at = (*self.pointer, "do")
        if decision.startswith("add_") and known:
            self.subject.problems.report(
                "MD446",
                at,
                f"{decision} creates a contact, but the row also hits contacts that exist "
                f"({listed(known[:3])})",
                effect="the status of a contact that exists belongs to Dotdigital",
                help=f"let the row hit {none} only, and use leave for the others",
                example=self._witness(STATUS, known[0]),
            )
        if decision == "leave" and none in statuses:
            self.subject.problems.report(
                "MD446",
                at,
                f"leave says nothing about {none}",
                effect=f"a contact created without a status becomes "
                f"{self.subject.target.creation_without_status}",
                help="use add_unsubscribed or add_subscribed",
                example=self._witness(STATUS, none),
            )
        if decision == "add_subscribed" and "relay" in self._seen(ADDRESS):
            self.subject.problems.report(
                "MD447",
                at,
                "a relay address must never be subscribed",
                help="let the row hit address kind real only",
                example=self._witness(ADDRESS, "relay"),
            )

    def _check_marketing(self) -> None:
        row, at = self.row, (*self.pointer, "may_market")
        if not row.may_market:
            if row.do == "add_subscribed":
                self.subject.problems.report(
                    "MD447", at, "whoever is subscribed may be marketed to: say true"
                )
            return
        marketable = {one.code for one in self.subject.target.email_statuses if one.marketable}
        if row.do == "add_subscribed":
            marketable = marketable | {self.subject.target.no_contact}
        barred = sorted(self._seen(STATUS) - marketable)
        if barred or "relay" in self._seen(ADDRESS) or row.do == "add_unsubscribed":
            why = f"the status {listed(barred[:3])}" if barred else "a relay address or no consent"
            fact, value = (STATUS, barred[0]) if barred else (ADDRESS, "relay")
            self.subject.problems.report(
                "MD447",
                at,
                f"marketing is allowed here for {why}",
                effect="people who did not agree would be marketed to",
                example=self._witness(fact, value) if value in self._seen(fact) else "",
            )

    def _check_opt_in(self) -> None:
        """Check that the row is limited, by every fact of opt_in, to answers that give consent."""
        widest = None
        for fact, answers in self.consent.opt_in.items():
            others = sorted(self.values.get(fact, frozenset()) - set(answers))
            if others and widest is None:
                widest = (fact, others[0])
        if self.consent.opt_in and widest is None:
            return
        fact, value = widest or ("", "")
        why = f"also {fact}={value}" if widest else "no answer of the shopper is asked for"
        self.subject.problems.report(
            "MD448",
            (*self.pointer, "do"),
            f"add_subscribed without a clear opt-in: {why}",
            effect="people who never said yes would be subscribed",
            help="name the answers that give consent under opt_in, and limit the row to them",
            example=self._witness(self.consent.facts[fact], value) if widest else "",
        )

    def _check_evidence(self) -> None:
        """Check that the row asks for the whole proof of the opt-in."""
        if self._seen(EVIDENCE) == {"whole"}:
            return
        lacks = "partial" in self._seen(EVIDENCE)
        self.subject.problems.report(
            "MD449",
            (*self.pointer, "do"),
            "add_subscribed without the whole proof of the opt-in",
            effect="an opt-in that cannot be proved is none when somebody complains",
            help=f"declare the parts under consent.evidence, make {EVIDENCE} a fact and limit "
            "the row to whole",
            example=self._witness(EVIDENCE, "partial") if lacks else "",
        )


def is_decidable(named: Named) -> bool:
    """Whether a table can tell apart what a name may be: one of a few words of the record."""
    is_read = not named.name.startswith("param.") and named.type != "boolean"
    return named.values is not None and is_read


def check_opt_in(subject: Subject, consent: Consent) -> None:
    """Check that answers giving consent are words a shopper's own answer can mean."""
    for fact, answers in consent.opt_in.items():
        at: Pointer = ("consent", "opt_in", fact)
        reference = consent.facts.get(fact, "")
        one = subject.inputs.reads.get(reference)
        named = subject.names.get(reference)
        if reference and (named is None or not is_decidable(named)):
            continue  # told where it is read, or where it is made a fact
        if one is None or one.read.type != "choice":
            reads = subject.inputs.reads
            choices = (name for name, one in reads.items() if one.read.type == "choice")
            known = [name for name, ref in consent.facts.items() if ref in set(choices)]
            subject.problems.report(
                "MD448",
                at,
                f'"{fact}" is not a fact read as a choice{suggest(fact, known)}',
                at_key=True,
            )
            continue
        if one.custom_list is None:
            subject.problems.report(
                "MD456",
                at,
                f'"{reference}" is not read from a custom field, so no shopper said it',
                effect="what the marketplace knows of an order would count as consent",
                help="the answer to an opt-in box stands in a custom field of the operator only",
                at_key=True,
            )
        invented = {answer.word for answer in one.answers.values() if answer.kind == "use"}
        for index, answer in enumerate(answers):
            if answer in invented:
                subject.problems.report(
                    "MD448",
                    (*at, index),
                    f'"{answer}" also stands in for a missing or unreadable answer',
                    effect="silence would count as consent",
                )
            elif answer not in (one.read.choices or {}):
                known = list(one.read.choices or {})
                subject.problems.report(
                    "MD448",
                    (*at, index),
                    f'"{answer}" is no answer of {reference}{suggest(answer, known)}',
                )
