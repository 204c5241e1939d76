"""Guards: who may be created, and whom marketing may reach, in every case of the consent table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.lock import Operation
from engine.rules.conditions import check_when
from engine.rules.subject import Subject
from engine.rules.witness import tell_witness
from engine.rules.worlds import DECISION, World, can_hold, make_worlds
from engine.spec.condition import When
from engine.spec.params import Param
from engine.spec.send import Send
from engine.text import Pointer


def check_guards(subject: Subject) -> None:
    """Check the conditions of every send that creates a contact or reaches people."""
    worlds = list(make_worlds(subject))
    for name, send in subject.spec.send.items():
        operation = subject.target.operations.get(send.operation)
        if operation is not None and not operation.delivery_only:
            _SendGuards(subject, worlds, send, operation, ("send", name)).check()


@dataclass(frozen=True, slots=True)
class _SendGuards:
    """One send under check, in all worlds."""

    subject: Subject
    worlds: Sequence[World]
    send: Send
    operation: Operation
    pointer: Pointer

    def check(self) -> None:
        """Report whatever the conditions let through that must not pass."""
        if (*self.pointer, "when") in self.subject.unfit:
            return  # what lets through the wrong people for another reason is told there
        if self.operation.creates_contact:
            self._check_creation()
        for index, item in enumerate(self.send.lists):
            self._check_list(item.add, item.when, (*self.pointer, "lists", index))
        self._check_inputs()

    def _reached(self, *whens: When | None) -> Iterator[World]:
        """Give the worlds in which the send, and the conditions inside it, can hold."""
        conditions = (self.send.when, *whens)
        return (one for one in self.worlds if can_hold(self.subject, conditions, one))

    def _check_creation(self) -> None:
        """Check that a creation follows an add decision, with its proof, and happens once."""
        reached = list(self._reached())
        stray = next((one for one in reached if one.values[DECISION] == "leave"), None)
        if stray is not None:
            self.subject.problems.report(
                "MD446",
                self.pointer,
                f"{self.send.operation} must be limited to consent.decision add_subscribed, "
                "add_unsubscribed or both",
                effect="a contact could be created that nobody decided about",
                example=self._witness(stray),
                at_key=True,
            )
        subscribes = any(one.values[DECISION] == "add_subscribed" for one in reached)
        if subscribes and self.operation.evidence and not self.send.evidence:
            self.subject.problems.report(
                "MD449",
                self.pointer,
                f"{self.send.operation} subscribes people without their consent record",
                help="say evidence: true, or limit it to consent.decision [add_unsubscribed]",
                at_key=True,
            )
        if self.send.repeat != "once":
            self.subject.problems.report(
                "MD467", (*self.pointer, "repeat"), "a contact is created once"
            )

    def _check_list(self, reference: str, when: When | None, pointer: Pointer) -> None:
        check_when(self.subject, when, (*pointer, "when"))
        if (*pointer, "when") in self.subject.unfit:
            return
        at = (*pointer, "add")
        param = self.subject.spec.params.get(reference[1:])
        if param is not None and param.purpose == "marketing" and at not in self.subject.unfit:
            self._check_marketing(reference, at, when)

    def _check_inputs(self) -> None:
        """Check what an operation that reaches people is given, whatever names it."""
        if self.operation.reaches_people is None:
            return
        marketing = self.operation.reaches_people == "marketing"
        for name, value in self.send.to.items():
            at = (*self.pointer, "to", name)
            param = self._param(value)
            if param is None or param.purpose is None or at in self.subject.unfit:
                continue
            if marketing and param.purpose == "service":
                self.subject.problems.report(
                    "MD464",
                    at,
                    f'"{value}" is for service, but {self.send.operation} reaches people as '
                    "marketing",
                )
            elif marketing:
                self._check_marketing(str(value), at)
            elif param.purpose == "marketing":
                self._report_marketing_by_service(str(value), at)
        if marketing and not any(self._param(value) for value in self.send.to.values()):
            self._check_marketing(self.send.operation, self.pointer)

    def _param(self, value: object) -> Param | None:
        named = isinstance(value, str) and value.startswith("$")
        return self.subject.spec.params.get(str(value)[1:]) if named else None

    def _report_marketing_by_service(self, reference: str, pointer: Pointer) -> None:
        self.subject.problems.report(
            "MD459",
            pointer,
            f'"{reference}" is for marketing, but {self.send.operation} reaches people for service',
            effect="it goes to the address of the record, whatever that person's contact agreed to",
            help="enrol people in a programme that sends it, behind consent and a real address",
        )

    def _check_marketing(self, reference: str, pointer: Pointer, *whens: When | None) -> None:
        """Check that marketing stands behind consent and a real address."""
        stray = next((one for one in self._reached(*whens) if not one.may_be_marketed_to), None)
        if stray is not None:
            self.subject.problems.report(
                "MD464",
                pointer,
                f'"{reference}" is for marketing and needs the condition '
                '{consent.may_market: ["yes"], address.kind: [real]}',
                effect="people who did not agree, or relay addresses, would be marketed to",
                example=self._witness(stray),
            )

    def _witness(self, world: World) -> str:
        consent = self.subject.spec.consent
        if consent is None or not world.case:
            return ""
        return tell_witness(self.subject, consent, world.case)
