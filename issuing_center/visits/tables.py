"""The table of visits: from the challenge to the end of the visit."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, String, Table

from issuing_center.database import Instant, metadata

visit = Table(
    "visit",
    metadata,
    Column("visit_id", String(32), primary_key=True),
    Column("kiosk_id", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("municipality_code", String(6), nullable=False),
    Column("nonce", LargeBinary(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("failed_attempts", Integer, nullable=False),
    # Known from the proof on; the last four of these are forgotten at the end of the visit.
    Column("opened_at", Instant),
    Column("ended_at", Instant),
    Column("subject", String(64)),
    Column("resident_id", String(32)),
    Column("hpke_public_key", LargeBinary),
    Column("issuer_key_id", LargeBinary),
    Column("serial_hash", String(64)),
    Column("purpose", String(16), nullable=False, server_default="residence"),
    Column("holder", String(16), nullable=False, server_default="resident"),  # resident, registered or applicant
    Column("verification", String(8)),  # how the revocation status was learned: ocsp or crl
    Column("certificate_serial", String(40)),  # in a visit of the 本籍地 only, and forgotten like the last four
    Column(
        "card_attributes", LargeBinary
    ),  # keyed digests of what the card says, at a counter that asks; forgotten too
    CheckConstraint("state IN ('challenged', 'open', 'closed', 'failed')", name="state"),
    CheckConstraint(
        "state <> 'open' OR (subject IS NOT NULL AND resident_id IS NOT NULL AND hpke_public_key IS NOT NULL)",
        name="open_is_complete",
    ),
    Index(None, "state", "expires_at"),
)
