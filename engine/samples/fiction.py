"""Fiction: what stands in the place of real values, the same for the same value.

Nothing here is made from what a real value says, only from its shape and from when it came up
first; so not even one who knows the key can try out guesses against the fiction.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address
from random import Random

from engine.runtime.people import make_relay_test
from engine.runtime.values import EmailAddress
from engine.samples.words import WORDS

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_RUN = re.compile(r"[^\W_]+")
_MASK = re.compile(r"(\*+|x{4,})", re.IGNORECASE)
_ANONYMOUS = re.compile(r"anon\+[0-9a-f]+@", re.IGNORECASE)
_KEPT_BETWEEN = re.compile(r"[^-_./:#+ ]")
_WORD_BREAK = re.compile(r"[_-]+|(?<=[a-z])(?=[A-Z])")
_SHORT = 2
_MOST_DRAWS = 200
_WEEKS_AWAY = (52, 156)
# Ranges that documentation may use: RFC 5737 and RFC 3849.
_IPV4 = ("192.0.2.0", "198.51.100.0", "203.0.113.0")
_IPV6 = IPv6Address("2001:db8::")


class Fiction:
    """Gives fictional values. `key` decides them; `originals` are words that must not come up.

    `shift` is how far every date is moved: whole weeks, so that weekdays stay.
    """

    def __init__(self, key: bytes, relay_domains: Iterable[str], originals: frozenset[str]) -> None:
        # Dates get numbers of their own: what is drawn for the rest must not lead to them.
        self.shift = timedelta(weeks=-_random(key, b"dates").randint(*_WEEKS_AWAY))
        self._random = _random(key, b"words")
        self._relays = sorted(
            (one.strip(" @.").lower() for one in relay_domains), key=len, reverse=True
        )
        self._is_relay = make_relay_test(self._relays, masked_shapes=False)
        self._originals = originals
        self._made: dict[tuple[str, str], str] = {}
        self._taken: dict[str, set[str]] = {}
        self._pools: dict[str, list[str]] = {}

    def word(self, kind: str, original: str) -> str:
        """Give a name, street, phone number…: `kind` is one of WORDS."""
        return self._remember(kind, original, lambda number: self._pick(kind, number))

    def text(self, member: str, original: str) -> str:
        """Give a text that says where it stands, such as `Product title 3`."""
        said = _WORD_BREAK.sub(" ", member).strip().capitalize() or "Text"
        return self._remember(f"text {member}", original, lambda number: f"{said} {number + 1}")

    def code(self, original: str) -> str:
        """Give a code that no list holds."""
        return self._remember("code", original, lambda number: f"CODE_{number + 1}")

    def identifier(self, original: str) -> str:
        """Give an id of the same shape; parts that ids share, such as a prefix, stay shared."""
        runs = list(_RUN.finditer(original))
        is_long = any(len(run[0]) > _SHORT for run in runs)
        kept = {run.start() for run in runs[-_SHORT:] if is_long and _is_counter(run[0])}
        made = [
            _KEPT_BETWEEN.sub("-", between) + run
            for between, run in zip(
                _RUN.split(original),
                [*(run[0] if run.start() in kept else self._draw(run[0]) for run in runs), ""],
                strict=True,
            )
        ]
        return "".join(made)

    def email(self, address: EmailAddress) -> str:
        """Give an address at example.com; a relay address stays one of the same shape."""
        text = address.lower()
        return self._remember("email", text, lambda number: self._make_email(text, number))

    def url(self, original: str) -> str:
        """Give a web address at example.com."""
        return self._remember("url", original, lambda number: f"https://example.com/{number + 1}")

    def ip(self, original: str) -> str:
        """Give an IP address of the same version, out of a range for documentation."""
        address = ip_address(original)

        def make(number: int) -> str:
            if address.version == _IPV6.version:
                return str(_IPV6 + number + 1)
            network = _IPV4[number // 254 % len(_IPV4)]
            return str(IPv4Address(network) + number % 254 + 1)

        return self._remember(f"ip{address.version}", original, make)

    def date(self, original: str) -> str | None:
        """Give a day or moment moved by `shift`, written as it was; None when it is neither."""
        found = _DATE.fullmatch(original)
        try:
            moved = date.fromisoformat(found[1]) + self.shift if found else None
        except (ValueError, OverflowError):
            return None
        return f"{moved.isoformat()}{found[2] or ''}" if found and moved else None

    def digits(self, original: str) -> str:
        """Give a number with as many digits, its sign and point as they were."""
        return _RUN.sub(lambda run: self._draw(run[0]), original)

    def _make_email(self, text: str, number: int) -> str:
        local, _, domain = text.rpartition("@")
        if self._is_relay(EmailAddress(text)):
            listed = next(one for one in self._relays if f".{domain}".endswith(f".{one}"))
            return f"{self._reshape(local)}@{self._reshape(domain.removesuffix(listed))}{listed}"
        if _ANONYMOUS.match(text):
            return f"anon+{self._random.getrandbits(32):08x}@example.com"
        if _MASK.search(text):
            return f"{self._reshape(local)}@{'*****.' if _MASK.search(domain) else ''}example.com"
        first, last = (self._pick(kind, number).lower() for kind in ("first_name", "last_name"))
        return f"{first}.{last}.{number + 1}@example.com".replace(" ", "")

    def _reshape(self, text: str) -> str:
        """Give other letters and digits in their places; what a mask is made of stays."""
        return "".join(
            part if _MASK.fullmatch(part) else _RUN.sub(lambda run: self._draw(run[0]), part)
            for part in _MASK.split(text)
        )

    def _remember(self, kind: str, original: str, make: Callable[[int], str]) -> str:
        """Give what was made for a value before, else make it; `make` gets a number from 0."""
        taken = self._taken.setdefault(kind, set())
        if (kind, original) not in self._made:
            self._made[kind, original] = make(len(taken))
            taken.add(original)
        return self._made[kind, original]

    def _pick(self, kind: str, number: int) -> str:
        """Give a word of a list, the list in an order of its own; then again, numbered."""
        if kind not in self._pools:
            words = [one for one in WORDS[kind] if not _tokens(one) <= self._originals]
            self._pools[kind] = words or [kind.replace("_", " ").capitalize()]
            self._random.shuffle(self._pools[kind])
        rounds, index = divmod(number, len(self._pools[kind]))
        return self._pools[kind][index] + (f" {rounds + 1}" if rounds else "")

    def _draw(self, run: str) -> str:
        """Give other letters for letters, digits for digits; never the same for two runs."""
        if ("run", run) in self._made:
            return self._made["run", run]
        taken, shape = self._taken.setdefault("run", set()), run
        for attempt in range(10**6):
            if attempt % _MOST_DRAWS == _MOST_DRAWS - 1:
                shape += run[-1]  # all that have this shape are taken
            made = "".join(self._draw_one(one, is_first=not at) for at, one in enumerate(shape))
            known = made.lower() in self._originals and attempt < _MOST_DRAWS // 2
            if made not in taken and made != run and not known:
                break
        taken.add(made)
        self._made["run", run] = made
        return made

    def _draw_one(self, character: str, *, is_first: bool) -> str:
        if character.isdecimal():
            return self._random.choice(string.digits[is_first and character != "0" :])
        letters = string.ascii_uppercase if character.isupper() else string.ascii_lowercase
        return self._random.choice(letters)


def tokens_of(text: str) -> set[str]:
    """Give the words of a text that are long enough to tell something, in small letters."""
    return {token for token in _tokens(text) if len(token) > _SHORT}


def _tokens(text: str) -> set[str]:
    return {run[0].casefold() for run in _RUN.finditer(text)}


def _is_counter(run: str) -> bool:
    """Whether a part of an id only counts (`-A`, `-12`), so that it may stay."""
    return run.isascii() and (len(run) == 1 or (run.isdecimal() and len(run) <= _SHORT))


def _random(key: bytes, purpose: bytes) -> Random:
    # What matters is that fiction is made from nothing real; these numbers guard no secret.
    return Random(blake2b(key, person=purpose).digest())  # noqa: S311
