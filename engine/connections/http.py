"""The wire over HTTP: whole answers from one allowed host, or none."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

import httpx

from engine.connections.credentials import Credentials
from engine.connections.home import AddressError, Home, find_home
from engine.connections.wire import Got, NoAnswer, Sent
from engine.connections.words import plain

# Raised before a connection stands: nothing can have reached the vendor.
_BEFORE = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_AGENT = "miradot"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is waited, in seconds, and how long an answer may be, in bytes.

    `read` is the longest silence, `whole` the longest exchange from its start to its end.
    """

    connect: float = 10.0
    read: float = 121.0
    whole: float = 300.0
    answer: int = 64 << 20


USUAL_LIMITS = Limits()


class HttpWire:
    """One vendor, reached by HTTP.

    Redirects are not followed, proxies and credentials of the environment not looked at, cookies
    not kept. AddressError is raised for a base address that is not allowed. Without credentials
    nothing shows who calls. `elapsed` gives seconds that never go back.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials | None,
        allowed_hosts: Collection[str],
        limits: Limits = USUAL_LIMITS,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.home: Home = find_home(base_url, allowed_hosts)
        self._credentials = credentials
        self._limits = limits
        self._elapsed = elapsed
        # These loggers write addresses down, and the addresses of calls hold people's own.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._client = httpx.Client(
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            headers={"User-Agent": _AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"},
        )

    def __repr__(self) -> str:
        return f"HttpWire({self.home.origin}{self.home.prefix})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def exchange(self, sent: Sent) -> Got:
        """Give the answer to one request; raises NoAnswer when none came whole.

        AddressError is raised for a path that does not begin behind the host.
        """
        if not sent.path.startswith("/") or "?" in sent.path or "#" in sent.path:
            raise AddressError("a path begins with / and holds neither ? nor #")
        try:
            outcome: Got | NoAnswer = self._ask(sent)
        except NoAnswer as none:
            outcome = none
        except httpx.HTTPError as error:
            outcome = NoAnswer(self._reason(error), taken=not isinstance(error, _BEFORE))
        except httpx.InvalidURL:
            outcome = NoAnswer("the address cannot be called", taken=False)
        # Raised out here, so that what the library raised, with its request, is not kept alive.
        if isinstance(outcome, NoAnswer):
            raise outcome
        return outcome

    def _ask(self, sent: Sent) -> Got:
        headers = dict(sent.headers)
        if sent.body:
            headers.setdefault("Content-Type", "application/json")
        if self._credentials is not None:
            headers["Authorization"] = self._credentials.authorization()
        until = self._elapsed() + self._limits.whole
        request = (sent.method, self._address(sent))
        with self._client.stream(*request, content=sent.body or None, headers=headers) as answer:
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > self._limits.answer:
                    raise NoAnswer("the answer is too long", taken=True)
                if self._elapsed() > until:
                    raise NoAnswer("the answer took too long", taken=True)
            return Got(answer.status_code, dict(answer.headers), bytes(body))

    def _address(self, sent: Sent) -> str:
        query = f"?{urlencode(sent.query, quote_via=quote)}" if sent.query else ""
        return f"{self.home.origin}{self.home.prefix}{sent.path}{query}"

    def _reason(self, error: httpx.HTTPError) -> str:
        """Say why no answer came; the library's words only where they are about a connection."""
        to = f"no connection to {self.home.origin}"
        if isinstance(error, httpx.ConnectError):
            return f"{to}: {plain(str(error), 200)}"
        if isinstance(error, httpx.TimeoutException):
            connecting = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
            return f"{to} in time" if connecting else "no answer in time"
        return f"the answer broke off ({type(error).__name__})"
