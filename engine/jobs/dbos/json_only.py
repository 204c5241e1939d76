"""What DBOS stores of a job, as JSON: its name and ids; of an error its type, never its words."""

from __future__ import annotations

import orjson
from dbos import Serializer


class JsonOnly(Serializer):
    """Plain JSON in, plain JSON out; nothing that is read back can become code."""

    def serialize(self, data: object) -> str:
        """Give JSON; raises TypeError for what is none."""
        if isinstance(data, BaseException):
            data = {"error": type(data).__name__}
        return orjson.dumps(data).decode()

    def deserialize(cls, serialized_data: str) -> object:  # noqa: N805 - as the library has it
        """Give what JSON holds."""
        return orjson.loads(serialized_data)

    def name(self) -> str:
        """Give the name under which DBOS notes the form."""
        return "miradot_json"
