"""The answers of Dotdigital: who may call, how often, and what each call does."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field

from engine.sandbox.dotdigital import contact_calls, insight_calls, older_calls
from engine.sandbox.dotdigital.account import Window
from engine.sandbox.dotdigital.state import Call, State
from engine.sandbox.service import Answer, Handler, Parts, Refused, Request, Routes

CALLS: tuple[Call, ...] = (*contact_calls.CALLS, *insight_calls.CALLS, *older_calls.CALLS)


@dataclass(slots=True)
class Dotdigital:
    """One account, answering."""

    state: State
    _windows: dict[str, Window] = field(default_factory=dict)
    _routes: Routes = field(init=False)

    def __post_init__(self) -> None:
        self._windows = {tier: Window(most) for tier, most in self.state.account.tiers.items()}
        self._routes = Routes(*((one.method, one.path, self._handler(one)) for one in CALLS))

    def answer(self, request: Request) -> Answer:
        """Answer one request; imports that are due are done first."""
        self.state.imports.work(self.state.now)
        account = self.state.account
        login = b64encode(f"{account.user}:{account.password}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {login}":
            return Answer(401)
        return self._routes.answer(request)

    def _handler(self, call: Call) -> Handler:
        """Give what answers a call: within its tier, telling in headers what is left of it."""

        def handle(request: Request, parts: Parts) -> Answer:
            window = self._windows.get(call.tier)
            if window is None:
                return call.handler(self.state, request, parts)
            allowed, left, reset = window.take(self.state.now)
            headers = {
                "X-RateLimit-Limit": str(window.limit),
                "X-RateLimit-Remaining": str(left),
                "X-RateLimit-Reset": str(reset),
                "X-RateLimit-Scope": call.tier,
            }
            if not allowed:
                return Answer(429, {"message": "Too many requests"}, headers)
            try:
                answer = call.handler(self.state, request, parts)
            except Refused as refused:
                answer = refused.answer
            return Answer(answer.status, answer.body, {**headers, **answer.headers})

        return handle
