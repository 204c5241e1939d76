"""The tables: orders, ledger, people, contacts, calls, exceptions and what keeps them in step.

Times are UTC ISO 8601 text of one width, so that they sort; amounts are decimal text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

METADATA = MetaData()
# SQLite numbers rows by INTEGER alone.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

SCHEMA_STEP = Table(
    "schema_step",
    METADATA,
    Column("step", Text, primary_key=True),
    Column("done_at", Text, nullable=False),
    comment="Which steps of the schema this database has taken.",
)

CURSOR = Table(
    "cursor",
    METADATA,
    Column("flow", Text, primary_key=True),
    Column("shop", Text, primary_key=True, server_default="", comment="Mirakl's, by its id."),
    Column("stream", Text, primary_key=True),
    Column("watermark", Text, comment="The vendor's clock at the start of the last whole read."),
    Column("pending", Text, comment="JSON: where a read that is under way has come to."),
    Column("moved_at", Text, nullable=False),
    comment="How far each stream of each shop has been read.",
)

ORDER_VERSION = Table(
    "order_version",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("flow", Text, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("version", Text, nullable=False, comment="When Mirakl changed it; '' if unreadable."),
    Column("payload", Text, nullable=False, comment="The order as Mirakl gave it, JSON."),
    Column("lane", Text, nullable=False, comment="event or batch"),
    Column("subject", Text, nullable=False, comment="The person key, else order:KEY."),
    Column("landed_at", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("shop", Text, nullable=False, server_default="", comment="Which shop's order it is."),
    Column("shown", Integer, nullable=False, server_default="0", comment="Orders equal stamps."),
    Column("outcome", Text, comment="sent, unchanged, held or rejected; null while it waits."),
    Column("because", Text, comment="Why it ended so, in a sentence."),
    Column("spec_sha256", Text),
    Column("settled_at", Text),
    UniqueConstraint("flow", "order_key", "content_sha256", name="one_row_per_content"),
    comment="Every version of every order that Mirakl ever showed.",
)
Index(
    "waiting_versions",
    ORDER_VERSION.c.flow,
    ORDER_VERSION.c.subject,
    sqlite_where=text("outcome IS NULL"),
    postgresql_where=text("outcome IS NULL"),
)
Index("versions_of_subject", ORDER_VERSION.c.flow, ORDER_VERSION.c.subject)

LEDGER = Table(
    "ledger",
    METADATA,
    Column("flow", Text, primary_key=True),
    Column("order_key", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("order_version_id", _NUMBER, nullable=False),
    Column("share", Text, nullable=False, comment="JSON: what it adds to the person's figures."),
    Column("money", Text, nullable=False, comment="JSON: its totals."),
    Column("updated_at", Text, nullable=False),
    comment="The figures of each order, as last decided.",
)
Index("ledger_of_person", LEDGER.c.flow, LEDGER.c.person)

PERSON = Table(
    "person",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("contact_id", _NUMBER, comment="The anchor in Dotdigital, once known."),
    Column("claimed_by", Text),
    Column("claimed_until", Text),
    Column("epoch", Integer, nullable=False, default=0, comment="Fences a claim that ran out."),
    Column("not_before", Text, comment="When it is tried again after a failure."),
    Column("attempts", Integer, nullable=False, default=0),
    comment="People (or orders without one), each written by one worker at a time.",
)

ALIAS = Table(
    "alias",
    METADATA,
    Column("address", Text, primary_key=True, comment="Keyed hash of an address."),
    Column("subject", Text, primary_key=True),
    Column("relay", Boolean, nullable=False),
    Column("seen_at", Text, nullable=False),
    comment="Addresses under which orders of a person came.",
)
Index("aliases_of_subject", ALIAS.c.subject)

CONTACT = Table(
    "contact",
    METADATA,
    Column("contact_id", _NUMBER, primary_key=True, autoincrement=False),
    Column("email", Text, comment="In small letters."),
    Column("status", Text, nullable=False, comment="As told for the e-mail channel, for people."),
    Column("person", Text, comment="The person key that the contact carries."),
    Column("answer", Text, nullable=False, comment="JSON: what Dotdigital said of its status."),
    Column("read_at", Text, nullable=False),
    comment="The mirror of Dotdigital's contacts: never the truth, always dated.",
)
Index("contact_by_email", CONTACT.c.email)
Index("contact_by_person", CONTACT.c.person)

CALL = Table(
    "call",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("flow", Text, nullable=False),
    Column("call_id", Text, nullable=False, comment="The effect, as the plan names it."),
    Column("order_version_id", _NUMBER, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("send", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("idempotent", Boolean, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("query", Text, nullable=False, comment="JSON"),
    Column("body", Text, nullable=False, comment="JSON; empty once it is done with."),
    Column("digest", Text, nullable=False, comment="SHA-256 of method, path, query and body."),
    Column("spec_sha256", Text, nullable=False),
    Column("state", Text, nullable=False, comment="See engine.state.outbox."),
    Column("attempts", Integer, nullable=False, default=0),
    Column("status", Integer, comment="HTTP status of the answer."),
    Column("said", Text, comment="What Dotdigital said, where it refused."),
    Column("batch_id", _NUMBER),
    Column("made_at", Text, nullable=False),
    Column("sent_at", Text),
    Column("answered_at", Text),
    comment="The outbox: every call, before it is made and after.",
)
Index("calls_of_subject", CALL.c.subject, CALL.c.state)
Index("calls_of_version", CALL.c.order_version_id)
Index("calls_by_effect", CALL.c.flow, CALL.c.call_id)
Index("calls_of_batch", CALL.c.batch_id)

BATCH = Table(
    "batch",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("flow", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("collection", Text, nullable=False, default=""),
    Column("records", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False, comment="sending, running, read, refused or lost."),
    Column("import_id", Text),
    Column("worker", Text, nullable=False),
    Column("sent_at", Text, nullable=False),
    Column("read_at", Text),
    Column("failures", Integer),
    comment="Bulk imports, and whether their report was read.",
)

DOUBT = Table(
    "doubt",
    METADATA,
    Column("call", _NUMBER, primary_key=True, autoincrement=False),
    Column("flow", Text, nullable=False),
    Column("due_at", Text, nullable=False, comment="When it has landed, if it ever does."),
    comment="Calls that left, were not answered, and may still take effect.",
)
Index("doubts_due", DOUBT.c.flow, DOUBT.c.due_at)

EXCEPTION = Table(
    "exception",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("flow", Text, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("order_version_id", _NUMBER),
    Column("subject", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("level", Text, nullable=False, comment="hold, review, reject or note"),
    Column("owner", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("place", Text, nullable=False, comment="Where in the order."),
    Column("rule", Text, nullable=False, comment="The line of the mapping."),
    Column("retry", Text, nullable=False),
    Column("evidence", Text, nullable=False, default="{}", comment="JSON, nothing personal."),
    Column("opened_at", Text, nullable=False),
    Column("closed_at", Text),
    Column("closed_by", Text),
    Column("note", Text),
    comment="What waits for a person, and what became of it.",
)
Index("exceptions_of_order", EXCEPTION.c.flow, EXCEPTION.c.order_key)
Index("exceptions_of_subject", EXCEPTION.c.subject)
Index("exceptions_of_version", EXCEPTION.c.order_version_id)

DECISION = Table(
    "decision",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("subject", Text, nullable=False),
    Column("contact_id", _NUMBER, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("undone_at", Text),
    comment="Whose contact it is, where people decided; newest one that is not undone counts.",
)

TOMBSTONE = Table(
    "tombstone",
    METADATA,
    Column("digest", Text, primary_key=True, comment="Keyed hash of an identifier."),
    Column("kind", Text, nullable=False, comment="person, address, order or contact"),
    Column("made_at", Text, nullable=False),
    comment="Who was erased; the identifiers themselves are nowhere.",
)

TIE = Table(
    "tie",
    METADATA,
    Column("kind", Text, primary_key=True, comment="See engine.state.ties and engine.state.shops."),
    Column("value", Text, nullable=False, comment="A number of the vendor's, or a keyed hash."),
    Column("made_at", Text, nullable=False),
    comment="What this database belongs to; with anything else its numbers and hashes mean others.",
)

ERASURE = Table(
    "erasure",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("contact_id", _NUMBER, comment="Whom Dotdigital still has to delete; null once done."),
    Column("asked_at", Text, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Text, comment="When it is tried again after a failure."),
    Column("done_at", Text),
    comment="Contacts of people who were erased here, to be deleted in Dotdigital.",
)
Index("erasures_of_contact", ERASURE.c.contact_id)

BUDGET = Table(
    "budget",
    METADATA,
    Column("account", Text, primary_key=True),
    Column("tier", Text, primary_key=True),
    Column("next_at", Float, nullable=False, comment="GCRA: seconds since 1970."),
    Column("paused_until", Float, nullable=False, default=0.0),
    comment="Calls left, per account and tier.",
)

RUN = Table(
    "run",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="sync, send, backfill, replay or forget"),
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("state", Text, nullable=False, comment="running, done, failed or stopped"),
    Column("figures", Text, nullable=False, default="{}", comment="JSON"),
    Column("note", Text, nullable=False, default=""),
    comment="What ran, when, and how it ended.",
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False, comment="The name that the token was given to."),
    Column("act", Text, nullable=False, comment="See engine.state.audit."),
    Column("exception_id", _NUMBER, comment="What it was done to, where it was an exception."),
    Column("person", Text, nullable=False, default="", comment="Keyed hash of a person key."),
    Column("ended", Text, comment="done or refused; null where nobody knows."),
    comment="What people did on the page; names of ours alone, nothing of customers.",
)
Index("audit_of_exception", AUDIT.c.exception_id)

CONSENT_EVENT = Table(
    "consent_event",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("subject", Text, nullable=False),
    Column("contact_id", _NUMBER),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="read, decided, created or withdrawn"),
    Column("status", Text, nullable=False),
    Column("decision", Text, nullable=False, default=""),
    Column("because", Text, nullable=False, default=""),
    Column("order_key", Text, nullable=False, default=""),
    Column("spec_sha256", Text, nullable=False, default=""),
    comment="The consent trail of each person.",
)
Index("consent_of_subject", CONSENT_EVENT.c.subject)

RING = Table(
    "ring",
    METADATA,
    Column("flow", Text, primary_key=True),
    Column("shop", Text, primary_key=True, server_default=""),
    Column("order_key", Text, primary_key=True),
    Column("rung_at", Text, nullable=False),
    comment="Orders of a shop that were named and that are still to be fetched.",
)

RING_SEEN = Table(
    "ring_seen",
    METADATA,
    Column("message", Text, primary_key=True),
    Column("seen_at", Text, nullable=False),
    comment="Messages of the doorbell, kept while a replay is possible.",
)

MEASUREMENT = Table(
    "measurement",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("flow", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="See engine.state.measurements."),
    Column("part", Text, nullable=False, comment="What it is of, such as a month; '' of all."),
    Column("at", Text, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("found", Integer, nullable=False, comment="How many things are not as they should be."),
    Column("figure", Float, comment="The headline figure; null where there is nothing to count."),
    Column("cause", Text, nullable=False, comment="The first of what was found, in a sentence."),
    Column("document", Text, nullable=False, comment="JSON; empty once a newer one is there."),
    comment="What usability, drift, reconciliation and the audit of consent found, and when.",
)
Index("measurements_of_kind", MEASUREMENT.c.flow, MEASUREMENT.c.kind, MEASUREMENT.c.part)

RESTORE = Table(
    "restore",
    METADATA,
    Column("flow", Text, primary_key=True),
    Column("restored_at", Text, nullable=False),
    Column("caught_up_at", Text, comment="When Mirakl had been read whole since; null until then."),
    comment="When the database was last put back from a backup: what came after it was forgotten.",
)

ALERT = Table(
    "alert",
    METADATA,
    Column("flow", Text, primary_key=True),
    Column("kind", Text, primary_key=True, comment="See engine.alerts.kinds."),
    Column("part", Text, primary_key=True, comment="Of what, such as a tier; '' of all."),
    Column("raised", Boolean, nullable=False),
    Column("since", Text, nullable=False, comment="When it became so."),
    Column("turning", Text, comment="Since when its figure says otherwise."),
    Column("flips", Integer, nullable=False, comment="How often it has changed."),
    Column("said", Text, nullable=False, comment="The figure in a sentence; nothing personal."),
    Column("cause", Text, nullable=False),
    Column("owner", Text, nullable=False, comment="Who heard of it last."),
    comment="How each alert stands.",
)

NOTICE = Table(
    "notice",
    METADATA,
    Column("flow", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("flip", Integer, primary_key=True, comment="Which change of the alert it tells."),
    Column("target", Text, primary_key=True, comment="The route by name; its address is nowhere."),
    Column("raised", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False, comment="Nothing personal."),
    Column("state", Text, nullable=False, comment="See engine.state.alerts."),
    Column("attempts", Integer, nullable=False),
    Column("said", Text, nullable=False, comment="What came back, in words of ours."),
    Column("not_before", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("begun_at", Text),
    Column("ended_at", Text),
    comment="Who was told of which change of an alert, each once.",
)
Index("notices_to_send", NOTICE.c.flow, NOTICE.c.state, NOTICE.c.not_before)
