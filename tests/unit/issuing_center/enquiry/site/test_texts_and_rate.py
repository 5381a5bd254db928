"""Both languages are complete, every refusal has its sentence, and an address can ask only so often."""

import re
from pathlib import Path
from typing import Any

import pytest

from issuing_center.enquiry.site.html import element, joined
from issuing_center.enquiry.site.limits import Limits, No
from issuing_center.enquiry.site.parts import MalformedPartsError, pack, unpack
from issuing_center.enquiry.site.rate import Buckets
from issuing_center.enquiry.site.texts import Language, load_texts, preferred
from issuing_center.enquiry.verdict import Reason

ROOT = Path(__file__).parents[5]
TEXTS = load_texts(Limits())


def flat(table: dict[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        found |= flat(value, f"{before}{key}.") if isinstance(value, dict) else {before + key: value}
    return found


def test_both_languages_say_the_same_things_with_the_same_numbers() -> None:
    ja, en = (flat(TEXTS[language].table) for language in Language)
    assert ja.keys() == en.keys()
    for key, sentence in ja.items():
        assert set(re.findall(r"\{\w+\}", sentence)) == set(re.findall(r"\{\w+\}", en[key])), key


@pytest.mark.parametrize("language", Language)
def test_every_reason_and_every_refusal_has_a_sentence(language: Language) -> None:
    for reason in Reason:
        assert TEXTS[language](f"reason.{reason.value}")
    for no in No:
        assert TEXTS[language](f"problem.{no.code}")


def test_codes_are_unique_and_stand_in_the_table_of_codes() -> None:
    codes = [no.code for no in No]
    assert len(set(codes)) == len(codes)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    row = " ".join(line for line in readme.splitlines() if line.startswith("| ENQUIRY-"))
    assert all(code in row or f"-{code[-2:]}" in row for code in codes)


@pytest.mark.parametrize(
    ("wish", "language"), [("", "ja"), ("ja,en;q=0.8", "ja"), ("en-GB,ja", "en"), ("fr", "en"), ("fr,ja;q=0.5", "ja")]
)
def test_the_language_follows_the_browser(wish: str, language: str) -> None:
    assert preferred(wish).value == language


def test_an_address_is_refused_when_its_bucket_is_empty_and_served_again_later() -> None:
    now = [0.0]
    buckets = Buckets(Limits(burst=3, refill_s=30), lambda: now[0])
    assert [buckets.take("192.0.2.1") for _ in range(4)] == [True, True, True, False]
    assert buckets.take("192.0.2.2")
    now[0] = 29.9
    assert not buckets.take("192.0.2.1")
    now[0] = 30.0
    assert buckets.take("192.0.2.1")
    assert not buckets.take("192.0.2.1")


def test_an_ipv6_network_is_one_address() -> None:
    buckets = Buckets(Limits(burst=1), lambda: 0.0)
    assert buckets.take("2001:db8::1")
    assert not buckets.take("2001:db8::2")
    assert buckets.take("2001:db8:0:1::1")
    assert buckets.take("192.0.2.1")
    assert not buckets.take("::ffff:192.0.2.1")


def test_addresses_are_forgotten_when_there_are_too_many() -> None:
    buckets = Buckets(Limits(addresses=5), lambda: 0.0)
    for number in range(50):
        buckets.take(f"192.0.2.{number}")
    assert len(buckets) == 5


def test_what_is_not_html_is_escaped() -> None:
    assert element("p", "<b>", title='"&') == '<p title="&quot;&amp;">&lt;b&gt;</p>'
    assert joined(element("b", "x"), "<") == "<b>x</b>&lt;"


def test_a_message_comes_back_as_it_was_sent() -> None:
    head, pieces = unpack(pack(b"{}", [b"", b"abc"]))
    assert (head, [bytes(piece) for piece in pieces]) == (b"{}", [b"", b"abc"])


@pytest.mark.parametrize("cut", [0, 3, 4, 12, 29])
def test_a_message_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(MalformedPartsError):
        unpack(pack(b"{}", [b"", b"abc"])[:cut])


def test_a_message_that_claims_too_much_is_refused() -> None:
    for content in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x01" + b"\xff" * 8, pack(b"{}", []) + b"x"):
        with pytest.raises(MalformedPartsError):
            unpack(content)
