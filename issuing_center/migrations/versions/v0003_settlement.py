"""Who runs a machine is written with every order, and a month's settlement is written once."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = ("settlement_run", "settlement_line", "settlement_open")
_FIXED = (
    "txn, visit_id, subject, kiosk_id, channel, municipality_code, kind, scope, copies, fee_yen, idempotency_key,"
    " request_sha256, created_at, erase_at, as_of, register_version, build_id, config_id, operator"
)


def upgrade() -> None:
    """Add the operator to the orders, and the tables of the settlement with the rules that keep them."""
    op.add_column("orders", sa.Column("operator", sa.String(length=64), nullable=False, server_default=""))
    _make_tables()
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite()
    else:
        _protect_on_postgresql()


def _make_tables() -> None:
    op.create_table(
        "settlement_run",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_settlement_run")),
    )
    op.create_table(
        "settlement_line",
        *_key("settlement_line", sa.Column("copy_commission_yen", sa.Integer(), nullable=False)),
        sa.Column("copies", sa.BigInteger(), nullable=False),
        sa.Column("fees_yen", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "settlement_open",
        *_key("settlement_open"),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("received_yen", sa.BigInteger(), nullable=False),
    )


def _key(table: str, *more: sa.Column[int]) -> tuple[sa.schema.SchemaItem, ...]:
    names = ("month", "order_month", "municipality_code", "operator", "kind", *(column.name for column in more))
    return (
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("order_month", sa.String(length=7), nullable=False),
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        *more,
        sa.ForeignKeyConstraint(["month"], ["settlement_run.month"], name=op.f(f"fk_{table}_month")),
        sa.PrimaryKeyConstraint(*names, name=op.f(f"pk_{table}")),
    )


def _protect_on_sqlite() -> None:
    refuse = " BEGIN SELECT RAISE(ABORT, 'the ledger does not change what it wrote'); END"
    for table in _TABLES:
        for act in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}{refuse}")
    op.execute("DROP TRIGGER orders_fixed")
    op.execute(f"CREATE TRIGGER orders_fixed BEFORE UPDATE OF {_FIXED} ON orders{refuse}")


def _protect_on_postgresql() -> None:
    def forbid(name: str, when: str, table: str, each: str = "ROW") -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH {each} EXECUTE FUNCTION ledger_refuses()")

    for table in _TABLES:
        forbid(f"{table}_no_update", "UPDATE", table)
        forbid(f"{table}_no_delete", "DELETE", table)
        forbid(f"{table}_no_truncate", "TRUNCATE", table, "STATEMENT")
    op.execute("DROP TRIGGER orders_fixed ON orders")
    forbid("orders_fixed", f"UPDATE OF {_FIXED}", "orders")
