"""The sandbox as a wire: requests go to it without a network, as they would over HTTP."""

from __future__ import annotations

from typing import Literal
from urllib.parse import unquote

from engine.connections.credentials import Credentials, dotdigital_user, mirakl_key
from engine.connections.home import Home, find_home
from engine.connections.wire import Got, NoAnswer, Sent
from engine.sandbox.service import Request
from engine.sandbox.whole import Sandbox


class SandboxWire:
    """One of the sandbox's services, with its own credentials unless others are given."""

    def __init__(
        self,
        sandbox: Sandbox,
        service: Literal["mirakl", "dotdigital"],
        credentials: Credentials | None = None,
    ) -> None:
        host = sandbox.base.partition("://")[2]
        self.home: Home = find_home(f"{sandbox.base}/{service}", [host])
        self._sandbox = sandbox
        self._credentials = credentials or _own(sandbox, service)

    def exchange(self, sent: Sent) -> Got:
        """Give the sandbox's answer; NoAnswer where the fault switch lets none arrive whole."""
        headers = {name.lower(): value for name, value in sent.headers.items()}
        request = Request(
            method=sent.method,
            path=unquote(f"{self.home.prefix}{sent.path}"),
            query={name: [value] for name, value in sent.query.items()},
            headers={**headers, "authorization": self._credentials.authorization()},
            body=sent.body,
        )
        delivery = self._sandbox.handle(request)
        if delivery.arrives is not None:
            raise NoAnswer("the answer broke off", taken=True)
        answer = delivery.answer
        told = {name.lower(): value for name, value in answer.headers.items()}
        return Got(answer.status, told, answer.raw())


def _own(sandbox: Sandbox, service: str) -> Credentials:
    if service == "mirakl":
        return mirakl_key(sandbox.rules.key)
    return dotdigital_user(sandbox.account.user, sandbox.account.password)
