"""Fitting: nothing is lost, nothing sticks out, and what cannot fit is refused."""

from hypothesis import given
from hypothesis import strategies as st

from issuing_center.paper import shared_fonts
from issuing_center.paper.text import Box, fit, shape, width_em

BOX = Box(width_pt=100, size_pt=10, least_pt=7, least_in_two_pt=5, greatest_in_two_pt=8)
TEXT = st.text(st.sampled_from("見本花子ー々、ヨシ　 ABC12３４葛\U000e0102"), min_size=1, max_size=50)


@given(TEXT)
def test_a_fitted_text_is_whole_and_stays_in_its_box(text: str) -> None:
    run = shape(text, shared_fonts())
    if run is None:  # a selector without its base
        return
    fitted = fit(run, BOX)
    if fitted is None:
        assert width_em(run) * BOX.least_in_two_pt > BOX.width_pt * 1.5
        return
    assert "".join(cluster for line in fitted.lines for cluster, _, _ in line) == text
    for line in fitted.lines[:-1]:
        # A space at the end of a line has no ink and needs no room.
        seen = line[:-1] if line[-1][0] in " \u3000" else line
        assert width_em(seen) * fitted.size_pt <= BOX.width_pt + 1e-6
    assert width_em(fitted.lines[-1]) * fitted.size_pt <= BOX.width_pt + 1e-6
    assert fitted.size_pt >= (BOX.least_pt if len(fitted.lines) == 1 else BOX.least_in_two_pt)


def test_one_line_is_kept_as_long_as_it_is_large_enough() -> None:
    for count, lines, size in ((10, 1, 10), (12, 1, 8.25), (14, 1, 7), (15, 2, 8), (40, 2, 5), (41, None, None)):
        run = shape("花" * count, shared_fonts())
        assert run
        fitted = fit(run, BOX)
        assert (len(fitted.lines), fitted.size_pt) == (lines, size) if fitted else lines is None


def test_a_cell_of_one_line_takes_no_second() -> None:
    run = shape("花" * 15, shared_fonts())
    assert run
    assert fit(run, Box(100, 10, 7, 0, 0)) is None


def test_a_word_a_number_and_a_small_kana_are_not_parted_while_there_is_another_way() -> None:
    for text, second in (
        ("見本花子花子見本花子 GARCIA LOPEZ", "GARCIA LOPEZ"),
        ("見本県汐見野市浜見台大字１２３４番地の５", "１２３４番地の５"),
        ("見本花子見本花子見本花キャキャキャキャ", "キャキャキャキャ"),
    ):
        run = shape(text, shared_fonts())
        assert run
        fitted = fit(run, BOX)
        assert fitted
        assert "".join(cluster for cluster, _, _ in fitted.lines[-1]) == second
