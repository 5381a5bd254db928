"""The table of closed cases: how staff found that an order ended. Only ever added to, once for an order."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table

from issuing_center.database import Instant, metadata

closings = Table(
    "case_closing",
    metadata,
    Column("txn", String(32), ForeignKey("orders.txn"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("closed_by", String(40), nullable=False),  # a staff id
    Column("ended", String(16), nullable=False),
    Column("copies", Integer, nullable=False),  # in the resident's hands, and paid for
    Column("cause", String(400), nullable=False),
    CheckConstraint("ended IN ('handed_over', 'refunded', 'nothing_taken')", name="ended"),
    CheckConstraint(
        "(ended = 'handed_over' AND copies >= 1) OR (ended <> 'handed_over' AND copies = 0)", name="copies"
    ),
    CheckConstraint("length(cause) >= 10", name="cause"),
)
