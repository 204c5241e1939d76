"""Whoever is slow keeps no place: heads and bodies that do not arrive are not waited for."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine import serving
from tests.web.offices import Office, open_office

SOON = 0.3


@pytest.fixture
def hurried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(serving, "HEAD_SECONDS", SOON)
    with open_office(tmp_path, body_seconds=SOON) as office:
        yield office


@contextmanager
def line(office: Office) -> Iterator[socket.socket]:
    host, _, port = office.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        yield connection


def read_all(connection: socket.socket) -> bytes:
    """Give what comes until the other side closes."""
    read = b""
    while more := connection.recv(65536):
        read += more
    return read


@pytest.mark.parametrize("begun", [b"", b"GET /livez HTTP/1.1\r\nHost: local"])
def test_a_head_that_does_not_arrive_is_not_waited_for(hurried: Office, begun: bytes) -> None:
    with line(hurried) as connection:
        connection.sendall(begun)
        assert read_all(connection) == b""


def test_a_second_head_that_does_not_arrive_is_not_waited_for(hurried: Office) -> None:
    asked = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"
    with line(hurried) as connection:
        connection.sendall(asked + b"\r\n")
        first = connection.recv(65536)
        while b"ok\n" not in first:
            first += connection.recv(65536)
        connection.sendall(asked)
        assert read_all(connection) == b""
    assert first.startswith(b"HTTP/1.1 200 ")


def test_a_form_that_does_not_arrive_is_refused_and_the_line_closed(hurried: Office) -> None:
    with line(hurried) as connection:
        connection.sendall(
            b"POST /login HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
            b"Content-Length: 100\r\n\r\ntoken="
        )
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"the form did not arrive in time" in answer.lower()


def test_a_head_without_end_is_refused(hurried: Office) -> None:
    with line(hurried) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nX-Long: " + b"x" * 70_000)
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")
