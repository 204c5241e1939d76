"""The whole sandbox: both services over one world and one clock, with controls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, TypeVar
from zlib import crc32

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.sandbox.clock import SandboxClock
from engine.sandbox.dotdigital.account import Account
from engine.sandbox.dotdigital.service import Dotdigital
from engine.sandbox.dotdigital.state import State
from engine.sandbox.faults import Delivery, Fault, Faults
from engine.sandbox.mirakl.service import Mirakl, MiraklRules
from engine.sandbox.service import Answer, Parts, Refused, Request, Routes
from engine.sandbox.truth import differences, show_overview, show_truth
from engine.sandbox.world.life import Habits, World
from engine.sandbox.world.orders import ImpossibleError, Order, cancel, refund

Form = TypeVar("Form", bound=BaseModel)


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Advance(_Asked):
    """Time that is to pass, in seconds."""

    seconds: Annotated[float, Field(ge=0, le=366 * 86_400)]


class Change(_Asked):
    """A cancelation or refund of a line, counted from 1; amounts are in pence."""

    line: Annotated[int, Field(ge=1)] = 1
    units: Annotated[int, Field(ge=1)] = 1
    goods: Annotated[int, Field(ge=0)] = 0
    delivery: Annotated[int, Field(ge=0)] = 0


class Adjusting(_Asked):
    """Money that the operator gives by hand, in pence; below zero it is taken."""

    pence: Annotated[int, Field(ge=-100_000_000, le=100_000_000)]


class Known(_Asked):
    """A contact whom Dotdigital knows, or a status that it gives to one."""

    email: str
    status: str


@dataclass(slots=True)
class Sandbox:
    """Both sides; a request's path starts with `/mirakl`, `/dotdigital` or `/sandbox`."""

    clock: SandboxClock
    seed: int = 1
    base: str = "http://127.0.0.1:8790"
    habits: Habits = field(default_factory=Habits)
    rules: MiraklRules = field(default_factory=MiraklRules)
    account: Account = field(default_factory=Account)
    world: World = field(init=False)
    state: State = field(init=False)
    faults: Faults = field(init=False)
    _services: dict[str, Callable[[Request], Answer]] = field(init=False)
    _controls: Routes = field(init=False)

    def __post_init__(self) -> None:
        # Another story is another account: a database of the one must not serve the other.
        number = crc32(f"{self.seed} {self.clock.now()}".encode())
        self.state = State(self.clock, self.account, number)
        self.world = World(self.seed, self.clock.now(), self.habits)
        self.world.unsubscribe = self.state.contacts.unsubscribe
        self.faults = Faults(self._pass)
        mirakl = Mirakl(self.world, self.clock, f"{self.base}/mirakl", self.rules)
        self._services = {"mirakl": mirakl.answer, "dotdigital": Dotdigital(self.state).answer}
        self._controls = Routes(
            ("GET", "/", self._overview),
            ("GET", "/truth", lambda _request, _parts: Answer(200, show_truth(self.world))),
            ("GET", "/differences", self._differences),
            ("POST", "/clock", self._advance),
            ("GET", "/faults", self._list_faults),
            ("POST", "/faults", self._switch_on),
            ("DELETE", "/faults", self._switch_off),
            ("POST", "/orders/{order_id}/refund", self._refund),
            ("POST", "/orders/{order_id}/cancel", self._cancel),
            ("POST", "/adjustments", self._adjust),
            ("POST", "/contacts", self._know),
        )

    def handle(self, request: Request) -> Delivery:
        """Give what arrives of the answer to a request."""
        self.world.advance(self.clock.now())
        name, _, rest = request.path.removeprefix("/").partition("/")
        inner = replace(request, path=f"/{rest}")
        if name == "sandbox":
            return Delivery(self._controls.answer(inner))
        service = self._services.get(name)
        if service is None:
            return Delivery(Answer(404, {"message": "paths: /mirakl, /dotdigital, /sandbox"}))
        return self.faults.deliver(name, inner, service)

    def _pass(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.world.advance(self.clock.now())

    def _overview(self, _request: Request, _parts: Parts) -> Answer:
        return Answer(200, show_overview(self.world, self.state))

    def _differences(self, request: Request, _parts: Parts) -> Answer:
        collection = request.value("collection", "Orders")
        member = request.value("member", "order_total")
        found = list(differences(self.world, self.state, collection, member))
        return Answer(200, {"differences": found})

    def _advance(self, request: Request, _parts: Parts) -> Answer:
        self._pass(_read(request, Advance).seconds)
        return self._overview(request, _parts)

    def _list_faults(self, _request: Request, _parts: Parts) -> Answer:
        return Answer(200, {"faults": [one.model_dump() for one in self.faults.on]})

    def _switch_on(self, request: Request, _parts: Parts) -> Answer:
        fault = _read(request, Fault)
        if fault.kind == "break":
            self.state.imports.broken |= set(fault.keys)
        else:
            self.faults.on.append(fault)
        return Answer(201)

    def _switch_off(self, _request: Request, _parts: Parts) -> Answer:
        self.faults.on.clear()
        self.state.imports.broken.clear()
        return Answer(204)

    def _refund(self, request: Request, parts: Parts) -> Answer:
        def change(order: Order, asked: Change, now: datetime) -> None:
            refund(order, asked.line - 1, asked.goods, asked.delivery, now)

        return self._change(request, parts["order_id"], change)

    def _cancel(self, request: Request, parts: Parts) -> Answer:
        def change(order: Order, asked: Change, now: datetime) -> None:
            cancel(order, asked.line - 1, asked.units, now)

        return self._change(request, parts["order_id"], change)

    def _change(
        self,
        request: Request,
        order_id: str,
        change: Callable[[Order, Change, datetime], None],
    ) -> Answer:
        order, asked = self.world.orders.get(order_id), _read(request, Change)
        if order is None or asked.line > len(order.lines):
            return Answer(404, {"message": f"no order {order_id} with a line {asked.line}"})
        try:
            change(order, asked, self.clock.now())
        except ImpossibleError as error:
            return Answer(409, {"message": str(error)})
        return Answer(200, show_truth(self.world)[order_id])

    def _adjust(self, request: Request, _parts: Parts) -> Answer:
        asked = _read(request, Adjusting)
        if not asked.pence:
            return Answer(400, {"message": "an adjustment is not nothing"})
        made = self.world.adjust(asked.pence, self.clock.now())
        return Answer(201, {"id": made.id, "type": made.type})

    def _know(self, request: Request, _parts: Parts) -> Answer:
        known = _read(request, Known)
        contact = self.state.contacts.know(known.email, known.status, self.clock.now())
        return Answer(200, contact.show())


def _read(request: Request, form: type[Form]) -> Form:
    try:
        return form.model_validate_json(request.body)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        raise Refused(Answer(400, {"message": "not understood", "problems": problems})) from None
