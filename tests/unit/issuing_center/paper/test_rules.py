"""What each form prints, and refuses to say: sentences by kind, zero, closed cells, names, boxes, pages."""

from dataclasses import replace
from datetime import date

import pytest

from issuing_center.paper import (
    AmountLine,
    AnySheet,
    DamageDegree,
    Dependants,
    Figures,
    FuhyoDomicile,
    FuhyoScope,
    GlyphMissing,
    KazeiKind,
    KosekiEntry,
    KosekiKind,
    KosekiLine,
    Levy,
    Mark,
    PaperFonts,
    Scope,
    TooLong,
    draw,
)
from tests.golden.forms import (
    ADOPTED,
    DEDUCTIONS,
    FIGURES,
    FORMS,
    FUHYO,
    HANAKO_ALONE,
    HONSEKI,
    KAZEI,
    KISAIJIKO,
    KOJINHYO,
    KOSEKI,
    LEVY,
    MARIA_ALONE,
    MOVES,
    NOTHING,
    NOZEI,
    RISAI,
    SAKURA_IN_REGISTER,
    SHOTOKU,
)
from tests.unit.issuing_center.paper.judges import drawn, pdfium_text


def _printed(sheet: AnySheet, fonts: PaperFonts) -> dict[str, str]:
    """Give item -> what is printed, lines joined."""
    result: dict[str, str] = {}
    for placed in drawn(sheet, fonts).texts:
        result[placed.item] = result.get(placed.item, "") + placed.text
    return result


# --- 個人票 ---------------------------------------------------------------------------------------------------------
def test_everybody_of_a_kojinhyo_has_a_page_and_all_share_one_issue_number(fonts: PaperFonts) -> None:
    sheet = replace(KOJINHYO, scope=Scope.WHOLE_HOUSEHOLD, persons=(HANAKO_ALONE, MARIA_ALONE, HANAKO_ALONE))
    document = drawn(sheet, fonts)
    text = pdfium_text(document.pdf)
    assert document.pages == 3
    assert text.count(sheet.issue_number) == text.count(Scope.WHOLE_HOUSEHOLD.sentence) == 3
    assert [f"（{page}／3）" in text for page in (1, 2, 3)] == [True] * 3


@pytest.mark.parametrize(("moves", "pages"), [(0, 1), (1, 1), (18, 1), (19, 2), (37, 3)])
def test_a_history_takes_the_pages_it_needs_and_loses_no_line(moves: int, pages: int, fonts: PaperFonts) -> None:
    sheet = replace(KOJINHYO, persons=(replace(HANAKO_ALONE, history=(MOVES * 8)[:moves]),))
    document = drawn(sheet, fonts)
    events = {placed.item for placed in document.texts if placed.item.endswith(".event")}
    assert document.pages == pages == sheet.essentials.pages
    assert events == {f"persons[0].history[{at}].event" for at in range(moves)}


def test_a_history_not_asked_for_says_so_and_an_empty_one_is_closed(fonts: PaperFonts) -> None:
    omitted = _printed(replace(KOJINHYO, persons=(replace(HANAKO_ALONE, history=Mark.OMITTED),)), fonts)
    assert omitted["persons[0].history[0].event"] == omitted["persons[0].history[0].content"] == "【省略】"
    empty = _printed(replace(KOJINHYO, persons=(replace(HANAKO_ALONE, history=()),)), fonts)
    assert not any("history" in item for item in empty)


def test_only_foreign_residents_have_the_items_of_foreign_residents(fonts: PaperFonts) -> None:
    items = _printed(replace(KOJINHYO, persons=(HANAKO_ALONE, MARIA_ALONE)), fonts)
    assert items["persons[1].foreign.katakana_name"] == "サンプル　マリア　フェルナンダ"
    assert items["persons[1].birth_date"] == "1990年2月3日"
    assert items["persons[1].foreign.period_ends_on"] == "2029年9月14日"
    assert not any(item.startswith("persons[0].foreign") for item in items)


# --- 税 -------------------------------------------------------------------------------------------------------------
def test_zero_is_printed_as_zero_and_a_loss_with_its_sign(fonts: PaperFonts) -> None:
    items = _printed(FORMS["kazei"]["not-taxed"], fonts)
    for item in ("city_income_yen", "city_flat_yen", "prefecture_income_yen", "forest_yen", "total_yen"):
        assert items[f"levy.{item}"] == "0"
    assert items["figures.dependants.general"] == "0人"
    assert _printed(KAZEI, fonts)["figures.incomes[5].amount_yen"] == "△312,400"


def test_lists_are_closed_after_their_last_line(fonts: PaperFonts) -> None:
    items = _printed(KAZEI, fonts)
    assert items["figures.incomes[6].label"] == "※以下余白※"
    assert [items[f"figures.incomes[{at}].label"] for at in range(7, 12)] == ["＊＊＊"] * 5
    assert [items[f"figures.incomes[{at}].amount_yen"] for at in range(6, 12)] == ["＊＊＊"] * 6
    full = replace(FIGURES, deductions=(*DEDUCTIONS, *DEDUCTIONS[:2]))
    assert "※以下余白※" not in {
        text for item, text in _printed(replace(KAZEI, figures=full), fonts).items() if "deductions" in item
    }
    with pytest.raises(ValueError, match="more amounts"):
        replace(FIGURES, deductions=DEDUCTIONS * 2)


@pytest.mark.parametrize(
    ("year", "fiscal", "income"),
    [(2026, "令和8年度", "令和7年分"), (2020, "令和2年度", "令和元年分"), (2019, "平成31年度", "平成30年分")],
)
def test_both_years_are_stated(year: int, fiscal: str, income: str, fonts: PaperFonts) -> None:
    for sheet in (replace(SHOTOKU, fiscal_year=year), replace(NOZEI, fiscal_year=year)):
        items = _printed(sheet, fonts)
        assert (items["taxpayer.fiscal_year"], items["taxpayer.income_year"]) == (fiscal, income)
        assert items["taxpayer.levy_day"].endswith("1月1日")


def test_the_forest_tax_has_a_line_from_2024_on_and_none_before(fonts: PaperFonts) -> None:
    assert "森林環境税" in pdfium_text(drawn(KAZEI, fonts).pdf)
    assert "森林環境税" not in pdfium_text(drawn(FORMS["kazei"]["before-forest-tax"], fonts).pdf)
    with pytest.raises(ValueError, match="森林環境税"):
        replace(KAZEI, fiscal_year=2023)
    with pytest.raises(ValueError, match="森林環境税"):
        replace(KAZEI, levy=replace(LEVY, forest_yen=None))


def test_title_and_amount_cannot_contradict_each_other() -> None:
    with pytest.raises(ValueError, match="otherwise than the title"):
        replace(KAZEI, kind=KazeiKind.NOT_TAXED)
    with pytest.raises(ValueError, match="otherwise than the title"):
        replace(KAZEI, levy=Levy(0, 0, 0, 0, 0, 0, 0, 0), figures=NOTHING)


@pytest.mark.parametrize(
    ("prefecture", "municipality", "taxes"),
    [("見本県", "汐見野市", ("市民税", "県民税")), ("見本道", "例示町", ("町民税", "道民税")),
     ("見本都", "架空区", ("特別区民税", "都民税"))],
)  # fmt: skip
def test_the_local_taxes_are_called_as_they_are_there(
    prefecture: str, municipality: str, taxes: tuple[str, str], fonts: PaperFonts
) -> None:
    issuer = replace(KAZEI.issuer, prefecture=prefecture, municipality=municipality)
    text = pdfium_text(drawn(replace(KAZEI, issuer=issuer), fonts).pdf)
    assert all(tax in text for tax in taxes)


def test_an_amount_that_is_omitted_says_so(fonts: PaperFonts) -> None:
    figures = Figures(
        Mark.OMITTED, (AmountLine("給与収入", Mark.OMITTED),), (), Mark.BLANK, Dependants(*[Mark.OMITTED] * 8)
    )
    items = _printed(replace(KAZEI, figures=figures), fonts)
    assert items["figures.total_income_yen"] == items["figures.dependants.spouse"] == "【省略】"
    assert items["figures.deductions[0].label"] == "※以下余白※"


def test_more_taxes_than_a_page_holds_go_on(fonts: PaperFonts) -> None:
    document = drawn(replace(NOZEI, lines=NOZEI.lines[:1] * 25), fonts)
    assert document.pages == 3
    assert len({placed.item for placed in document.texts if placed.item.endswith(".due_yen")}) == 25
    with pytest.raises(ValueError, match="at least one tax"):
        replace(NOZEI, lines=())


# --- 戸籍 -----------------------------------------------------------------------------------------------------------
def test_kind_decides_title_and_sentence(fonts: PaperFonts) -> None:
    whole = pdfium_text(drawn(KOSEKI, fonts).pdf)
    some = pdfium_text(drawn(replace(KOSEKI, kind=KosekiKind.KOJIN), fonts).pdf)
    assert "これは、戸籍に記録されている事項の全部を証明した書面である。" in whole
    assert "これは、戸籍中の一部の者について記録されている事項の全部を証明した書面である。" in some
    assert "一部の者" not in whole
    assert ("全部事項証明" in whole, "個人事項証明" in some) == (True, True)


def test_whoever_left_stands_on_the_sheet_under_a_box(fonts: PaperFonts) -> None:
    items = _printed(replace(KOSEKI, persons=(SAKURA_IN_REGISTER, ADOPTED)), fonts)
    assert items["removed"] == "除　籍"
    assert items["persons[1].given_name"] == "賢"
    assert "removed" not in _printed(replace(KOSEKI, persons=(SAKURA_IN_REGISTER,)), fonts)


def test_pages_say_of_how_many_and_only_the_last_is_closed(fonts: PaperFonts) -> None:
    document = drawn(replace(KOSEKI, persons=KOSEKI.persons * 3), fonts)
    ends = [placed.text for placed in document.texts if placed.item == "end"]
    marks = [placed.text for placed in document.texts if placed.item == "page_number"]
    assert document.pages > 2
    assert ends == ["以下次頁"] * (document.pages - 1) + ["以下余白"]
    assert marks == [f"（{document.pages}の{page}）" for page in range(1, document.pages + 1)]


def test_every_line_is_printed_once_and_in_order_however_long_the_register(fonts: PaperFonts) -> None:
    lines = tuple(KosekiLine(f"見出し{at}", "長い記載" * 20) for at in range(60))
    document = drawn(replace(KOSEKI, entries=(KosekiEntry("架空", lines),)), fonts)
    labels = [placed.text for placed in document.texts if "entries[0].lines" in placed.item and "label" in placed.item]
    first = [label for label in labels if "見出し" in label]
    assert first == [f"【見出し{at}】" for at in range(60)]
    assert (
        _printed(replace(KOSEKI, entries=(KosekiEntry("架空", lines),)), fonts)["entries[0].lines[59]"]
        == "長い記載" * 20
    )


def test_a_page_that_goes_on_says_whom_it_is_about(fonts: PaperFonts) -> None:
    texts = drawn(FORMS["fuhyo"]["many-moves"], fonts).texts
    second = [(placed.item, placed.text) for placed in texts if placed.page == 1 and "continued" in placed.item]
    assert second == [
        ("continued", "（前頁の続き）"),
        ("persons[0].name.label.continued", "【氏名】"),
        ("persons[0].name.continued", "見本　一郎"),
    ]
    # The third page begins with another person, so nothing goes on there.
    assert not any("continued" in placed.item for placed in texts if placed.page == 2)


def test_nothing_runs_over_the_frame(fonts: PaperFonts) -> None:
    for sheet in (*FORMS["koseki"].values(), *FORMS["fuhyo"].values()):
        heights = [
            placed.y_pt for placed in drawn(sheet, fonts).texts if "persons" in placed.item or placed.item == "end"
        ]
        assert min(heights) > 841.919 - 247.0 / 25.4 * 72


def test_register_dates_are_by_era_even_before_the_war(fonts: PaperFonts) -> None:
    person = replace(SAKURA_IN_REGISTER, birth_date=date(1912, 7, 30))
    assert _printed(replace(KOSEKI, persons=(person,)), fonts)["persons[0].birth_date"] == "大正元年7月30日"


def test_an_entry_with_a_missing_character_refuses_by_name_of_the_line(fonts: PaperFonts) -> None:
    broken = KosekiEntry("出生", (KosekiLine("届出人", "父\ue000"),))
    refused = draw(replace(KOSEKI, persons=(replace(SAKURA_IN_REGISTER, entries=(broken,)),)), fonts)
    assert refused == GlyphMissing("persons[0].entries[0].lines[0]", ("\ue000",))
    with pytest.raises(ValueError, match="at least one line"):
        KosekiEntry("出生", ())


def test_a_label_wider_than_its_column_leaves_no_room_and_is_refused(fonts: PaperFonts) -> None:
    wide = KosekiEntry("出生", (KosekiLine("長" * 40, "父"),))
    assert draw(replace(KOSEKI, entries=(wide,)), fonts) == TooLong("entries[0].lines[0]")


def test_a_heading_that_would_be_printed_too_small_is_refused(fonts: PaperFonts) -> None:
    entry = KosekiEntry("長い事件名" * 5, (KosekiLine("出生日", date(2019, 5, 1)),))
    assert draw(replace(KOSEKI, entries=(entry,)), fonts) == TooLong("entries[0].heading")


def test_a_person_block_taller_than_a_page_is_refused(fonts: PaperFonts) -> None:
    person = replace(SAKURA_IN_REGISTER, parents=tuple(KosekiLine("父", "見本") for _ in range(60)))
    assert draw(replace(KOSEKI, persons=(person,)), fonts) == TooLong("persons[0]")


# --- 附票 -----------------------------------------------------------------------------------------------------------
def test_names_are_whole_where_the_domicile_is_omitted_and_given_names_where_it_is_shown(fonts: PaperFonts) -> None:
    items = _printed(FUHYO, fonts)
    assert (items["honseki"], items["hittosha"]) == ("【省略】", "【省略】")
    assert (items["persons[0].name.label"], items["persons[0].name"]) == ("【氏名】", "見本　一郎")
    items = _printed(replace(FUHYO, domicile=FuhyoDomicile(HONSEKI, "見本　一郎")), fonts)
    assert (items["honseki"], items["hittosha"]) == (HONSEKI, "見本　一郎")
    assert (items["persons[0].name.label"], items["persons[0].name"]) == ("【名】", "一郎")


def test_the_sentence_of_a_part_is_not_that_of_the_whole(fonts: PaperFonts) -> None:
    for scope in FuhyoScope:
        text = pdfium_text(drawn(replace(FUHYO, scope=scope), fonts).pdf)
        assert [other for other in FuhyoScope if other.value in text] == [scope]


def test_persons_removed_before_2022_have_no_birth_date_and_the_sheet_says_so(fonts: PaperFonts) -> None:
    items = _printed(FUHYO, fonts)
    assert (items["persons[2].birth_date"], items["persons[2].sex"]) == ("【空欄】", "【空欄】")
    assert items["removed"] == "除　籍"


# --- 罹災 -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("degree", DamageDegree)
def test_the_degree_stands_in_words_and_no_other_does(degree: DamageDegree, fonts: PaperFonts) -> None:
    items = _printed(replace(RISAI, degree=degree), fonts)
    assert items["degree"] == degree.value
    assert len(DamageDegree) == 6


def test_the_cause_names_day_and_disaster(fonts: PaperFonts) -> None:
    assert _printed(RISAI, fonts)["cause"] == "令和8年10月3日の令和8年見本台風による"


def test_a_large_household_is_listed_whole(fonts: PaperFonts) -> None:
    document = drawn(replace(RISAI, members=RISAI.members * 6), fonts)
    assert document.pages == 3
    assert [placed.text for placed in document.texts if placed.item.endswith(".number")] == [
        str(at) for at in range(1, 19)
    ]
    assert drawn(replace(RISAI, members=()), fonts).pages == 1


@pytest.mark.parametrize(
    "empty",
    [
        lambda: replace(KOJINHYO, persons=()),
        lambda: replace(KISAIJIKO, persons=()),
        lambda: replace(KOSEKI, persons=()),
        lambda: replace(KOSEKI, entries=()),
        lambda: replace(FUHYO, persons=()),
        lambda: replace(FUHYO.persons[0], addresses=()),
    ],
)
def test_a_sheet_about_nobody_cannot_be_made(empty: object) -> None:
    assert callable(empty)
    with pytest.raises(ValueError, match="needs"):
        empty()


@pytest.mark.parametrize(
    "sheet", [replace(RISAI, head_name=""), replace(KAZEI, taxpayer=replace(KAZEI.taxpayer, name=""))]
)
def test_an_empty_value_is_our_own_mistake(sheet: AnySheet, fonts: PaperFonts) -> None:
    with pytest.raises(ValueError, match="is empty"):
        draw(sheet, fonts)
