"""Incidents block their path until they are closed with a cause; both are written once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("incident", "incident_closing")


def upgrade() -> None:
    """Add the two tables and the rules that keep them."""
    op.create_table(
        "incident",
        sa.Column("incident_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=80), nullable=False),
        sa.Column("txn", sa.String(length=32)),
        sa.Column("detail", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_path"), "incident", ["path"])
    op.create_table(
        "incident_closing",
        sa.Column("incident_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=400), nullable=False),
        sa.CheckConstraint("length(cause) >= 10", name=op.f("ck_incident_closing_cause")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.incident_id"], name=op.f("fk_incident_closing_incident_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident_closing")),
    )
    for table in _TABLES:
        if op.get_bind().dialect.name == "sqlite":
            refuse = " BEGIN SELECT RAISE(ABORT, 'the ledger does not change what it wrote'); END"
            for act in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}{refuse}")
        else:
            for act, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                    f" FOR EACH {each} EXECUTE FUNCTION ledger_refuses()"
                )
