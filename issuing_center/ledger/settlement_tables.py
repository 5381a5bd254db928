"""The tables of closed settlements: written once for each month, never changed. Triggers keep them so."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from issuing_center.database import Instant, metadata

runs = Table(
    "settlement_run",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("closed_at", Instant, nullable=False),
    Column("previous_digest", String(64), nullable=False),  # empty for the first month
    Column("digest", String(64), nullable=False),
)


def _key() -> tuple[Column[str], ...]:
    return (
        Column("month", String(7), ForeignKey("settlement_run.month"), primary_key=True),
        Column("order_month", String(7), primary_key=True),
        Column("municipality_code", String(6), primary_key=True),
        Column("operator", String(64), primary_key=True),
        Column("kind", String(32), primary_key=True),
    )


lines = Table(
    "settlement_line",
    metadata,
    *_key(),
    Column("copy_commission_yen", Integer, primary_key=True, autoincrement=False),
    Column("copies", BigInteger, nullable=False),
    Column("fees_yen", BigInteger, nullable=False),
)

open_orders = Table(
    "settlement_open",
    metadata,
    *_key(),
    Column("orders", BigInteger, nullable=False),
    Column("received_yen", BigInteger, nullable=False),
)
