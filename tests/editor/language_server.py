"""The editor's side of the language server protocol (LSP 3.17), spoken to a real server."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, Any, Self

import orjson

FOLDER = Path(__file__).parent
SERVER = FOLDER / "node_modules/yaml-language-server/bin/yaml-language-server"
# As an editor with the YAML extension and no network: the catalogue of schemas is not fetched.
SETTINGS = {
    "yaml": {
        "schemaStore": {"enable": False},
        "schemas": {},
        "validate": True,
        "hover": True,
        "completion": True,
        "customTags": [],
    },
    "http": {},
    "[yaml]": {},
}
# All tests together take a fraction of this.
MOST_SECONDS = 300.0
CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {
        "publishDiagnostics": {},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "completion": {
            "completionItem": {
                "snippetSupport": True,
                "documentationFormat": ["markdown", "plaintext"],
            }
        },
    },
}


class LanguageServer:
    """A server that was started; messages go over its standard input and output."""

    def __init__(self, written: IO[bytes], read: IO[bytes]) -> None:
        self._written = written
        self._read = read
        self._asked = 0
        self._versions: dict[str, int] = {}

    def start(self, root: Path) -> Self:
        """Do what an editor does before the first file is opened."""
        said = {"processId": None, "rootUri": root.as_uri(), "capabilities": CAPABILITIES}
        self._ask("initialize", said)
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": SETTINGS})
        return self

    def diagnose(self, path: Path, text: str) -> list[dict[str, Any]]:
        """Show a text as the content of a file; give what is marked in it."""
        version = self._versions[path.as_uri()] = self._versions.get(path.as_uri(), 0) + 1
        document = {"uri": path.as_uri(), "version": version}
        if version == 1:
            opened = {**document, "languageId": "yaml", "text": text}
            self._tell("textDocument/didOpen", {"textDocument": opened})
        else:
            changed = {"textDocument": document, "contentChanges": [{"text": text}]}
            self._tell("textDocument/didChange", changed)
        return self._wait_for_diagnostics(path.as_uri())

    def complete(self, path: Path, line: int, column: int) -> dict[str, str]:
        """Give what is offered at a position, both counting from 0: labels, each explained."""
        answer = self._ask("textDocument/completion", _at(path, line, column))
        return {item["label"]: _text_of(item.get("documentation", "")) for item in answer["items"]}

    def hover(self, path: Path, line: int, column: int) -> str:
        """Give what is shown over a position, '' for nothing."""
        answer = self._ask("textDocument/hover", _at(path, line, column))
        return _text_of(answer["contents"]) if answer else ""

    def stop(self) -> None:
        """Say goodbye."""
        self._ask("shutdown", None)
        self._tell("exit", None)

    def _ask(self, method: str, params: object) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def _wait_for_diagnostics(self, uri: str) -> list[dict[str, Any]]:
        while True:
            message = self._receive()
            if message.get("method") != "textDocument/publishDiagnostics":
                continue
            if message["params"]["uri"] == uri:
                found: list[dict[str, Any]] = message["params"]["diagnostics"]
                return found

    def _send(self, message: dict[str, object]) -> None:
        body = orjson.dumps({"jsonrpc": "2.0", **message})
        self._written.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._written.flush()

    def _receive(self) -> dict[str, Any]:
        length = 0
        while line := self._read.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the server went away"
        message: dict[str, Any] = orjson.loads(self._read.read(length))
        if "method" in message and "id" in message:
            self._send({"id": message["id"], "result": _answer(message)})
        return message


def _answer(message: dict[str, Any]) -> object:
    """Answer what the server asks of an editor."""
    if message["method"] == "workspace/configuration":
        return [SETTINGS.get(item["section"]) for item in message["params"]["items"]]
    return None


def _text_of(said: Any) -> str:
    """Give a text that the server sent as such or as Markdown, without the escapes of Markdown."""
    text = said["value"] if isinstance(said, dict) else said
    return re.sub(r"\\([^\w\s]|_)", r"\1", text)


def _at(path: Path, line: int, column: int) -> dict[str, object]:
    position = {"line": line, "character": column}
    return {"textDocument": {"uri": path.as_uri()}, "position": position}


@contextmanager
def start_server(root: Path) -> Iterator[LanguageServer]:
    """Start a server for the files under `root`; one that hangs is killed, which fails the test."""
    process = subprocess.Popen(
        ["node", str(SERVER), "--stdio"],  # noqa: S607 - whichever node is at hand
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    watchdog = Timer(MOST_SECONDS, process.kill)
    watchdog.start()
    try:
        server = LanguageServer(process.stdin, process.stdout).start(root)
        yield server
        server.stop()
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
