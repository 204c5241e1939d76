"""MD201 to MD299: a file against its schema."""

from __future__ import annotations

from engine.codes.code import Code

SHAPE: dict[str, Code] = {
    "MD201": Code(
        "unknown key",
        "The mapping language has no key of that name at that place. It would do nothing, so it is"
        " refused: mostly it is misspelt, or indented under the wrong key.",
    ),
    "MD202": Code(
        "missing key",
        "The language needs this key here and has no default for it: whatever decides something is"
        " written down. The help tells what the key means.",
    ),
    "MD203": Code(
        "wrong type",
        "A text, a number, a list or a block of keys stands where another of them is meant. Nothing"
        " is converted: quotes make a text, no quotes a number or true and false.",
    ),
    "MD204": Code(
        "not one of the words",
        "Only the words listed are known here, in this spelling. The list is closed: each word"
        " has a meaning in the engine.",
    ),
    "MD205": Code(
        "wrong form",
        "The text has not the form that is needed here: a name, a parameter, an exception code in"
        " capitals, an outcome such as fail CODE, or it is too short or too long.",
    ),
    "MD206": Code(
        "empty",
        "A list, a block of keys or a text is needed here and there is nothing in it. Fill it, or"
        " leave the key out where it may be left out.",
    ),
    "MD207": Code(
        "null",
        "Nothing stands after the key, or null or ~ does. It could mean none, empty or forgotten,"
        " so it means nothing in a mapping: write the value, or leave the key out.",
    ),
    "MD208": Code(
        "other version of the language",
        "The mapping is written in a version of the language that this engine does not read."
        " Nothing else is checked: its keys may mean something else there.",
    ),
    "MD209": Code(
        "no schema line",
        "The first line tells editors which schema to check and complete the file with. Without it,"
        " or with another schema, mistakes are only seen when the mapping is validated.",
    ),
}
