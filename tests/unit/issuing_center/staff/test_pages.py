"""The files of the pages: nothing inline, nothing from elsewhere, nothing missing."""

import re

import pytest

from issuing_center.counter.refusals import CounterNo
from issuing_center.staff.app import ASSETS, PAGES

HTML = sorted(file.name for file in ASSETS.glob("*.html"))


@pytest.mark.parametrize("name", HTML)
def test_a_page_brings_no_script_and_no_style_inline(name: str) -> None:
    text = (ASSETS / name).read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert all(tag == "" for tag in re.findall(r"<script[^>]*>([^<]*)</script>", text))


@pytest.mark.parametrize("file", sorted(each.name for each in ASSETS.iterdir()))
def test_nothing_comes_from_another_place(file: str) -> None:
    text = (ASSETS / file).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|//[a-z0-9-]+\.[a-z]", text)
    for wanted in re.findall(r'"/assets/([a-z.-]+)"', text):
        assert (ASSETS / wanted).is_file()


@pytest.mark.parametrize("name", sorted(each.name for each in ASSETS.glob("*.js")))
def test_no_script_writes_markup(name: str) -> None:
    text = (ASSETS / name).read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)


def test_every_page_is_a_file() -> None:
    assert set(PAGES.values()) < set(HTML)


def test_every_no_of_the_counter_has_a_code_and_a_sentence() -> None:
    assert all(re.fullmatch(r"COUNTER-\d\d", no.code) and no.text.endswith("。") for no in CounterNo)
