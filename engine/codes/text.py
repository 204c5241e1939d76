"""MD101 to MD199: reading YAML text."""

from __future__ import annotations

from engine.codes.code import Code

TEXT: dict[str, Code] = {
    "MD101": Code(
        "file too large",
        "A mapping has at most 256 KiB, so that no file can stall a check. Split it, or move data"
        " out of it.",
    ),
    "MD102": Code(
        "not UTF-8",
        "The bytes are not UTF-8, so each program would guess other characters. Save the file as"
        " UTF-8; most editors offer it beside the file name.",
    ),
    "MD103": Code(
        "byte order mark inside the file",
        "U+FEFF is allowed at the very start only. Elsewhere, often after joining files, it becomes"
        " an invisible part of a key or value. Delete it.",
    ),
    "MD104": Code(
        "character that cannot be seen",
        "Control characters, characters that turn the direction of text, and blanks other than the"
        " space make a file mean something else than a reviewer sees. Delete it, or write its"
        " escape in a double-quoted text.",
    ),
    "MD105": Code(
        "odd line break",
        "Some programs end a line at this character and others do not, so what looks like a comment"
        " could be a live key. End lines with LF or CRLF.",
    ),
    "MD106": Code(
        "not YAML",
        "The text breaks the rules of YAML, so it has no one meaning. The message says what was met"
        " and where; a text that holds punctuation is safe in single quotes.",
    ),
    "MD107": Code(
        "directive",
        "A line that begins with % tells a YAML parser to read the file in another way. Mappings"
        " are always YAML 1.2: delete the line.",
    ),
    "MD108": Code(
        "second document",
        "A line of --- ends the document and begins another, which most programs would ignore."
        " One file holds one mapping: use two files.",
    ),
    "MD109": Code(
        "anchor or alias",
        "&name and *name repeat a value far from where it is read, and a few lines of them can grow"
        " without limit. Write the value out; put a text that begins with & or * in quotes.",
    ),
    "MD110": Code(
        "merge key",
        "<< copies keys of another mapping in some YAML programs and is a plain key in others."
        " Write the keys out.",
    ),
    "MD111": Code(
        "tag",
        "!name changes the type of a value, and in some programs runs code. Quotes make a text, no"
        " quotes a number or a truth value; put a text that begins with ! in quotes.",
    ),
    "MD112": Code(
        "duplicate key",
        "The same key stands twice in one mapping, and YAML programs silently keep one of the two."
        " Keep the one that is meant. Keys are texts: 1 and '1' are the same.",
    ),
    "MD113": Code(
        "key is not a text",
        "A mapping or a list cannot be a key. It mostly comes from a template without quotes: a"
        " text that begins with { or [ stands in quotes.",
    ),
    "MD114": Code(
        "keys that look alike",
        "The key can be taken for another one: it is spelt with combining characters, or differs"
        " from a key beside it only in case, width or unseen characters. Type it in plain letters.",
    ),
    "MD115": Code(
        "number that cannot be kept",
        "Whole numbers have at most 18 digits, others must survive as they are written, and .inf"
        " and .nan are no numbers. Put an identifier in quotes.",
    ),
    "MD116": Code(
        "empty file",
        "The file holds nothing, or only comments. A mapping begins with lines of the form"
        " key: value.",
    ),
    "MD117": Code(
        "top level is not a mapping",
        "The file is one list or one text. A mapping begins with lines of the form key: value in"
        " column 1.",
    ),
    "MD118": Code(
        "nested too deeply",
        "At most 20 mappings and lists stand inside each other. Nothing in a mapping needs more:"
        " look for brackets or indentation that never ends.",
    ),
    "MD119": Code(
        "too many values",
        "A file has at most 5,000 keys and values, so that no file can stall a check. Split it, or"
        " move data out of it.",
    ),
}
