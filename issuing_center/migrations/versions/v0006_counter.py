"""The municipal counter: numbers, sheets, fees and receipts, what clerks did, and the 申請書 kept encrypted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ADD_ONLY = ("counter_change",)
_KEPT = ("counter_request", "counter_sheet", "counter_receipt", "counter_paper", "counter_attempt")
"""Tables whose rows are never deleted."""
_FIXED = {
    "counter_request": (
        "request_id, municipality_code, office, day, number, check_code, slip_code, subject, content, kind, copies,"
        " fee_yen, terminal, requested_at"
    ),
    "counter_sheet": "serial, request_id, txn, copy_no, pages",
    "counter_receipt": "municipality_code, fiscal_year, number, request_id",
    "counter_paper": "txn, role, serial, pages, sha256, signature",
    "counter_application": "txn, request_id, municipality_code, made_at, keep_until, nonce, ciphertext, signature",
}
"""Columns that never change once written."""


def upgrade() -> None:
    """Make every table of the counter, then the triggers."""
    op.add_column("visit", sa.Column("verification", sa.String(length=8), nullable=True))
    _make_tables()
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite()
    else:
        _protect_on_postgresql()


def _protect_on_sqlite() -> None:
    def forbid(name: str, when: str, table: str, condition: str = "") -> None:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when} ON {table} {condition}"
            " BEGIN SELECT RAISE(ABORT, 'the ledger does not change what it wrote'); END"
        )

    for table in _ADD_ONLY:
        forbid(f"{table}_no_update", "UPDATE", table)
    for table in (*_ADD_ONLY, *_KEPT):
        forbid(f"{table}_no_delete", "DELETE", table)
    for table, columns in _FIXED.items():
        forbid(f"{table}_fixed", f"UPDATE OF {columns}", table)
    forbid("counter_paper_sealed_once", "UPDATE OF sealed", "counter_paper", "WHEN NEW.sealed IS NOT NULL")


def _protect_on_postgresql() -> None:
    def forbid(name: str, when: str, table: str, each: str = "FOR EACH ROW") -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} {each} EXECUTE FUNCTION ledger_refuses()")

    for table in _ADD_ONLY:
        forbid(f"{table}_no_update", "UPDATE", table)
    for table in (*_ADD_ONLY, *_KEPT):
        forbid(f"{table}_no_delete", "DELETE", table)
        forbid(f"{table}_no_truncate", "TRUNCATE", table, "FOR EACH STATEMENT")
    for table, columns in _FIXED.items():
        forbid(f"{table}_fixed", f"UPDATE OF {columns}", table)
    forbid(
        "counter_paper_sealed_once",
        "UPDATE OF sealed",
        "counter_paper",
        "FOR EACH ROW WHEN (NEW.sealed IS NOT NULL)",
    )


def _make_tables() -> None:
    op.create_table(
        "counter_request",
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("check_code", sa.String(length=4), nullable=False),
        sa.Column("slip_code", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("fee_yen", sa.Integer(), nullable=False),
        sa.Column("terminal", sa.String(length=64), nullable=False),
        sa.Column("txn", sa.String(length=32), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reprint_permitted", sa.Boolean(), nullable=False),
        sa.Column("attention", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'issued', 'printed', 'paid', 'handed_over', 'cancelled', 'spoiled')",
            name=op.f("ck_counter_request_state"),
        ),
        sa.CheckConstraint("number BETWEEN 1 AND 9999", name=op.f("ck_counter_request_number")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_counter_request")),
        sa.UniqueConstraint(
            "municipality_code",
            "office",
            "day",
            "number",
            name=op.f("uq_counter_request_municipality_code_office_day_number"),
        ),
        sa.UniqueConstraint("slip_code", name=op.f("uq_counter_request_slip_code")),
    )
    op.create_index(
        op.f("ix_counter_request_municipality_code_day"), "counter_request", ["municipality_code", "day"], unique=False
    )
    op.create_index(
        op.f("ix_counter_request_state_requested_at"), "counter_request", ["state", "requested_at"], unique=False
    )
    op.create_index(op.f("ix_counter_request_subject_day"), "counter_request", ["subject", "day"], unique=False)
    op.create_table(
        "counter_seal_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_counter_seal_code")),
    )
    op.create_index(op.f("ix_counter_seal_code_expires_at"), "counter_seal_code", ["expires_at"], unique=False)
    op.create_table(
        "counter_series",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_code", "name", name=op.f("pk_counter_series")),
    )
    op.create_table(
        "counter_terminal",
        sa.Column("terminal", sa.String(length=64), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printer", sa.String(length=16), nullable=False),
        sa.Column("slips", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("terminal", name=op.f("pk_counter_terminal")),
    )
    op.create_table(
        "counter_application",
        sa.Column("txn", sa.String(length=32), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=12), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["counter_request.request_id"], name=op.f("fk_counter_application_request_id")
        ),
        sa.ForeignKeyConstraint(["txn"], ["orders.txn"], name=op.f("fk_counter_application_txn")),
        sa.PrimaryKeyConstraint("txn", name=op.f("pk_counter_application")),
    )
    op.create_index(op.f("ix_counter_application_keep_until"), "counter_application", ["keep_until"], unique=False)
    op.create_table(
        "counter_attempt",
        sa.Column("kiosk_id", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("txn", sa.String(length=32), nullable=True),
        sa.Column("ticket", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["counter_request.request_id"], name=op.f("fk_counter_attempt_request_id")
        ),
        sa.PrimaryKeyConstraint("kiosk_id", "idempotency_key", name=op.f("pk_counter_attempt")),
        sa.UniqueConstraint("txn", name=op.f("uq_counter_attempt_txn")),
    )
    op.create_table(
        "counter_change",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=True),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=True),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["counter_request.request_id"], name=op.f("fk_counter_change_request_id")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "number", name=op.f("pk_counter_change")),
    )
    op.create_index(op.f("ix_counter_change_request_id"), "counter_change", ["request_id"], unique=False)
    op.create_table(
        "counter_paper",
        sa.Column("txn", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["txn"], ["orders.txn"], name=op.f("fk_counter_paper_txn")),
        sa.PrimaryKeyConstraint("txn", "role", name=op.f("pk_counter_paper")),
        sa.UniqueConstraint("serial", name=op.f("uq_counter_paper_serial")),
    )
    op.create_table(
        "counter_receipt",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=True),
        sa.Column("exemption", sa.String(length=40), nullable=True),
        sa.Column("amount_yen", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=32), nullable=True),
        sa.CheckConstraint("state IN ('reserved', 'paid', 'void')", name=op.f("ck_counter_receipt_state")),
        sa.CheckConstraint("amount_yen >= 0", name=op.f("ck_counter_receipt_amount_yen")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["counter_request.request_id"], name=op.f("fk_counter_receipt_request_id")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "fiscal_year", "number", name=op.f("pk_counter_receipt")),
        sa.UniqueConstraint("request_id", name=op.f("uq_counter_receipt_request_id")),
    )
    op.create_table(
        "counter_sheet",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("txn", sa.String(length=32), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('issued', 'printed', 'handed_over', 'spoiled')", name=op.f("ck_counter_sheet_state")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["counter_request.request_id"], name=op.f("fk_counter_sheet_request_id")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_counter_sheet")),
    )
    op.create_index(op.f("ix_counter_sheet_request_id"), "counter_sheet", ["request_id"], unique=False)
    op.create_index(op.f("ix_counter_sheet_txn"), "counter_sheet", ["txn"], unique=False)
    # ### end Alembic commands ###
