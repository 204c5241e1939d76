"""What shows a vendor who calls: sent with each request, printed nowhere."""

from __future__ import annotations

from base64 import b64encode

_LONGEST = 4096


class CredentialsError(ValueError):
    """A key or a password that no header can carry; the message never holds it."""


class Credentials:
    """The value of one `Authorization` header; neither repr nor any message shows it."""

    __slots__ = ("_authorization",)

    def __init__(self, authorization: str) -> None:
        fits = 0 < len(authorization) <= _LONGEST
        if not fits or not all("\x20" <= letter < "\x7f" for letter in authorization):
            raise CredentialsError("a key is printable ASCII, of 1 to 4096 characters")
        if authorization != authorization.strip():
            raise CredentialsError("a key neither begins nor ends with a blank")
        self._authorization = authorization

    def __repr__(self) -> str:
        return "Credentials(…)"

    def __reduce__(self) -> str:
        raise TypeError("credentials are not copied to anywhere")

    def authorization(self) -> str:
        """Give the header's value; for the wire alone."""
        return self._authorization


def mirakl_key(key: str) -> Credentials:
    """Give the credentials of a shop: its key, bare; CredentialsError for one that cannot be."""
    return Credentials(key)


def dotdigital_user(user: str, password: str) -> Credentials:
    """Give the credentials of an API user; CredentialsError for ones that cannot be."""
    if not user or not password or ":" in user:
        raise CredentialsError("an API user has a name without a colon, and a password")
    return Credentials(f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}")
