"""The settings of a brand: what each means, what it is now, and which must be given."""

from __future__ import annotations

from engine.checked import CheckedSpec
from engine.handbook.blocks import Block, Paragraph, Row, Section, Table, code, say, sentence
from engine.handbook.values import tell_setting
from engine.spec.params import Param

TITLE = "What a brand sets"
_TYPES = {
    "text": "a text",
    "texts": "a list of texts",
    "integer": "a whole number",
    "boolean": "true or false",
    "choice": "one of {choices}",
    "timezone": "a time zone",
    "list_id": "number of a list",
    "programme_id": "number of a programme",
    "campaign_id": "number of a campaign",
}


def tell_settings(checked: CheckedSpec) -> Section:
    """Give the section: first what a brand must give, then what it may change."""
    params = checked.spec.params
    if not params:
        return Section(TITLE, (Paragraph(say("Nothing: it is the same for every brand.")),))
    must = {name: one for name, one in params.items() if one.default is None}
    may = {name: one for name, one in params.items() if one.default is not None}
    blocks: list[Block] = []
    if must:
        blocks += [
            Paragraph(
                say("These have no value of their own. An example stands in, in a dry run only.")
            ),
            _table(checked, "What must be set", "Example", must),
        ]
    if may:
        blocks += [
            Paragraph(say("These have a value that a brand may change in its brand file.")),
            _table(checked, "What may be changed", "Value", may),
        ]
    return Section(TITLE, tuple(blocks))


def _table(checked: CheckedSpec, caption: str, shown: str, params: dict[str, Param]) -> Table:
    rows = tuple(
        Row(
            (
                say("{}", code(name)),
                sentence(one.about),
                say(_TYPES[one.type].replace("{choices}", ", ".join(one.choices or ()))),
                tell_setting(checked, name),
                say(one.purpose or ""),
            )
        )
        for name, one in params.items()
    )
    if any(one.purpose for one in params.values()):
        return Table(caption, ("Setting", "What it means", "Kind", shown, "For"), rows)
    rows = tuple(Row(row.cells[:-1]) for row in rows)
    return Table(caption, ("Setting", "What it means", "Kind", shown), rows)
