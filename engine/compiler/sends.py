"""`send`: each call's condition, age, inputs and body, built only when all of it holds."""

from __future__ import annotations

from engine.compiler.bodies import BodyMaker
from engine.compiler.conditions import cell_test, condition_test, unmet
from engine.compiler.context import Context, joined, variable
from engine.compiler.texts import text_of
from engine.compiler.watching import watch_send
from engine.inputs import Level
from engine.lock import Operation
from engine.plan import LeftOut
from engine.spec.condition import Condition, When, alternatives_of
from engine.spec.send import AgeLimit, Send


def emit_sends(context: Context, rows: dict[Level, list[str]]) -> None:
    """Emit every send in order; one that does not apply is left out with its reason."""
    source = context.source
    source.line("calls = []")
    source.line("left_out = []")
    if context.checked.spec.identity is not None:
        source.line("created = None")
        segment = "mask_segment" if context.masked else "segment"
        form = context.checked.target.contact
        known, _ = form.known_as.split("{id}")
        addressed, _ = form.addressed_as.split("{address}")
        source.line(f"contact_segments = ({known!r} + str(contact.id) if contact is not None")
        source.line(f"    else {addressed!r} + {segment}(v_address__email))")
    for name, send in context.checked.spec.send.items():
        _SendEmitter(context, name, send, rows).emit()


NO_CONTACT = "there is no contact, and none is created"


def no_contact_to_update(target: str) -> str:
    """Say that an update is left out for want of a contact; `target` is what it is called."""
    return f"{target} knows no contact to update"


def split_condition(when: When | None) -> tuple[Condition, list[Condition]]:
    """Give what all alternatives share, and what each asks beside it when none is met by that."""
    alternatives = alternatives_of(when)
    if not alternatives:
        return {}, []
    shared = {
        name: cell
        for name, cell in alternatives[0].items()
        if all(one.get(name) == cell for one in alternatives)
    }
    own = [{k: c for k, c in one.items() if k not in shared} for one in alternatives]
    return shared, own if len(own) > 1 and all(own) else []


class _SendEmitter:
    def __init__(
        self, context: Context, name: str, send: Send, rows: dict[Level, list[str]]
    ) -> None:
        self._context = context
        self._source = context.source
        self._name = name
        self._send = send
        self._operation: Operation = context.checked.target.operations[send.operation]
        self._bodies = BodyMaker(context, name, send, rows)
        self._record = context.checked.spec.record
        self._rule = context.checked.line_of(("send", name))

    def emit(self) -> None:
        """Emit the guards one after the other, then the call."""
        guards = [*self._condition_guards(), *self._need_guards()]
        ages = self._age_guards()
        watch_send(self._context, self._name, self._send, ages)
        guards += ages
        word = "if"
        for test, because in guards:
            with self._source.block(f"{word} not ({test})"):
                self._source.line(f"left_out.append({self._left_out(because)})")
            word = "elif"
        if not guards:
            self._emit_call()
            return
        with self._source.block("else"):
            self._emit_call()

    def _left_out(self, because: str) -> str:
        reason: LeftOut = {"send": self._name, "because": because, "rule": self._rule}
        return self._source.bind(reason, "left_out")

    def _condition_guards(self) -> list[tuple[str, str]]:
        """Give one guard per part of the condition, so that the reason names what fails.

        What all alternatives share is asked first, then whether any alternative holds.
        """
        shared, own = split_condition(self._send.when)
        guards = [
            (cell_test(self._context, name, cell), unmet(self._context, name, cell))
            for name, cell in shared.items()
        ]
        if own:
            test = " or ".join(f"({condition_test(self._context, one)})" for one in own)
            guards.append((test, ", and ".join(self._reason(one) for one in own)))
        return guards

    def _reason(self, condition: Condition) -> str:
        parts = [unmet(self._context, name, cell) for name, cell in condition.items()]
        return " or ".join(parts)

    def _need_guards(self) -> list[tuple[str, str]]:
        needs = self._operation.needs
        if needs == "contact_id":
            reason = no_contact_to_update(self._context.checked.target.title)
            return [("contact is not None", reason)]
        if needs is not None:
            return [("contact is not None or created is not None", NO_CONTACT)]
        return []

    def _age_guards(self) -> list[tuple[str, str]]:
        age = self._send.age
        if age is None:
            return []
        return [(self._age_test(age), f"{age.of} is older than {age.at_most}")]

    def _age_test(self, age: AgeLimit) -> str:
        limit = self._source.bind(age.as_timedelta(), "age")
        test = f"now - fromisoformat({variable(age.of)}) <= {limit}"
        if self._context.checked.names[age.of].optional:
            test = f"{self._context.is_there(age.of)} and {test}"
        return test

    def _emit_call(self) -> None:
        operation = self._operation
        path = self._bodies.path()
        body = self._bodies.emit()
        because = self._because()
        query = self._source.bind(operation.query, "query")
        self._source.line(f"calls.append({{'id': {self._id(body)}, 'send': {self._name!r},")
        self._source.line(
            f"    'operation': {self._send.operation!r}, 'lane': {operation.lane!r},"
            f" 'method': {operation.method!r},"
        )
        self._source.line(f"    'path': {path}, 'query': {query}, 'body': {body},")
        self._source.line(f"    'idempotent': {operation.idempotent}, 'because': {because}}})")
        if operation.creates_contact:
            self._source.line(f"created = {self._name!r}")

    def _id(self, body: str) -> str:
        parts = [repr(f"{self._name}:")]
        keys = list(self._send.key)
        if self._send.repeat == "each_version" and self._record.key not in keys:
            # Two records can have one version; without the key, one would be taken for the other.
            keys.append(self._record.key)
        for index, key in enumerate(keys):
            parts += [repr(":")] if index else []
            parts.append(self._key_part(key, is_last=index == len(keys) - 1))
        if self._send.repeat == "each_version":
            version = self._record.version
            content = f"digest({body})" if version is None else variable(version)
            parts += [repr("@"), content]
        return joined(parts)

    def _key_part(self, name: str, *, is_last: bool) -> str:
        """Give one part of a call's id: no two keys give one id, and none tells who a person is."""
        named, part = self._context.checked.names[name], text_of(self._context, name)
        if named.personal:
            return f"digest({part})"
        if is_last or named.type not in ("text", "id", "url", "ip") or name == "person":
            return part
        return f"{part}.replace('%', '%25').replace(':', '%3A')"

    def _because(self) -> str:
        """Cite the send's line, and the consent row where the condition asks for consent."""
        if not any(name.startswith("consent.") for name in self._condition_names()):
            return self._source.bind([self._rule], "because")
        return f"[{self._rule!r}, consent['rule']]"

    def _condition_names(self) -> set[str]:
        return {name for one in alternatives_of(self._send.when) for name in one}
