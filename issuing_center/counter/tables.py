"""The tables of the counter. What clerks did is only ever added to; of a number the state moves, and its receipt's.

A name stands in none of them. The 申請書 that an office has to keep is there encrypted.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from issuing_center.database import Instant, metadata

series = Table(
    "counter_series",
    metadata,
    # Row locks that end with their transaction: numbers of a day at an office, receipts of a 年度, changes.
    Column("municipality_code", String(6), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("last", BigInteger, nullable=False),
)

requests = Table(
    "counter_request",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("municipality_code", String(6), nullable=False),
    Column("office", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("number", Integer, nullable=False),
    Column("check_code", String(4), nullable=False),
    Column("slip_code", String(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("content", String(64), nullable=False),  # keyed hash of what was asked for, copies apart
    Column("kind", String(32), nullable=False),
    Column("copies", Integer, nullable=False),
    Column("fee_yen", Integer, nullable=False),
    Column("terminal", String(64), nullable=False),
    Column("txn", String(32)),  # of the latest printing; NULL until the documents exist
    Column("requested_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("called_at", Instant),
    Column("reprint_permitted", Boolean, nullable=False),
    Column("attention", String(20)),
    UniqueConstraint("municipality_code", "office", "day", "number"),
    CheckConstraint(
        "state IN ('requested', 'issued', 'printed', 'paid', 'handed_over', 'cancelled', 'spoiled')", name="state"
    ),
    CheckConstraint("number BETWEEN 1 AND 9999", name="number"),
    Index(None, "municipality_code", "day"),
    Index(None, "subject", "day"),
    Index(None, "state", "requested_at"),
)

attempts = Table(
    "counter_attempt",
    metadata,
    # One order of a terminal for a number: the first, or one that prints again what was spoilt.
    Column("kiosk_id", String(64), primary_key=True),
    Column("idempotency_key", String(64), primary_key=True),
    Column("request_id", String(32), ForeignKey("counter_request.request_id"), nullable=False),
    Column("request_sha256", String(64), nullable=False),
    Column("txn", String(32), unique=True),
    Column("ticket", LargeBinary),
)

sheets = Table(
    "counter_sheet",
    metadata,
    Column("serial", String(40), primary_key=True),
    Column("request_id", String(32), ForeignKey("counter_request.request_id"), nullable=False),
    Column("txn", String(32), nullable=False),
    Column("copy_no", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("sheets", Integer, nullable=False),  # security paper that came out
    Column("state", String(16), nullable=False),
    Column("reason", String(20)),
    Column("replaced", Boolean, nullable=False),
    CheckConstraint("state IN ('issued', 'printed', 'handed_over', 'spoiled')", name="state"),
    Index(None, "request_id"),
    Index(None, "txn"),
)

papers = Table(
    "counter_paper",
    metadata,
    # 申請書 and 領収書 as they went to the terminal; the sealed form is erased with those of the certificates.
    Column("txn", String(32), ForeignKey("orders.txn"), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("serial", String(40), nullable=False, unique=True),
    Column("pages", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("sealed", LargeBinary),  # NULL: erased
    Column("signature", LargeBinary, nullable=False),
)

receipts = Table(
    "counter_receipt",
    metadata,
    Column("municipality_code", String(6), primary_key=True),
    Column("fiscal_year", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("request_id", String(32), ForeignKey("counter_request.request_id"), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("method", String(16)),
    Column("exemption", String(40)),
    Column("amount_yen", Integer, nullable=False),  # taken; stays when it was given back
    Column("refunded", Boolean, nullable=False),
    Column("settled_at", Instant),
    Column("settled_by", String(32)),
    CheckConstraint("state IN ('reserved', 'paid', 'void')", name="state"),
    CheckConstraint("amount_yen >= 0", name="amount_yen"),
)

changes = Table(
    "counter_change",
    metadata,
    Column("municipality_code", String(6), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("request_id", String(32), ForeignKey("counter_request.request_id")),
    Column("office", String(40), nullable=False),
    Column("act", String(20), nullable=False),
    Column("state", String(16)),
    Column("staff_id", String(32), nullable=False),
    Column("detail", String(64), nullable=False),
    Index(None, "request_id"),
)

applications = Table(
    "counter_application",
    metadata,
    Column("txn", String(32), ForeignKey("orders.txn"), primary_key=True),
    Column("request_id", String(32), ForeignKey("counter_request.request_id"), nullable=False),
    Column("municipality_code", String(6), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("keep_until", Date, nullable=False),
    Column("nonce", LargeBinary(12), nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index(None, "keep_until"),
)

terminals = Table(
    "counter_terminal",
    metadata,
    Column("terminal", String(64), primary_key=True),
    Column("municipality_code", String(6), nullable=False),
    Column("office", String(40), nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("printer", String(16), nullable=False),
    Column("slips", String(16), nullable=False),
)

seal_codes = Table(
    "counter_seal_code",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("municipality_code", String(6), nullable=False),
    Column("resident_id", String(32), nullable=False),
    Column("verified_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("method", String(8), nullable=False),
    Index(None, "expires_at"),
)

staff_locks = Table(
    "staff_lock",
    metadata,
    # Only ever added to: the last line of a clerk and a certificate says what counts.
    Column("municipality_code", String(6), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("staff_id", String(32), nullable=False),
    Column("certificate_sha256", String(64), nullable=False),  # empty: all of the clerk's
    Column("locked", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String(40), nullable=False),
    Column("reason", String(200), nullable=False),
    Index(None, "municipality_code", "staff_id"),
)
