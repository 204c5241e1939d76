"""What every page about a change says in the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import orjson

from engine.changes.document import EditView, EffectView, MappingChanges
from engine.changes.words import count_of

EMPTY = "no mapping differs from {base}"
_LONGEST = 60
_STATUS = {
    "new": "a new mapping: nothing to compare with",
    "deleted": "the mapping is deleted: its calls are no longer made",
    "refused": "the mapping has errors, so nothing is replayed",
    "base_refused": "the base has errors, so nothing is replayed",
}


_SEVERITIES = (("breaking", "breaking"), ("changes", "changing"), ("harmless", "harmless"))


def headline(view: MappingChanges) -> str:
    """Give the mapping with its versions."""
    version = view["version"]
    if version is None:
        return view["mapping"]
    same = version["old"] == version["new"]
    shown = version["old"] if same else f"{version['old']} → {version['new']}"
    return f"{view['mapping']} {shown}"


def status_line(view: MappingChanges) -> Iterator[str]:
    """Give what was compared and replayed, a line each."""
    if view["base"] is not None and view["status"] != "deleted":
        yield f"{view['path']}, beside {view['base']}"
    else:
        yield view["path"]
    if view["status"] in _STATUS:
        yield _STATUS[view["status"]]
    samples = view["samples"]
    if samples is None:
        return
    known = f"contacts from {samples['contacts']}" if samples["contacts"] else "no contact is known"
    yield f"{count_of(samples['records'], samples['noun'])} replayed, {known}"
    if samples["unreadable"]:
        yield f"{samples['unreadable']} could not be read and say nothing"
    if samples["left_aside"]:
        yield f"left aside, holding other things: {', '.join(samples['left_aside'])}"


def summary_line(view: MappingChanges) -> str:
    """Give the whole in one sentence."""
    samples, version = view["samples"], view["version"]
    if samples is None or version is None:
        return _STATUS[view["status"]]
    records = count_of(samples["records"], f"sample {samples['noun']}")
    changed = [one for one in view["effects"] if one["heading"] != "wording"]
    if not view["edits"]:
        return f"nothing changes for {records}"
    counts = Counter[str](one["severity"] for one in view["effects"])
    told = ", ".join(f"{counts[word]} {said}" for word, said in _SEVERITIES if counts[word])
    seen = told if changed else f"nothing changes for {records}"
    return f"{seen}; the change needs a {version['needed']} version, {_declared(view)}"


def _declared(view: MappingChanges) -> str:
    version = view["version"]
    word = version["declared"] if version is not None else ""
    return {"none": "none is declared", "lowered": "a lower one is declared"}.get(
        word, f"a {word} one is declared"
    )


def unseen_edits(view: MappingChanges) -> list[EditView]:
    """Give the changes of the mapping that no sample shows an effect of."""
    return [one for one in view["edits"] if not one["shown"] and not one["wording"]]


def effect_says(effect: EffectView) -> str:
    """Give an effect in a sentence, with the change of its amounts."""
    amounts = ", ".join(f"{amount} {one}" for one, amount in effect["amounts"].items())
    return effect["says"] + (f": {amounts}" if amounts else "")


def example_lines(effect: EffectView) -> Iterator[str]:
    """Give each record's difference on a line; those that have no values to show share one."""
    bare = []
    for one in effect["examples"]:
        if one["before"] is None and one["after"] is None:
            bare.append(one["record"])
        else:
            yield f"{one['record']}  {_value(one['before'])} → {_value(one['after'])}"
    if bare:
        yield ", ".join(bare)


def cost_cells(view: MappingChanges) -> list[list[str]]:
    """Give the cost as rows of cells, the first being the head; nothing when it stays."""
    if all(one["calls"][0] == one["calls"][1] for one in view["cost"]):
        return []
    rows = [["tier", "calls", "minutes", "at"]]
    for one in view["cost"]:
        minutes = one["minutes"]
        told = f"{minutes[0]:g} → {minutes[1]:g}" if minutes is not None else "no limit"
        calls = f"{one['calls'][0]:,} → {one['calls'][1]:,}"
        rows.append([one["tier"], calls, told, one["limit"]])
    return rows


def _value(value: object) -> str:
    if value is None:
        return "(none)"
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
