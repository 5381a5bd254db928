"""What a printer's words mean."""

import pytest

from printers.ipp.reasons import WORDS, hint_in, trouble_in, trouble_of
from printers.jobs import Trouble


@pytest.mark.parametrize(
    ("word", "trouble"),
    [
        ("media-jam-error", Trouble.JAM),
        ("media-jam", Trouble.JAM),
        ("door-open-error", Trouble.COVER),
        ("media-needed-error", Trouble.PAPER),
        ("input-cannot-feed-size-selected-error", Trouble.MEDIA),
        ("marker-supply-empty-error", Trouble.TONER),
        ("output-area-full-error", Trouble.OUTPUT),
        ("offline-report", Trouble.OFFLINE),
        ("paused", Trouble.PAUSED),
        ("spool-area-full-error", Trouble.REJECTED),
        ("other-error", Trouble.UNKNOWN),
        ("examplemaker-gnomes-error", Trouble.UNKNOWN),
        ("examplemaker-gnomes", Trouble.UNKNOWN),
        ("examplemaker-gnomes-report", None),
        ("toner-low-warning", None),
        ("toner-low", None),
        ("media-empty-warning", None),
        ("none", None),
    ],
)
def test_a_reason_is_trouble_or_notice(word: str, trouble: Trouble | None) -> None:
    assert trouble_of(word) is trouble


def test_the_cause_stands_before_what_follows_from_it() -> None:
    assert trouble_in(5, ["paused", "media-jam-error", "media-needed"], accepting=False) is Trouble.JAM


def test_a_warning_is_a_hint_only() -> None:
    assert trouble_in(4, ["media-jam-warning"], accepting=True) is None
    assert hint_in(["toner-empty-warning", "media-jam-warning", "none"]) is Trouble.JAM
    assert hint_in(["toner-low-report", "none"]) is None


def test_a_stop_without_a_word_is_a_pause() -> None:
    assert trouble_in(5, ["none"], accepting=True) is Trouble.PAUSED
    assert trouble_in(3, ["none"], accepting=False) is Trouble.PAUSED
    assert trouble_in(4, [], accepting=True) is None


def test_a_site_may_know_a_makers_word_to_mean_nothing() -> None:
    assert trouble_in(3, ["examplemaker-gnomes"], accepting=True, harmless=frozenset({"examplemaker-gnomes"})) is None


def test_every_word_of_rfc_8011_is_known() -> None:
    listed = """other none media-needed media-jam moving-to-paused paused shutdown connecting-to-device timed-out stopping
    stopped-partly toner-low toner-empty spool-area-full cover-open interlock-open door-open input-tray-missing media-low
    media-empty output-tray-missing output-area-almost-full output-area-full marker-supply-low marker-supply-empty
    marker-waste-almost-full marker-waste-full fuser-over-temp fuser-under-temp opc-near-eol opc-life-over developer-low
    developer-empty interpreter-resource-unavailable"""
    assert set(listed.split()) <= set(WORDS)
