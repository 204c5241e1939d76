"""MD301 to MD399: JMESPath paths and Jinja2 texts."""

from __future__ import annotations

from engine.codes.code import Code

EXPRESSIONS: dict[str, Code] = {
    "MD301": Code(
        "path cannot be read",
        "The text is no JMESPath expression. The message says what was found and what was expected"
        " there. Operators are &&, || and !; texts stand in single quotes, numbers in backticks.",
    ),
    "MD302": Code(
        "unknown field",
        "The payload schema has no field of that name at that place. At run time nothing would be"
        " found and no error raised, so the value would be missing for every record.",
    ),
    "MD303": Code(
        "field name where a value is meant",
        "Double quotes, or none, make the name of a field, so the comparison would be with nothing."
        " Write a text in single quotes ('REFUNDED') and true, false or a number in backticks.",
    ),
    "MD304": Code(
        "code not in the known list",
        "The schema lists the codes of this field, and this one is not among them. Such lists are"
        " open, so it may be new: check the spelling, then add it to the lock.",
    ),
    "MD305": Code(
        "misspelt code",
        "The code is not known, and a known one is spelt nearly the same. The comparison would"
        " never be true.",
    ),
    "MD306": Code(
        "unknown function",
        "JMESPath has no function of that name. It would fail on the first record.",
    ),
    "MD307": Code(
        "wrong arguments",
        "A function is given too few or too many arguments, or a type that it refuses. map,"
        " sort_by, min_by and max_by take an expression that begins with &.",
    ),
    "MD308": Code(
        "types that never compare",
        "A number and a text are never equal, and only numbers and texts have an order. Write a"
        " text in single quotes and a number in backticks.",
    ),
    "MD309": Code(
        "list taken for an object, or the reverse",
        "A member is read from a list, or an element from an object. Nothing would be found: walk"
        " the list under each, or leave out the brackets.",
    ),
    "MD310": Code(
        "projection that may shorten a list",
        "A projection drops the elements for which nothing is found, so two lists of the same"
        " elements no longer line up. Lists are walked with each, never projected; a filter that"
        " ends in [0] is fine.",
    ),
    "MD311": Code(
        "money handled by a function",
        "JMESPath calculates in binary fractions and takes the sum of nothing for 0. Arithmetic"
        " lives in the money section; a path only selects.",
    ),
    "MD312": Code(
        "deprecated field with a successor",
        "The source has replaced this field by another and may stop keeping it up to date. Read"
        " the successor.",
    ),
    "MD313": Code(
        "deprecated field",
        "The source advises against this field and names no successor. It may disappear: say what"
        " happens when it is absent.",
    ),
    "MD314": Code(
        "path too large",
        "A path has at most 500 characters, 100 parts and 20 levels. Split it: read the outer part"
        " once, then start from its name.",
    ),
    "MD315": Code(
        "text in backticks",
        "What stands in backticks is JSON. Without quotes inside it is read as a text for the sake"
        " of old expressions only: write 'text' instead.",
    ),
    "MD350": Code(
        "text template cannot be read",
        "The text is no Jinja2. The message says what was found; mostly a bracket or an endif is"
        " missing. A brace that is meant as such is written {{ '{' }}.",
    ),
    "MD351": Code(
        "not allowed in a text template",
        "A text may use names, a few filters, ~, and if with comparisons to constant texts. Loops,"
        " calls, tests and arithmetic are code: read the value in another way, or join a list.",
    ),
}
