"""The tables of incidents: what must never happen and did, and under which cause it was closed. Only ever added to."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table

from issuing_center.database import Instant, metadata

incidents = Table(
    "incident",
    metadata,
    Column("incident_id", String(16), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("name", String(32), nullable=False),
    Column("path", String(80), nullable=False),
    Column("txn", String(32)),
    Column("detail", String(80), nullable=False),
    Index(None, "path"),
)

closings = Table(
    "incident_closing",
    metadata,
    Column("incident_id", String(16), ForeignKey("incident.incident_id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("closed_by", String(64), nullable=False),
    Column("cause", String(400), nullable=False),
    CheckConstraint("length(cause) >= 10", name="cause"),
)
