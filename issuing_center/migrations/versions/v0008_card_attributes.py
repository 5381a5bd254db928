"""What a card says of its holder, as keyed digests, for as long as the visit lasts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; it is empty but in visits at a counter that asks."""
    op.add_column("visit", sa.Column("card_attributes", sa.LargeBinary(), nullable=True))
