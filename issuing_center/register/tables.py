"""The tables of the register."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from issuing_center.database import Instant, metadata

_BY_BYTES = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is looked up by how it begins."""

municipality = Table(
    "municipality",
    metadata,
    Column("code", String(6), primary_key=True),
    Column("prefecture", Text, nullable=False),
    Column("name_ja", Text, nullable=False),
    Column("name_kana", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("feed_as_of", Instant, nullable=False),
    Column("feed_sequence", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
)

settings_version = Table(
    "settings_version",
    metadata,
    Column("municipality_code", String(6), ForeignKey("municipality.code"), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("valid_from", Date, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),  # settings.toml, as signed
    Column("signature", LargeBinary, nullable=False),
)

settings_file = Table(
    "settings_file",
    metadata,
    Column("municipality_code", String(6), ForeignKey("municipality.code"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),  # the drawing of a seal
)

feed = Table(
    "feed",
    metadata,
    Column("municipality_code", String(6), ForeignKey("municipality.code"), primary_key=True),
    Column("feed", String(16), primary_key=True),  # not the residents': that one is the municipality's own
    Column("sequence", BigInteger, nullable=False),
    Column("as_of", Instant, nullable=False),
    CheckConstraint("feed IN ('seals', 'taxes', 'koseki', 'fuhyo', 'risai')", name="feed"),
)

household = Table(
    "household",
    metadata,
    Column("household_id", String(32), primary_key=True),
    Column("municipality_code", String(6), ForeignKey("municipality.code"), nullable=False),
    Column("address", Text, nullable=False),
)

resident = Table(
    "resident",
    metadata,
    Column("resident_id", String(32), primary_key=True),
    Column("household_id", String(32), ForeignKey("household.household_id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("is_head", Boolean, nullable=False),
    Column("removed_on", Date),  # NULL: living here
    Column("name", Text, nullable=False),
    Column("furigana_surname", Text),
    Column("furigana_surname_notarised", Boolean, nullable=False),
    Column("furigana_given", Text),
    Column("furigana_given_notarised", Boolean, nullable=False),
    Column("former_surname", Text),
    Column("former_surname_reading", Text),
    Column("birth_date", Date, nullable=False),
    Column("birth_precision", String(8), nullable=False),
    Column("sex", String(8), nullable=False),
    Column("relation", Text, nullable=False),
    Column("domicile", Text),
    Column("family_head", Text),
    Column("my_number", String(12)),
    Column("became_resident_on", Date, nullable=False),
    Column("address_since", Date),
    Column("notified_on", Date),
    Column("previous_address", Text),
    Column("nationality", Text),  # NULL, and with it all that follow: a Japanese national
    Column("foreign_category", Text),
    Column("residence_status", Text),
    Column("residence_period", Text),
    Column("residence_expires_on", Date),
    Column("residence_card_number", Text),
    Column("became_foreign_resident_on", Date),
    Column("kanji_name", Text),
    Column("kana_name", Text),
    Column("alias", Text),
    Column("alias_recorded_on", Date),
    Column("alias_recorded_in", Text),
    CheckConstraint("sex IN ('male', 'female')", name="sex"),
    CheckConstraint("birth_precision IN ('day', 'month', 'year', 'unknown')", name="birth_precision"),
    CheckConstraint(
        "(nationality IS NULL) = (became_foreign_resident_on IS NULL)"
        " AND (nationality IS NULL) = (foreign_category IS NULL)"
        " AND (nationality IS NULL OR (domicile IS NULL AND family_head IS NULL))",
        name="foreign_is_complete",
    ),
    Index(None, "household_id"),
)

stop_signal = Table(
    "stop_signal",
    metadata,
    Column("stop_id", String(32), primary_key=True),
    Column("municipality_code", String(6), ForeignKey("municipality.code"), nullable=False),
    Column("level", String(16), nullable=False),
    Column("resident_id", String(32), ForeignKey("resident.resident_id")),
    Column("household_id", String(32), ForeignKey("household.household_id")),
    Column("kind", String(16), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),  # NULL: until it is lifted
    Column("kinds", Text),  # words parted by spaces; NULL: every certificate
    CheckConstraint(
        "(level = 'resident' AND resident_id IS NOT NULL AND household_id IS NULL)"
        " OR (level = 'household' AND resident_id IS NULL AND household_id IS NOT NULL)"
        " OR (level = 'municipality' AND resident_id IS NULL AND household_id IS NULL)",
        name="level",
    ),
    CheckConstraint(
        "kind IN ('protected', 'leaving', 'notified_today', 'gaiji', 'stopped', 'removed', 'died', 'seal_abolished',"
        " 'koseki_pending')",
        name="kind",
    ),
    Index(None, "resident_id"),
    Index(None, "household_id"),
    Index(None, "municipality_code"),
)

certificate_link = Table(
    "certificate_link",
    metadata,
    Column("issuer_key_id", LargeBinary, primary_key=True),
    Column("serial", String(40), primary_key=True),  # hexadecimal, lower case, no leading zeros; up to 20 octets
    Column("resident_id", String(32), ForeignKey("resident.resident_id"), nullable=False),
    Column("active", Boolean, nullable=False),
    Index(None, "resident_id"),
)

seal_registration = Table(
    "seal_registration",
    metadata,
    Column("registration_id", String(32), primary_key=True),
    Column("resident_id", String(32), ForeignKey("resident.resident_id"), nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("abolished_on", Date),  # NULL: in force
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("dpi", Integer, nullable=False),
    Column("bits", LargeBinary, nullable=False),
    Column("former_surname", Text),
    Column("alias", Text),
    Column("katakana_name", Text),
    Column("remarks", Text),
    CheckConstraint("dpi >= 400", name="dpi"),
    Index(None, "resident_id"),
)

tax_year = Table(
    "tax_year",
    metadata,
    Column("resident_id", String(32), ForeignKey("resident.resident_id"), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("body", Text),  # JSON of a TaxRecord; NULL: nothing declared
)

record = Table(
    "record",
    metadata,
    Column("record_id", String(32), primary_key=True),
    Column("municipality_code", String(6), ForeignKey("municipality.code"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("in_processing", Boolean, nullable=False),  # 届出処理中
    Column("body", Text, nullable=False),  # JSON of a Koseki, Fuhyo or Risai
    Column("record_key", Text),  # the master's own, by which staff know it; NULL in rows from before there was one
    # Of a 戸籍, folded, for finding it and for nothing else (`folding`).
    Column("head_key", Text),
    Column("head_reading_key", Text),
    Column("place_key", _BY_BYTES),
    CheckConstraint("kind IN ('koseki', 'fuhyo', 'risai')", name="kind"),
    CheckConstraint("kind = 'koseki' OR NOT in_processing", name="in_processing"),
    Index(None, "municipality_code"),
    Index(None, "municipality_code", "head_key"),
    Index(None, "municipality_code", "head_reading_key"),
    Index(None, "municipality_code", "place_key"),
)

record_holder = Table(
    "record_holder",
    metadata,
    Column("record_id", String(32), ForeignKey("record.record_id"), primary_key=True),
    # A resident, or somebody of the record who lives elsewhere: then the handle of their entry, known nowhere else.
    Column("holder_id", String(32), primary_key=True),
    Column("person_key", Text, nullable=False),
    Index(None, "holder_id"),
)

record_stop = Table(
    "record_stop",
    metadata,
    Column("stop_id", String(32), primary_key=True),
    Column("municipality_code", String(6), ForeignKey("municipality.code"), nullable=False),
    Column("record_id", String(32), nullable=False),  # no foreign key: it may come before its record, and outlives it
    Column("person_key", Text),  # NULL: everybody of the record
    Column("kind", String(16), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),  # NULL: until it is lifted
    Column("kinds", Text),  # as of a stop signal
    CheckConstraint(
        "kind IN ('protected', 'leaving', 'notified_today', 'gaiji', 'stopped', 'removed', 'died', 'seal_abolished',"
        " 'koseki_pending')",
        name="kind",
    ),
    Index(None, "record_id"),
)

koseki_registration = Table(
    "koseki_registration",
    metadata,
    Column("registration_id", String(32), primary_key=True),
    Column("municipality_code", String(6), ForeignKey("municipality.code"), nullable=False),  # of the 本籍
    Column("reception_number", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("issuer_key_id", LargeBinary, nullable=False),
    Column("serial", String(40), nullable=False),
    Column("honseki", Text, nullable=False),  # as the applicant gave it
    Column("hittosha", Text, nullable=False),
    Column("telephone", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("holder_id", String(32)),
    CheckConstraint("state IN ('received', 'reviewing', 'registered', 'rejected')", name="state"),
    CheckConstraint("(state = 'registered') = (holder_id IS NOT NULL)", name="holder"),
    CheckConstraint("(state IN ('registered', 'rejected')) = (decided_at IS NOT NULL)", name="decided"),
    UniqueConstraint("reception_number"),
)

koseki_application = Table(  # how an application came: the legal record of it
    "koseki_application",
    metadata,
    Column("registration_id", String(32), ForeignKey("koseki_registration.registration_id"), primary_key=True),
    Column("kiosk_id", String(64), nullable=False),
    Column("idempotency_key", String(32), nullable=False),
    Column("request_sha256", String(64), nullable=False),
    Column("statement", LargeBinary, nullable=False),  # the bytes that were signed
    Column("certificate", LargeBinary, nullable=False),  # DER; has name, address, birth date and sex
    Column("signature", LargeBinary, nullable=False),
    UniqueConstraint("kiosk_id", "idempotency_key"),
)

_LIVE = koseki_registration.c.state != "rejected"
Index(
    "ix_koseki_registration_live",  # one certificate has one application at a municipality, until it is rejected
    koseki_registration.c.issuer_key_id,
    koseki_registration.c.serial,
    koseki_registration.c.municipality_code,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
