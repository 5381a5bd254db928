"""The first schema: register, visits, ledger, and the rules the database enforces on the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ADD_ONLY = ("events", "outcomes")
_KEPT = ("orders", "documents")
"""Tables whose rows are never deleted."""
_FIXED = {
    "orders": (
        "txn, visit_id, subject, kiosk_id, channel, municipality_code, kind, scope, copies, fee_yen, idempotency_key,"
        " request_sha256, created_at, erase_at, as_of, register_version, build_id, config_id"
    ),
    "documents": "serial, txn, copy_no, pages, sha256, binding, signature",
}
"""Columns that never change once written."""


def upgrade() -> None:
    """Make every table, then the triggers."""
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
    forbid("documents_sealed_once", "UPDATE OF sealed", "documents", "WHEN NEW.sealed IS NOT NULL")


def _protect_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'the ledger does not change what it wrote' USING ERRCODE = 'integrity_constraint_violation';"
        " END $$"
    )

    def forbid(name: str, when: str, table: str, each: str = "FOR EACH ROW") -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} {each} EXECUTE FUNCTION ledger_refuses()")

    for table in _ADD_ONLY:
        forbid(f"{table}_no_update", "UPDATE", table)
    for table in (*_ADD_ONLY, *_KEPT):
        forbid(f"{table}_no_delete", "DELETE", table)
        forbid(f"{table}_no_truncate", "TRUNCATE", table, "FOR EACH STATEMENT")
    for table, columns in _FIXED.items():
        forbid(f"{table}_fixed", f"UPDATE OF {columns}", table)
    forbid("documents_sealed_once", "UPDATE OF sealed", "documents", "FOR EACH ROW WHEN (NEW.sealed IS NOT NULL)")


def _make_tables() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("txn", sa.String(length=32), nullable=True),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_txn"), "events", ["txn"], unique=False)
    op.create_table(
        "municipality",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("prefecture", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("name_kana", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("feed_as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feed_sequence", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_municipality")),
    )
    op.create_table(
        "orders",
        sa.Column("txn", sa.String(length=32), nullable=False),
        sa.Column("visit_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("kiosk_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("fee_yen", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erase_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("register_version", sa.BigInteger(), nullable=False),
        sa.Column("build_id", sa.String(length=64), nullable=False),
        sa.Column("config_id", sa.String(length=64), nullable=False),
        sa.CheckConstraint("state IN ('issued', 'reported', 'expired')", name=op.f("ck_orders_state")),
        sa.CheckConstraint("copies >= 1", name=op.f("ck_orders_copies")),
        sa.CheckConstraint("fee_yen >= 0", name=op.f("ck_orders_fee_yen")),
        sa.PrimaryKeyConstraint("txn", name=op.f("pk_orders")),
        sa.UniqueConstraint("kiosk_id", "idempotency_key", name=op.f("uq_orders_kiosk_id_idempotency_key")),
    )
    op.create_index(op.f("ix_orders_created_at"), "orders", ["created_at"], unique=False)
    op.create_index(op.f("ix_orders_state_erase_at"), "orders", ["state", "erase_at"], unique=False)
    op.create_table(
        "refusals",
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("kiosk_id", sa.String(length=64), nullable=False),
        sa.Column("visit_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_refusals")),
    )
    op.create_table(
        "visit",
        sa.Column("visit_id", sa.String(length=32), nullable=False),
        sa.Column("kiosk_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("resident_id", sa.String(length=32), nullable=True),
        sa.Column("hpke_public_key", sa.LargeBinary(), nullable=True),
        sa.Column("issuer_key_id", sa.LargeBinary(), nullable=True),
        sa.Column("serial_hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state <> 'open' OR (subject IS NOT NULL AND resident_id IS NOT NULL AND hpke_public_key IS NOT NULL)",
            name=op.f("ck_visit_open_is_complete"),
        ),
        sa.CheckConstraint("state IN ('challenged', 'open', 'closed', 'failed')", name=op.f("ck_visit_state")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit")),
        sa.UniqueConstraint("nonce", name=op.f("uq_visit_nonce")),
    )
    op.create_index(op.f("ix_visit_state_expires_at"), "visit", ["state", "expires_at"], unique=False)
    op.create_table(
        "closed_interval",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("closed_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.code"], name=op.f("fk_closed_interval_municipality_code")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "kind", "closed_from", name=op.f("pk_closed_interval")),
    )
    op.create_table(
        "documents",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("txn", sa.String(length=32), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("binding", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('issued', 'handed_over', 'voided', 'unknown')", name=op.f("ck_documents_state")),
        sa.CheckConstraint("copy_no >= 1", name=op.f("ck_documents_copy_no")),
        sa.CheckConstraint("pages >= 1", name=op.f("ck_documents_pages")),
        sa.ForeignKeyConstraint(["txn"], ["orders.txn"], name=op.f("fk_documents_txn")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_documents")),
        sa.UniqueConstraint("txn", "copy_no", name=op.f("uq_documents_txn_copy_no")),
    )
    op.create_table(
        "household",
        sa.Column("household_id", sa.String(length=32), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.code"], name=op.f("fk_household_municipality_code")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_household")),
    )
    op.create_table(
        "mayor",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_code"], ["municipality.code"], name=op.f("fk_mayor_municipality_code")),
        sa.PrimaryKeyConstraint("municipality_code", "valid_from", name=op.f("pk_mayor")),
    )
    op.create_table(
        "offer",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("fee_yen", sa.Integer(), nullable=False),
        sa.Column("copies_limit", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.CheckConstraint("copies_limit BETWEEN 1 AND 10", name=op.f("ck_offer_copies_limit")),
        sa.CheckConstraint("fee_yen >= 0", name=op.f("ck_offer_fee_yen")),
        sa.ForeignKeyConstraint(["municipality_code"], ["municipality.code"], name=op.f("fk_offer_municipality_code")),
        sa.PrimaryKeyConstraint("municipality_code", "kind", "valid_from", name=op.f("pk_offer")),
    )
    op.create_table(
        "opening_window",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_window_weekday")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.code"], name=op.f("fk_opening_window_municipality_code")
        ),
        sa.PrimaryKeyConstraint("municipality_code", "kind", "weekday", "opens", name=op.f("pk_opening_window")),
    )
    op.create_table(
        "outcomes",
        sa.Column("txn", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("money", sa.String(length=16), nullable=False),
        sa.Column("received_yen", sa.Integer(), nullable=False),
        sa.Column("case_no", sa.String(length=32), nullable=True),
        sa.CheckConstraint("money IN ('none', 'kept', 'refunded', 'unknown')", name=op.f("ck_outcomes_money")),
        sa.CheckConstraint("received_yen >= 0", name=op.f("ck_outcomes_received_yen")),
        sa.ForeignKeyConstraint(["txn"], ["orders.txn"], name=op.f("fk_outcomes_txn")),
        sa.PrimaryKeyConstraint("txn", name=op.f("pk_outcomes")),
    )
    op.create_table(
        "resident",
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("household_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("furigana_surname", sa.Text(), nullable=True),
        sa.Column("furigana_surname_notarised", sa.Boolean(), nullable=False),
        sa.Column("furigana_given", sa.Text(), nullable=True),
        sa.Column("furigana_given_notarised", sa.Boolean(), nullable=False),
        sa.Column("former_surname", sa.Text(), nullable=True),
        sa.Column("former_surname_reading", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("birth_precision", sa.String(length=8), nullable=False),
        sa.Column("sex", sa.String(length=8), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("domicile", sa.Text(), nullable=True),
        sa.Column("family_head", sa.Text(), nullable=True),
        sa.Column("my_number", sa.String(length=12), nullable=True),
        sa.Column("became_resident_on", sa.Date(), nullable=False),
        sa.Column("address_since", sa.Date(), nullable=True),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("previous_address", sa.Text(), nullable=True),
        sa.Column("nationality", sa.Text(), nullable=True),
        sa.Column("foreign_category", sa.Text(), nullable=True),
        sa.Column("residence_status", sa.Text(), nullable=True),
        sa.Column("residence_period", sa.Text(), nullable=True),
        sa.Column("residence_expires_on", sa.Date(), nullable=True),
        sa.Column("residence_card_number", sa.Text(), nullable=True),
        sa.Column("became_foreign_resident_on", sa.Date(), nullable=True),
        sa.Column("kanji_name", sa.Text(), nullable=True),
        sa.Column("kana_name", sa.Text(), nullable=True),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("alias_recorded_on", sa.Date(), nullable=True),
        sa.Column("alias_recorded_in", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "birth_precision IN ('day', 'month', 'year', 'unknown')", name=op.f("ck_resident_birth_precision")
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_resident_sex")),
        sa.CheckConstraint(
            "(nationality IS NULL) = (became_foreign_resident_on IS NULL)"
            " AND (nationality IS NULL) = (foreign_category IS NULL)"
            " AND (nationality IS NULL OR (domicile IS NULL AND family_head IS NULL))",
            name=op.f("ck_resident_foreign_is_complete"),
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.household_id"], name=op.f("fk_resident_household_id")),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_resident")),
    )
    op.create_index(op.f("ix_resident_household_id"), "resident", ["household_id"], unique=False)
    op.create_table(
        "certificate_link",
        sa.Column("issuer_key_id", sa.LargeBinary(), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.resident_id"], name=op.f("fk_certificate_link_resident_id")
        ),
        sa.PrimaryKeyConstraint("issuer_key_id", "serial", name=op.f("pk_certificate_link")),
    )
    op.create_index(op.f("ix_certificate_link_resident_id"), "certificate_link", ["resident_id"], unique=False)
    op.create_table(
        "stop_signal",
        sa.Column("stop_id", sa.String(length=32), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=True),
        sa.Column("household_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(level = 'resident' AND resident_id IS NOT NULL AND household_id IS NULL) OR (level ="
            " 'household' AND resident_id IS NULL AND household_id IS NOT NULL) OR (level ="
            " 'municipality' AND resident_id IS NULL AND household_id IS NULL)",
            name=op.f("ck_stop_signal_level"),
        ),
        sa.CheckConstraint(
            "kind IN ('protected', 'leaving', 'notified_today', 'gaiji', 'stopped', 'removed', 'died')",
            name=op.f("ck_stop_signal_kind"),
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.household_id"], name=op.f("fk_stop_signal_household_id")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.code"], name=op.f("fk_stop_signal_municipality_code")
        ),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.resident_id"], name=op.f("fk_stop_signal_resident_id")),
        sa.PrimaryKeyConstraint("stop_id", name=op.f("pk_stop_signal")),
    )
    op.create_index(op.f("ix_stop_signal_household_id"), "stop_signal", ["household_id"], unique=False)
    op.create_index(op.f("ix_stop_signal_municipality_code"), "stop_signal", ["municipality_code"], unique=False)
    op.create_index(op.f("ix_stop_signal_resident_id"), "stop_signal", ["resident_id"], unique=False)
