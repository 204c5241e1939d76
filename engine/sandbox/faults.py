"""The fault switch: what goes wrong between a caller and a service, on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.sandbox.service import Answer, Request

Kind = Literal["refuse", "cut", "lose", "delay", "shift", "break"]


class Fault(BaseModel):
    """One fault, for the next `times` requests that it fits, after the first `skip` of them.

    `refuse`: answered with `status` before anything is done. `cut`: done, and the answer breaks
    off after `bytes`. `lose`: done, and no answer arrives. `delay`: the answer takes `seconds` of
    the sandbox's time. `shift`: `seconds` pass before the request is answered, so that pages move.
    `break`: the imports that follow leave out `keys` (addresses or record keys) as failed.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    service: Literal["mirakl", "dotdigital"]
    path: Annotated[str, Field(description="How the path begins, after the service.")] = "/"
    method: str = ""
    times: Annotated[int, Field(ge=1)] = 1
    skip: Annotated[int, Field(ge=0)] = 0
    status: Annotated[int, Field(ge=400, le=599)] = 500
    retry_after: Annotated[int, Field(ge=0)] | None = None
    bytes: Annotated[int, Field(ge=0)] = 0
    seconds: Annotated[float, Field(ge=0)] = 0.0
    keys: list[str] = Field(default_factory=list)

    def fits(self, service: str, request: Request) -> bool:
        """Say whether a request is one that this fault is about."""
        return (
            self.service == service
            and request.path.startswith(self.path)
            and self.method in ("", request.method)
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """What arrives of an answer: all of it, or its first `arrives` bytes before it breaks off."""

    answer: Answer
    arrives: int | None = None


@dataclass(slots=True)
class Faults:
    """The faults that are switched on; `pass_time` moves the sandbox's clock by seconds."""

    pass_time: Callable[[float], None]
    on: list[Fault] = field(default_factory=list)

    def deliver(
        self, service: str, request: Request, answer: Callable[[Request], Answer]
    ) -> Delivery:
        """Give what arrives of the answer to a request, with the next fault that fits it."""
        fault = self._next(service, request)
        if fault is None:
            return Delivery(answer(request))
        if fault.kind == "refuse":
            wait = fault.retry_after
            headers = {} if wait is None else {"Retry-After": str(wait)}
            said = {"message": "the fault switch says so", "status": fault.status}
            return Delivery(Answer(fault.status, said, headers))
        if fault.kind == "shift":
            self.pass_time(fault.seconds)
            return Delivery(answer(request))
        given = answer(request)
        if fault.kind == "delay":
            self.pass_time(fault.seconds)
            return Delivery(given)
        return Delivery(given, arrives=fault.bytes if fault.kind == "cut" else 0)

    def _next(self, service: str, request: Request) -> Fault | None:
        """Give the first fault that fits and whose turn has come, one time less from now on."""
        for fault in self.on:
            if not fault.fits(service, request):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self.on.remove(fault)
            return fault
        return None
