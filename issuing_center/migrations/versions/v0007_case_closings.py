"""Staff close the case of an order with how it ended; written once, beside what the machine reported."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the rules that keep it."""
    op.create_table(
        "case_closing",
        sa.Column("txn", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=40), nullable=False),
        sa.Column("ended", sa.String(length=16), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=400), nullable=False),
        sa.CheckConstraint("ended IN ('handed_over', 'refunded', 'nothing_taken')", name=op.f("ck_case_closing_ended")),
        sa.CheckConstraint(
            "(ended = 'handed_over' AND copies >= 1) OR (ended <> 'handed_over' AND copies = 0)",
            name=op.f("ck_case_closing_copies"),
        ),
        sa.CheckConstraint("length(cause) >= 10", name=op.f("ck_case_closing_cause")),
        sa.ForeignKeyConstraint(["txn"], ["orders.txn"], name=op.f("fk_case_closing_txn")),
        sa.PrimaryKeyConstraint("txn", name=op.f("pk_case_closing")),
    )
    if op.get_bind().dialect.name == "sqlite":
        refuse = " BEGIN SELECT RAISE(ABORT, 'the ledger does not change what it wrote'); END"
        for act in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER case_closing_no_{act.lower()} BEFORE {act} ON case_closing{refuse}")
    else:
        for act, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER case_closing_no_{act.lower()} BEFORE {act} ON case_closing"
                f" FOR EACH {each} EXECUTE FUNCTION ledger_refuses()"
            )
