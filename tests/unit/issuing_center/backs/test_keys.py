"""Keys of scrambled pictures: independent of each other, drawn from for a time, read for longer, then gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from issuing_center.backs.keys import KeyRing, KeysUnusableError, load_keys, new_key, page_key, written

NOW = datetime(2026, 11, 20, tzinfo=UTC)
OLD = new_key(NOW - timedelta(days=400), lambda count: bytes(range(count)))
NEW = new_key(NOW, lambda count: bytes(range(7, 7 + count)))


def test_every_page_of_every_document_under_every_key_has_keys_of_its_own() -> None:
    keys = [page_key(master, document, page) for master in (OLD, NEW) for document in ("A-1", "A-2") for page in (1, 2)]
    assert len({secret for key in keys for secret in (key.rows, key.stream, key.mac)}) == 24


def test_the_newest_key_draws_and_an_older_one_still_reads() -> None:
    ring = KeyRing((OLD, NEW))
    assert ring.drawing(NOW) is NEW
    assert ring.reading(OLD.key_id, NOW) is OLD


def test_a_key_past_its_time_reads_nothing_and_is_not_kept() -> None:
    ring = KeyRing((OLD, NEW))
    later = OLD.reads_until
    assert ring.reading(OLD.key_id, later) is None
    assert ring.kept(later) == (NEW,)


def test_without_a_key_for_today_nothing_is_drawn() -> None:
    with pytest.raises(KeysUnusableError, match="rotate"):
        KeyRing((OLD,)).drawing(NOW)


def test_keys_come_back_from_their_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(written(OLD) + written(NEW), encoding="utf-8")
    assert load_keys(file).kept(NOW) == (OLD, NEW)


@pytest.mark.parametrize("content", ["", "[[key]]\nid = 'ABCDEF'", "no toml", written(OLD) + written(OLD)])
def test_a_file_without_usable_keys_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(KeysUnusableError):
        load_keys(file)


def test_a_key_serves_in_order() -> None:
    with pytest.raises(KeysUnusableError):
        replace(OLD, draws_until=OLD.draws_from)


def test_no_secret_shows_in_a_repr() -> None:
    assert OLD.secret.hex()[:8] not in repr(OLD)
    assert repr(page_key(OLD, "A", 1)) == "PageKey()"
