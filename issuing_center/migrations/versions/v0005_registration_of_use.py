"""利用登録 at the kiosk: what a visit is for, the signed applications, and stop signals of persons of a 戸籍 or 附票."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STOP_KINDS = (
    "'protected', 'leaving', 'notified_today', 'gaiji', 'stopped', 'removed', 'died', 'seal_abolished',"
    " 'koseki_pending'"
)


def upgrade() -> None:
    """Add columns to visits and records, and two tables."""
    op.add_column("visit", sa.Column("purpose", sa.String(length=16), nullable=False, server_default="residence"))
    op.add_column("visit", sa.Column("holder", sa.String(length=16), nullable=False, server_default="resident"))
    op.add_column("visit", sa.Column("certificate_serial", sa.String(length=40), nullable=True))
    op.add_column("record", sa.Column("record_key", sa.Text(), nullable=True))
    op.create_table(
        "koseki_application",
        sa.Column("registration_id", sa.String(length=32), nullable=False),
        sa.Column("kiosk_id", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=32), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["koseki_registration.registration_id"],
            name=op.f("fk_koseki_application_registration_id"),
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_koseki_application")),
        sa.UniqueConstraint("kiosk_id", "idempotency_key", name=op.f("uq_koseki_application_kiosk_id_idempotency_key")),
    )
    op.create_table(
        "record_stop",
        sa.Column("stop_id", sa.String(length=32), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kinds", sa.Text(), nullable=True),
        sa.CheckConstraint(f"kind IN ({_STOP_KINDS})", name=op.f("ck_record_stop_kind")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.code"], name=op.f("fk_record_stop_municipality_code")
        ),
        sa.PrimaryKeyConstraint("stop_id", name=op.f("pk_record_stop")),
    )
    op.create_index(op.f("ix_record_stop_record_id"), "record_stop", ["record_id"], unique=False)
