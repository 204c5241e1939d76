"""The permanent codes of problems: append-only, ranged by phase, never reused.

MD1xx reading the text · MD2xx its shape · MD3xx expressions · MD4xx meaning · MD5xx run time.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means: `title` in a few words, `page` the explanation that `explain` prints."""

    title: str
    page: str


TEXT = {
    # MD101..MD199: reading YAML text
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

SHAPE = {
    # MD201..MD299: the mapping against its schema
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

EXPRESSIONS = {
    # MD301..MD399: JMESPath paths and Jinja2 texts
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

MEANING = {
    "MD401": Code(
        "lock not found",
        "A mapping names the source and target it was written for, with their version. The "
        "lock named here does not exist in this miradot, or has moved on: read what changed, "
        "adapt the mapping, then name the new version.",
    ),
    "MD402": Code(
        "parameter value does not fit",
        "A parameter's default, example or brand value must be of its type. What names a "
        "list, programme or campaign also says its purpose, because marketing may only reach "
        "people who agreed.",
    ),
    "MD403": Code(
        "unknown parameter",
        "A word that begins with a dollar sign means a parameter, and this one is not "
        "declared under params.",
    ),
    "MD404": Code(
        "declared but never used",
        "Something is declared that nothing refers to. Readers would believe that it has an "
        "effect, so remove it or use it.",
    ),
    "MD405": Code(
        "read without one source",
        "A read takes its value either from a path or from a custom field, never from both or "
        "neither.",
    ),
    "MD406": Code(
        "unanswered case",
        "Every value can be absent, null, blank or of an unknown kind. The mapping must say "
        "what happens in each case; `missing` answers the first three, `otherwise` all that "
        "are left.",
    ),
    "MD407": Code(
        "answer that does not fit",
        "An answer must be one the type can take: `use` needs a value of the type, an amount "
        "may only be replaced by 0.00, a list can only fail or be skipped.",
    ),
    "MD408": Code(
        "type differs from the lock",
        "The payload lock says what kind of value stands at this path, and the declared type "
        "would read it wrongly.",
    ),
    "MD409": Code(
        "key that the type needs or forbids",
        "Some types need a key of their own: `choices` for choice, `zone` for day, `repeated` "
        "for a list with a key. Others must not have it.",
    ),
    "MD410": Code(
        "unknown name",
        "The word refers to a read, list, total, text or figure that is not declared.",
    ),
    "MD411": Code(
        "name out of sight",
        "A value that exists once per line cannot be used where one value per record is "
        "needed, nor can one list see into another.",
    ),
    "MD412": Code(
        "exception not declared",
        "Every exception that can be raised is declared under exceptions, with its level, "
        "owner, sentence and retry rule.",
    ),
    "MD413": Code(
        "exception never raised",
        "An exception is declared that nothing raises. Remove it, or raise it where it belongs.",
    ),
    "MD414": Code(
        "condition that decides nothing",
        "A condition compares a name with a value it never has, or with bounds it cannot "
        "have. It would silently never hold.",
    ),
    "MD415": Code(
        "total with the wrong form",
        "A total is exactly one of `sum`, `calc` or `choose`; calc joins totals by plus and "
        "minus only, because Mirakl states every amount.",
    ),
    "MD416": Code(
        "not an amount",
        "Only values read as money, and totals, can be added.",
    ),
    "MD417": Code(
        "total used before it is declared",
        "Totals read from the top: each uses only what stands above it, so that nobody has to "
        "search and nothing can run in a circle.",
    ),
    "MD418": Code(
        "amount that may be missing",
        "An amount that can be left out would make a sum too small without a word. Let its "
        "read fail, or use 0.00 where nothing means nothing.",
    ),
    "MD419": Code(
        "rule that cannot be checked",
        "A rule compares a total with a total or a number; `within` belongs to equality only.",
    ),
    "MD420": Code(
        "currency without a currency read",
        "All amounts of a record are in one currency, which is read as the type currency.",
    ),
    "MD430": Code(
        "identity that cannot hold",
        "The person key comes from an id, addresses are read as email, and the exceptions of "
        "identity hold the record: without a certain identity nothing may be sent.",
    ),
    "MD440": Code(
        "consent fact or row at fault",
        "The facts of the consent table have fixed sets of values that are always known, and "
        "every row speaks about every fact. The table must look at the contact's status and "
        "the kind of address.",
    ),
    "MD441": Code(
        "value that a fact cannot have",
        "The row names a value that the fact never has, so it would never hit.",
    ),
    "MD442": Code(
        "gap in the consent table",
        "There are cases for which no row decides. Exactly one row must hit in every case, "
        "all statuses of the target included.",
    ),
    "MD443": Code(
        "overlap in the consent table",
        "Two rows hit the same case, so the decision would depend on their order. Exactly one "
        "row must hit.",
    ),
    "MD444": Code(
        "dead consent row",
        "The row can never hit, because other rows name all its values.",
    ),
    "MD445": Code(
        "catch-all that widens",
        "A row with `rest` may narrow but never subscribe anybody or allow marketing: a "
        "status that the target adds tomorrow would fall into it.",
    ),
    "MD446": Code(
        "decision that does not fit the contact",
        "A contact is created only where none exists, and always with its status stated; the "
        "status of a contact that exists belongs to Dotdigital and is left alone.",
    ),
    "MD447": Code(
        "marketing where nobody agreed",
        "Marketing may follow only for people whom Dotdigital holds as subscribed, or who are "
        "subscribed now, and never for a relay address.",
    ),
    "MD450": Code(
        "text at fault",
        "A text is either a template or the values of one list joined with a separator.",
    ),
    "MD455": Code(
        "lifetime figure at fault",
        "Figures over a person's records count them, add an amount, or take the earliest or "
        "latest instant; without records they are skipped, cleared or a fixed value.",
    ),
    "MD460": Code(
        "operation not available",
        "The target lock lists the operations that a mapping may ask for; those that touch "
        "contacts need identity and consent sections.",
    ),
    "MD461": Code(
        "operation input at fault",
        "Each operation has inputs of its own under `to`, with a type. A status is always the "
        "consent decision's, an address always the record's.",
    ),
    "MD462": Code(
        "data field at fault",
        "A contact's fields exist in the account with a type. Fields beyond the built-in ones "
        "are declared under data_fields, and values must fit their type.",
    ),
    "MD463": Code(
        "record member at fault",
        "Insight records are replaced as a whole: member names are letters, digits, - and _, "
        "lists of objects stand directly in the record, and nothing is cleared.",
    ),
    "MD464": Code(
        "marketing without a guard",
        "What serves marketing, such as a marketing list or a programme, needs a condition on "
        "consent and on a real address, so that no other person can be reached.",
    ),
    "MD465": Code(
        "part that the operation does not take",
        "The operation takes no fields, lists or evidence here, or needs all parts of the "
        "evidence.",
    ),
    "MD466": Code(
        "collection member missing",
        "The collection's records always hold this member, and Dotdigital's segments and "
        "product blocks rely on it.",
    ),
    "MD467": Code(
        "send without its limits",
        "What cannot be taken back, such as an enrolment or a mail, is sent once per key and "
        "only within an age limit, so that a repeat or a backfill never reaches people again.",
    ),
    "MD468": Code(
        "needed value that may be missing",
        "A key or an input of a call must always be there; this value may be left out.",
    ),
    "MD470": Code(
        "record key or version at fault",
        "The key of a record is read as an id and its version as an instant, and neither may "
        "ever be missing.",
    ),
    "MD471": Code(
        "brand file for another mapping",
        "A brand file names the mapping that its values are for.",
    ),
    "MD480": Code(
        "name not known in a sentence",
        "The sentence of an exception can show reads, totals and parameters, which are known "
        "when it is raised.",
    ),
}

DATA = {
    # MD501..MD599: records and contact answers at run time
    "MD501": Code(
        "record that cannot be read",
        "The input holds something that is no record: broken JSON, a lone text, an HTML page or an "
        "error of the source. It is held under the place where it stood; the other records go on.",
    ),
}

CODES: dict[str, Code] = {**TEXT, **SHAPE, **EXPRESSIONS, **MEANING, **DATA}
