"""The register of every certificate: seals, taxes, family registers, damage; and settings as signed packages.

Mayors, offers and hours of the first schema are dropped: they come anew from the municipality's package, without which
nothing is issued.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STOP_KINDS = "'protected', 'leaving', 'notified_today', 'gaiji', 'stopped', 'removed', 'died'"


def upgrade() -> None:
    """Make the new tables, drop those of the old settings, and let a stop signal name certificates."""
    for table in ("closed_interval", "opening_window", "offer", "mayor"):
        op.drop_table(table)
    _make_settings()
    _make_holdings()
    _widen_stop_signal()


def _code() -> sa.Column[str]:
    return sa.Column("municipality_code", sa.String(length=6), nullable=False)


def _of_municipality(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_code"], ["municipality.code"], name=op.f(f"fk_{table}_municipality_code")
    )


def _of_resident(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["resident_id"], ["resident.resident_id"], name=op.f(f"fk_{table}_resident_id"))


def _make_settings() -> None:
    op.create_table(
        "settings_version",
        _code(),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        _of_municipality("settings_version"),
        sa.PrimaryKeyConstraint("municipality_code", "version", name=op.f("pk_settings_version")),
    )
    op.create_table(
        "settings_file",
        _code(),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _of_municipality("settings_file"),
        sa.PrimaryKeyConstraint("municipality_code", "sha256", name=op.f("pk_settings_file")),
    )
    op.create_table(
        "feed",
        _code(),
        sa.Column("feed", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("feed IN ('seals', 'taxes', 'koseki', 'fuhyo', 'risai')", name=op.f("ck_feed_feed")),
        _of_municipality("feed"),
        sa.PrimaryKeyConstraint("municipality_code", "feed", name=op.f("pk_feed")),
    )


def _make_holdings() -> None:
    op.create_table(
        "seal_registration",
        sa.Column("registration_id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("abolished_on", sa.Date(), nullable=True),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.Column("former_surname", sa.Text(), nullable=True),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("katakana_name", sa.Text(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.CheckConstraint("dpi >= 400", name=op.f("ck_seal_registration_dpi")),
        _of_resident("seal_registration"),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_seal_registration")),
    )
    op.create_index(op.f("ix_seal_registration_resident_id"), "seal_registration", ["resident_id"], unique=False)
    op.create_table(
        "tax_year",
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        _of_resident("tax_year"),
        sa.PrimaryKeyConstraint("resident_id", "year", name=op.f("pk_tax_year")),
    )
    op.create_table(
        "record",
        sa.Column("record_id", sa.String(length=32), nullable=False),
        _code(),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("in_processing", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('koseki', 'fuhyo', 'risai')", name=op.f("ck_record_kind")),
        sa.CheckConstraint("kind = 'koseki' OR NOT in_processing", name=op.f("ck_record_in_processing")),
        _of_municipality("record"),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record")),
    )
    op.create_index(op.f("ix_record_municipality_code"), "record", ["municipality_code"], unique=False)
    op.create_table(
        "record_holder",
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("holder_id", sa.String(length=32), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.record_id"], name=op.f("fk_record_holder_record_id")),
        sa.PrimaryKeyConstraint("record_id", "holder_id", name=op.f("pk_record_holder")),
    )
    op.create_index(op.f("ix_record_holder_holder_id"), "record_holder", ["holder_id"], unique=False)
    op.create_table(
        "koseki_registration",
        sa.Column("registration_id", sa.String(length=32), nullable=False),
        _code(),
        sa.Column("reception_number", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("issuer_key_id", sa.LargeBinary(), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("honseki", sa.Text(), nullable=False),
        sa.Column("hittosha", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder_id", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "state IN ('received', 'reviewing', 'registered', 'rejected')", name=op.f("ck_koseki_registration_state")
        ),
        sa.CheckConstraint(
            "(state = 'registered') = (holder_id IS NOT NULL)", name=op.f("ck_koseki_registration_holder")
        ),
        sa.CheckConstraint(
            "(state IN ('registered', 'rejected')) = (decided_at IS NOT NULL)",
            name=op.f("ck_koseki_registration_decided"),
        ),
        _of_municipality("koseki_registration"),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_koseki_registration")),
        sa.UniqueConstraint("reception_number", name=op.f("uq_koseki_registration_reception_number")),
    )
    op.create_index(
        op.f("ix_koseki_registration_live"),
        "koseki_registration",
        ["issuer_key_id", "serial", "municipality_code"],
        unique=True,
        sqlite_where=sa.text("state != 'rejected'"),
        postgresql_where=sa.text("state != 'rejected'"),
    )


def _widen_stop_signal() -> None:
    # SQLite makes the table anew, and would lose the checks if it were not told of them.
    with op.batch_alter_table("stop_signal", copy_from=_stop_signal_of_0001()) as batch:
        batch.add_column(sa.Column("kinds", sa.Text(), nullable=True))
        batch.drop_constraint(op.f("ck_stop_signal_kind"), type_="check")
        batch.create_check_constraint(
            op.f("ck_stop_signal_kind"), f"kind IN ({_STOP_KINDS}, 'seal_abolished', 'koseki_pending')"
        )


def _stop_signal_of_0001() -> sa.Table:
    return sa.Table(
        "stop_signal",
        sa.MetaData(),
        sa.Column("stop_id", sa.String(length=32), nullable=False),
        _code(),
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
            name="ck_stop_signal_level",
        ),
        sa.CheckConstraint(f"kind IN ({_STOP_KINDS})", name="ck_stop_signal_kind"),
        sa.ForeignKeyConstraint(["household_id"], ["household.household_id"], name="fk_stop_signal_household_id"),
        _of_municipality("stop_signal"),
        _of_resident("stop_signal"),
        sa.PrimaryKeyConstraint("stop_id", name="pk_stop_signal"),
        sa.Index("ix_stop_signal_household_id", "household_id"),
        sa.Index("ix_stop_signal_municipality_code", "municipality_code"),
        sa.Index("ix_stop_signal_resident_id", "resident_id"),
    )
