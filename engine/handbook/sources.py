"""Where values come from, in words: the source lock's own sentences about what a mapping reads."""

from __future__ import annotations

from collections.abc import Mapping

from engine.checked import CheckedSpec
from engine.expressions.schema_walk import walk_path
from engine.handbook.blocks import Text, capital, code, say
from engine.inputs import Input, Level
from engine.proof.matrix import payload_place


def noun_of(checked: CheckedSpec) -> str:
    """Give what one record of the source is called, such as `order`."""
    return checked.source.name.rpartition(".")[2].replace("_", " ")


def with_article(noun: str) -> str:
    """Give a noun with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def vendor_of(checked: CheckedSpec) -> str:
    """Give what the source is called, such as `Mirakl`."""
    title = str(checked.source.schema.get("title", checked.source.name))
    return title.rsplit(" ", 1)[0]


def describe_input(checked: CheckedSpec, one: Input) -> Text:
    """Say what an input is: the mapping's remark, else the lock's, else what it is called."""
    if one.read.about is not None:
        return capital(one.read.about.rstrip("."))
    if one.path is None:
        holder = "line" if one.level else noun_of(checked)
        return say("The custom field {} of the {}", code(one.custom_code), holder)
    said = _description(_node(checked, one.level, one.path.text))
    return capital(said.rstrip(".")) if said else say("{}", code(one.name))


def name_place(checked: CheckedSpec, one: Input) -> Text:
    """Say where an input stands in the source."""
    return say("{} {}", vendor_of(checked), code(payload_place(checked, one)))


def explain_codes(checked: CheckedSpec, one: Input) -> Mapping[str, str]:
    """Give the lock's codes of an input, each with what it means."""
    node = _node(checked, one.level, one.path.text) if one.path is not None else {}
    codes = node.get("x-codes")
    found = codes if isinstance(codes, Mapping) else {}
    return {str(word): str(meaning) for word, meaning in found.items()}


def _description(node: Mapping[str, object]) -> str:
    return str(node.get("description", ""))


def _node(checked: CheckedSpec, level: Level, path: str) -> Mapping[str, object]:
    root = checked.source.schema
    places = tuple(
        checked.inputs.lists[".".join(level[: depth + 1])].path.text for depth in range(len(level))
    )
    at: object = root
    for place in places:
        at = _select(at, place, root).get("items")
    return _select(at, path, root)


def _select(at: object, path: str, root: Mapping[str, object]) -> Mapping[str, object]:
    if not isinstance(at, Mapping):
        return {}
    selected, _ = walk_path(path, at, root)
    return selected.node or {}
