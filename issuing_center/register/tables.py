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
)

from issuing_center.database import Instant, metadata

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

mayor = Table(
    "mayor",
    metadata,
    Column("municipality_code", String(6), ForeignKey("municipality.code"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),  # the last day; NULL: still in office
    Column("title", Text, nullable=False),
    Column("name", Text, nullable=False),
)

offer = Table(
    "offer",
    metadata,
    Column("municipality_code", String(6), ForeignKey("municipality.code"), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),  # the last day; NULL: until further notice
    Column("fee_yen", Integer, nullable=False),
    Column("copies_limit", Integer, nullable=False),
    Column("scopes", Text, nullable=False),  # words parted by spaces
    Column("entries", Text, nullable=False),  # words parted by spaces
    CheckConstraint("fee_yen >= 0", name="fee_yen"),
    CheckConstraint("copies_limit BETWEEN 1 AND 10", name="copies_limit"),
)

opening_window = Table(
    "opening_window",
    metadata,
    Column("municipality_code", String(6), ForeignKey("municipality.code"), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("weekday", Integer, primary_key=True),
    Column("opens", String(5), primary_key=True),  # HH:MM in Japan
    Column("closes", String(5), nullable=False),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
)

closed_interval = Table(
    "closed_interval",
    metadata,
    Column("municipality_code", String(6), ForeignKey("municipality.code"), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("closed_from", Instant, primary_key=True),
    Column("closed_until", Instant, nullable=False),
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
    CheckConstraint(
        "(level = 'resident' AND resident_id IS NOT NULL AND household_id IS NULL)"
        " OR (level = 'household' AND resident_id IS NULL AND household_id IS NOT NULL)"
        " OR (level = 'municipality' AND resident_id IS NULL AND household_id IS NULL)",
        name="level",
    ),
    CheckConstraint(
        "kind IN ('protected', 'leaving', 'notified_today', 'gaiji', 'stopped', 'removed', 'died')", name="kind"
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
