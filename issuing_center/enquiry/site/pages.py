"""The pages of the site. They work without script and without style; everything shown comes with the page itself."""

from typing import assert_never

from issuing_center.enquiry.site.analysis import Answer, ShownPage
from issuing_center.enquiry.site.html import Html, element, joined, void
from issuing_center.enquiry.site.limits import Limits, No
from issuing_center.enquiry.site.texts import Language, Texts
from issuing_center.enquiry.verdict import Reason, Region, Result, Seal

_CLOSE_UP = 0.06
"""Paper shown around a difference, as a share of the page's width."""
_PAPER = (2100, 2970)
"""Units of the drawings: tenths of a millimetre of A4."""


def form_page(texts: Texts, limits: Limits, *, specimen: bool, no: No | None = None) -> Html:
    """Draw the page where pictures are chosen; with a refusal on top if the last try was refused."""
    problem = joined() if no is None else _problem(texts, no)
    how = [element("li", texts(key)) for key in ("how_1", "how_2", "how_3")]
    return _page(
        texts,
        texts("title"),
        element("h1", texts("title")),
        element("p", texts("lead"), class_="lead"),
        problem,
        element(
            "form",
            element("h2", texts("form_title")),
            _file_field(texts, "front"),
            _file_field(texts, "back"),
            element("button", texts("submit"), type="submit"),
            element("p", "", id="progress", role="status", aria_live="polite"),
            method="post",
            action=f"/{texts.language.value}/check",
            enctype="multipart/form-data",
            id="enquiry",
            class_="card",
            data_file_bytes=str(limits.file_bytes),
            data_working=texts("working"),
            data_too_large=texts("file_too_large"),
        ),
        element(
            "div",
            element("section", element("h2", texts("how_title")), element("ul", *how)),
            element("section", element("h2", texts("limit_title")), element("p", texts("limit"))),
            element("section", element("h2", texts("privacy_title")), element("p", texts("privacy"))),
            class_="notes",
        ),
        specimen=specimen,
    )


def problem_page(texts: Texts, no: No, *, specimen: bool) -> Html:
    """Draw a page that only says no."""
    title = texts("no_page_title" if no is No.NO_PAGE else "problem_title")
    back = element("p", element("a", texts("again"), href=f"/{texts.language.value}", class_="button"))
    return _page(texts, title, element("h1", title), _problem(texts, no), back, specimen=specimen)


def result_page(texts: Texts, answer: Answer, *, specimen: bool) -> Html:
    """Draw a verdict with what it rests on."""
    kind = _kind(answer)
    invalid = answer.seal is Seal.INVALID
    rows = [(texts("seal"), texts(f"seal_{answer.seal.value}"), invalid)]
    if answer.document is not None:
        rows.insert(0, (texts("document"), answer.document, False))
    verdict = element(
        "section",
        element("p", _mark(kind), class_="mark", aria_hidden="true"),
        element("div", element("h2", texts(f"verdict.{kind}")), element("p", texts(f"reason.{answer.reason.value}"))),
        class_=f"verdict {kind}",
    )
    facts = [
        joined(element("dt", name), element("dd", value, class_="bad" if bad else None)) for name, value, bad in rows
    ]
    return _page(
        texts,
        f"{texts(f'verdict.{kind}')} | {texts('title')}",
        element("h1", texts("result_title")),
        verdict,
        element("dl", *facts, class_="facts"),
        element("p", texts("seal_warning"), class_="problem") if invalid else joined(),
        *(_sheet(texts, page) for page in answer.pages),
        element(
            "section",
            element("h2", texts("next_title")),
            element("p", texts(f"next_{kind}")),
            element("p", texts("contact")),
            element("p", texts("limit"), class_="soft"),
            element("p", element("a", texts("again"), href=f"/{texts.language.value}", class_="button")),
            class_="card",
        ),
        specimen=specimen,
    )


def _kind(answer: Answer) -> str:
    match answer.result:
        case Result.GENUINE:
            return "not_compared" if answer.reason is Reason.NOT_COMPARED else "genuine"
        case Result.ALTERED:
            return "altered"
        case Result.UNREADABLE:
            return "unreadable"
        case _:
            assert_never(answer.result)


def _mark(kind: str) -> str:
    return {"genuine": "○", "not_compared": "ｉ", "altered": "！", "unreadable": "？"}[kind]


def _problem(texts: Texts, no: No) -> Html:
    return element(
        "div",
        element("p", texts(f"problem.{no.code}")),
        element("p", f"{texts('code')}: {no.code}", class_="soft"),
        class_="problem",
        role="alert",
    )


def _file_field(texts: Texts, side: str) -> Html:
    return element(
        "div",
        element("label", texts(f"{side}_label"), for_=side),
        element("p", texts(f"{side}_hint"), id=f"{side}-hint", class_="soft"),
        void(
            "input",
            type="file",
            id=side,
            name=side,
            accept=".png,.jpg,.jpeg,.tif,.tiff,.pdf,image/png,image/jpeg,image/tiff,application/pdf",
            aria_describedby=f"{side}-hint",
        ),
        class_="field",
    )


def _sheet(texts: Texts, page: ShownPage) -> Html:
    name, boxes = f"p{page.page}", [_box(region) for region in page.regions]
    frames = joined(*(_frame(box, number) for number, box in enumerate(boxes, start=1)))
    pictures = (
        [("decoded", page.decoded)] if page.scanned is None else [("decoded", page.decoded), ("scanned", page.scanned)]
    )
    figures = [
        element(
            "figure",
            element("figcaption", texts(what)),
            _drawing(
                f"{texts(what)} ({texts('page', page=page.page)})",
                (0, 0, *_PAPER),
                joined(_picture(data, f"{name}-{what}"), frames),
            ),
        )
        for what, data in pictures
    ]
    note = element("p", texts("no_scanned" if page.scanned is None else "scanned_note"), class_="soft")
    closer = joined() if not boxes else _differences(texts, name, boxes)
    heading = element("h2", texts("page", page=page.page))
    pair = element("div", *figures, class_="pair" if page.scanned is not None else "pair alone")
    before, after = (note, joined()) if page.scanned is None else (joined(), note)
    return element("section", heading, before, closer, pair, after, class_="card")


def _differences(texts: Texts, name: str, boxes: list[tuple[int, int, int, int]]) -> Html:
    rows = []
    for number, (left, top, right, bottom) in enumerate(boxes, start=1):
        around = round(_CLOSE_UP * _PAPER[0])
        view = (left - around, top - around // 2, right - left + 2 * around, bottom - top + around)
        place = texts(
            "difference_position",
            down=round((top + bottom) / 2 / _PAPER[1] * 100),
            across=round((left + right) / 2 / _PAPER[0] * 100),
        )
        pair = [
            element(
                "figure",
                element("figcaption", texts(what)),
                _drawing(
                    f"{texts('difference', number=number)}: {texts(what)}",
                    view,
                    joined(element("use", href=f"#{name}-{what}"), _frame((left, top, right, bottom))),
                ),
            )
            for what in ("decoded", "scanned")
        ]
        heading = element("h4", element("span", str(number), class_="number"), f" {place}")
        rows.append(element("li", heading, element("div", *pair, class_="pair close")))
    return joined(
        element("h3", texts("differences_title", count=len(boxes))), element("ol", *rows, class_="differences")
    )


def _drawing(label: str, view: tuple[int, int, int, int], content: Html) -> Html:
    return element("svg", content, viewBox=" ".join(map(str, view)), role="img", aria_label=label)


def _picture(data: str, name: str) -> Html:
    size = {"width": str(_PAPER[0]), "height": str(_PAPER[1])}
    return element("image", id=name, href=data, preserveAspectRatio="none", **size)


def _box(region: Region) -> tuple[int, int, int, int]:
    width, height = _PAPER
    left, top, right, bottom = region
    return round(left * width), round(top * height), round(right * width), round(bottom * height)


def _frame(box: tuple[int, int, int, int], number: int | None = None) -> Html:
    left, top, right, bottom = box
    around = element("rect", x=str(left), y=str(top), width=str(right - left), height=str(bottom - top), class_="frame")
    if number is None:
        return around
    # Above the corner of its frame, so that it hides nothing of the line.
    x, y = min(max(left, 40), _PAPER[0] - 40), top - 46 if top > 90 else bottom + 46
    disc = element("circle", cx=str(x), cy=str(y), r="36", class_="disc")
    return joined(around, disc, element("text", str(number), x=str(x), y=str(y + 17), class_="disc-number"))


def _page(texts: Texts, title: str, *content: Html, specimen: bool) -> Html:
    other = next(language for language in Language if language is not texts.language)
    names = {Language.JA: "日本語", Language.EN: "English"}
    switch = element("a", names[other], href=f"/{other.value}", lang=other.value, hreflang=other.value)
    head = element(
        "head",
        void("meta", charset="utf-8"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="robots", content="noindex"),
        element("title", title),
        void("link", rel="icon", href="/assets/icon.svg"),
        void("link", rel="stylesheet", href="/assets/site.css"),
        element("script", src="/assets/site.js", defer=""),
    )
    body = element(
        "body",
        element("a", texts("skip"), href="#content", class_="skip"),
        element(
            "header",
            element("p", texts("specimen"), class_="specimen") if specimen else joined(),
            element(
                "div",
                element("a", texts("title"), href=f"/{texts.language.value}", class_="home"),
                element("nav", switch, aria_label="言語 / Language"),
                class_="bar",
            ),
        ),
        element("main", *content, id="content", tabindex="-1"),
    )
    return Html(f"<!doctype html>\n{element('html', head, body, lang=texts.language.value)}\n")
