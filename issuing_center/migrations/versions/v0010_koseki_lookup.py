"""A 戸籍 is found by indexed keys: those of records from before are written here, as folding was when they came."""

import json
import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_AT_ONCE = 2_000


def upgrade() -> None:
    """Add three columns with their indexes, and fill them."""
    place = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.add_column("record", sa.Column("head_key", sa.Text(), nullable=True))
    op.add_column("record", sa.Column("head_reading_key", sa.Text(), nullable=True))
    op.add_column("record", sa.Column("place_key", place, nullable=True))
    _fill(op.get_bind())
    for column in ("head_key", "head_reading_key", "place_key"):
        op.create_index(op.f(f"ix_record_municipality_code_{column}"), "record", ["municipality_code", column])


def _fill(connection: sa.Connection) -> None:
    read = sa.text(
        "SELECT record_id, body FROM record WHERE kind = 'koseki' AND record_id > :after ORDER BY record_id LIMIT :most"
    )
    write = sa.text(
        "UPDATE record SET head_key = :head, head_reading_key = :reading, place_key = :place WHERE record_id = :id"
    )
    after = ""
    while rows := connection.execute(read, {"after": after, "most": _AT_ONCE}).all():
        connection.execute(write, [{"id": row.record_id, **_keys(json.loads(row.body))} for row in rows])
        after = rows[-1].record_id


def _keys(koseki: dict[str, Any]) -> dict[str, str]:
    _, _, given = koseki["hittosha"].partition("　")
    head: dict[str, Any] = next((person for person in koseki["persons"] if person["given_name"] == given), {})
    read = bool(head.get("reading") and koseki.get("surname_reading"))
    return {
        "head": _folded(koseki["hittosha"]),
        "reading": _folded(koseki["surname_reading"] + head["reading"]) if read else "",
        "place": _folded(koseki["honseki"])[::-1],
    }


_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_KANJI = {kanji: value for value, kanji in enumerate("〇一二三四五六七八九")}
_COUNTED = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|番|号|条|地割)")


def _folded(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).translate(_HIRAGANA).translate(_SMALL)
    digits = _COUNTED.sub(lambda match: str(_number(match[0])), wide)
    return re.sub(r"[\s・.,、。ー‐‑‒–—―−-]", "", digits).replace("番地", "番").upper()


def _number(kanji: str) -> int:
    if not set(kanji) & {"十", "百"}:
        return int("".join(str(_KANJI[each]) for each in kanji))
    total = digit = 0
    for each in kanji:
        if each in _KANJI:
            digit = _KANJI[each]
        else:
            total += (digit or 1) * (10 if each == "十" else 100)
            digit = 0
    return total + digit
