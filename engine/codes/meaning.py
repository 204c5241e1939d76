"""MD401 to MD499: references, consent, money, sends."""

from __future__ import annotations

from engine.codes.code import Code

MEANING: dict[str, Code] = {
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
    "MD421": Code(
        "amounts of different kinds in one total",
        "A total holds amounts of one kind and one tax basis. Listed prices hold their tax in the"
        " mode TAX_INCLUDED and leave it out in TAX_EXCLUDED, so tax is added in that mode only,"
        " and then to every part. Prices of one piece, commission and what the platform pays are"
        " other kinds.",
    ),
    "MD422": Code(
        "cancelations subtracted from current amounts",
        "Mirakl takes a cancelation out of line and order totals at once, so what is due now is net"
        " of it already. Subtracting it again is the usual mistake, and revenue is then"
        " too low by every cancelation. Add cancelations only to say what was placed.",
    ),
    "MD423": Code(
        "amount counted twice",
        "In some situation, such as a refund that is paid, the total holds the same amount twice,"
        " or an amount beside another that holds it already.",
    ),
    "MD424": Code(
        "refunds that are forgotten",
        "Every state of a refund either counts or is left out on purpose: what a condition leaves"
        " out stands under `leaves` with the reason. Amounts of lines that can be refunded are only"
        " revenue once some total counts the refunds.",
    ),
    "MD425": Code(
        "equation that decides nothing",
        "No amount is below 0, so some rules hold whatever the order says, and others never can. A"
        " rule guards something only when it compares figures from different places.",
    ),
    "MD426": Code(
        "amounts that nothing is compared with",
        "Lines add up to revenue, but no equation holds them against a total of the record. A line"
        " that is missing from the payload, or read wrongly, would not be noticed.",
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
    "MD448": Code(
        "opt-in without a clear answer",
        "Only a shopper's own yes may subscribe: `opt_in` names the answers that give consent, and"
        " a row with add_subscribed is limited to them. What stands in for a missing or unreadable"
        " answer is never one of them, for silence is no consent (UK GDPR, article 4(11)).",
    ),
    "MD449": Code(
        "opt-in without its proof",
        "Whoever relies on consent must be able to prove it (UK GDPR, article 7(1)). A row with"
        " add_subscribed is limited to the whole evidence, and the call that creates the contact"
        " takes the consent record along.",
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
    "MD472": Code(
        "name that is taken",
        "A name may be declared once, and the language keeps some for itself: person, address, "
        "contact, consent, record, lifetime, param and value.",
    ),
    "MD473": Code(
        "name that is not known yet",
        "A record is worked out in the order of the language: reads, money, identity, consent, "
        "lifetime, text, send. Each part can use only what an earlier part gives.",
    ),
    "MD474": Code(
        "answer that is never needed",
        "The source lock rules the case out, or other answers cover it. Readers would believe that"
        " it decides something: let `otherwise` answer what should never happen.",
    ),
    "MD480": Code(
        "name not known in a sentence",
        "The sentence of an exception can show reads, totals and parameters, which are known "
        "when it is raised.",
    ),
    "MD491": Code(
        "ignore that is not allowed",
        "A comment `# miradot: ignore[CODE] reason` accepts a warning on its line, or on the next"
        " one when it stands alone. It names the code and gives the reason, which reviewers read."
        " Errors are never ignored.",
    ),
    "MD492": Code(
        "ignore that ignores nothing",
        "The line has no such warning any more, so the comment would only hide the next one. Remove"
        " it.",
    ),
}
