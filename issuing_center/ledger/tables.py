"""The tables of the ledger and the rules that the database itself enforces on them.

Outcomes and events can only be added. Of orders and documents only the state moves; a sealed document can be erased but
never be replaced. The rules are triggers, so that they hold for every program that reaches the database.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from issuing_center.database import Instant, metadata

orders = Table(
    "orders",
    metadata,
    Column("txn", String(32), primary_key=True),
    Column("visit_id", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("kiosk_id", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("municipality_code", String(6), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("copies", Integer, nullable=False),
    Column("fee_yen", Integer, nullable=False),
    Column("idempotency_key", String(64), nullable=False),
    Column("request_sha256", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("erase_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("register_version", BigInteger, nullable=False),
    Column("build_id", String(64), nullable=False),
    Column("config_id", String(64), nullable=False),
    Column("operator", String(64), nullable=False, server_default=""),  # empty: the municipality itself
    UniqueConstraint("kiosk_id", "idempotency_key"),
    CheckConstraint("state IN ('issued', 'reported', 'expired')", name="state"),
    CheckConstraint("copies >= 1", name="copies"),
    CheckConstraint("fee_yen >= 0", name="fee_yen"),
    Index(None, "state", "erase_at"),
    Index(None, "created_at"),
)

documents = Table(
    "documents",
    metadata,
    Column("serial", String(40), primary_key=True),
    Column("txn", String(32), ForeignKey("orders.txn"), nullable=False),
    Column("copy_no", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("sealed", LargeBinary),  # NULL: erased
    Column("binding", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sheets", Integer),  # NULL: not reported yet
    UniqueConstraint("txn", "copy_no"),
    CheckConstraint("state IN ('issued', 'handed_over', 'voided', 'unknown')", name="state"),
    CheckConstraint("copy_no >= 1", name="copy_no"),
    CheckConstraint("pages >= 1", name="pages"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("txn", String(32), ForeignKey("orders.txn"), primary_key=True),
    Column("payload", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("money", String(16), nullable=False),
    Column("received_yen", Integer, nullable=False),
    Column("case_no", String(32)),  # NULL: ended in order
    CheckConstraint("money IN ('none', 'kept', 'refunded', 'unknown')", name="money"),
    CheckConstraint("received_yen >= 0", name="received_yen"),
)

events = Table(
    "events",
    metadata,
    # Only a handle for the row: nothing is ever found or ordered by it (INV-9).
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("txn", String(32)),
    Column("event", String(32), nullable=False),
    Column("detail", String(80), nullable=False),
    Index(None, "txn"),
)

refusals = Table(
    "refusals",
    metadata,
    Column("reference", String(32), primary_key=True),
    Column("kiosk_id", String(64), nullable=False),
    Column("visit_id", String(32)),
    Column("reason", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
