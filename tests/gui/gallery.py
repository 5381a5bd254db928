"""One representative model for every screen, and a command that renders them all.

`python -m tests.gui.gallery OUTDIR [WIDTHxHEIGHT:WIDTH_MM ...]`
"""

import os
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from kiosk.flow.screen_model import (
    JAPANESE,
    Action,
    Attract,
    Busy,
    Button,
    Choice,
    Choices,
    Keys,
    Language,
    Message,
    Money,
    PasswordPad,
    Picture,
    PinPad,
    Progress,
    Reading,
    Role,
    Row,
    ScreenId,
    ScreenModel,
    Stepper,
    Summary,
    Text,
    TextPad,
    Tone,
    Touch,
)
from kiosk.ui.geometry import ScreenGeometry
from kiosk.ui.strings import Strings
from tests.gui import attributes_gallery, number_gallery

ENGLISH = Language("en")
LANGUAGES = (JAPANESE, ENGLISH)
ASSETS = Path(__file__).parents[2] / "assets"

LANDSCAPE = ScreenGeometry()
SMALL = ScreenGeometry(1024, 768, 246.0)
LARGE_4_3 = ScreenGeometry(1024, 768, 304.0)
UPRIGHT = ScreenGeometry(1080, 1920, 268.0)


def words(language: Language) -> Strings:
    """Load the stand-in words of one language."""
    tables = tomllib.loads((Path(__file__).parent / "words" / f"{language}.toml").read_text(encoding="utf-8"))
    sentences: dict[str, str] = {}
    for area, table in tables.items():
        for name, value in table.items():
            if isinstance(value, dict):
                sentences |= {f"{area}.{name}.{key}": sentence for key, sentence in value.items()}
            else:
                sentences[f"{area}.{name}"] = value
    return Strings(language, sentences)


def all_words() -> dict[Language, Strings]:
    """Load the stand-in words of all languages, in the order of the switch."""
    return {language: words(language) for language in LANGUAGES}


def t(key: str, **values: str) -> Text:
    """Make a text of the stand-in words."""
    return Text(f"t.{key}", tuple(values.items()))


def literal(name: str) -> Text:
    """Make a text of the register."""
    return Text("", literal=name)


NAMES = ("見本 花子", "見本 一郎", "見本 さくら", "渡邉󠄂 吉󠄁郎", "DELA CRUZ MARIA SANTOS", "見本 髙﨑")
"""Fictitious; one has variation sequences, one is Latin, as registers have them."""

_CANCEL = Action(Touch(Button.CANCEL), t("cancel"), Role.CANCEL)
_BACK = Action(Touch(Button.BACK), t("back"), Role.BACK)
_NEXT = Action(Touch(Button.NEXT), t("next"), Role.PRIMARY)


def _choice(button: Button, argument: str, key: str, detail: Text | None = None, **more: bool) -> Choice:
    return Choice(Touch(button, argument), t(key), detail, **more)


def _idle(language: Language) -> ScreenModel:
    body = Attract(t("idle.invitation"), (t("idle.notice_1"), t("idle.notice_2")))
    actions = (Action(Touch(Button.START), t("next"), Role.PRIMARY),)
    return ScreenModel(ScreenId.IDLE, language, t("idle.title"), body, actions)


def _service(language: Language) -> ScreenModel:
    choices = tuple(
        _choice(
            button,
            "",
            f"service.{button.value}",
            t(f"service.{button.value}_detail"),
            main=button is Button.CERTIFICATES,
        )
        for button in (Button.CERTIFICATES, Button.HONSEKI, Button.APPLICATION, Button.STATE)
    )
    return ScreenModel(ScreenId.SERVICE, language, t("service.title"), Choices(choices), (_CANCEL,))


def _consent(language: Language) -> ScreenModel:
    actions = (
        Action(Touch(Button.DISAGREE), t("consent.disagree"), Role.CANCEL),
        Action(Touch(Button.AGREE), t("consent.agree"), Role.PRIMARY),
    )
    body = Reading(tuple(t(f"consent.p{number}") for number in (1, 2, 3, 4)))
    return ScreenModel(ScreenId.CONSENT, language, t("consent.title"), body, actions, (1, 9))


def _municipality(language: Language) -> ScreenModel:
    places = (
        "見本県汐見野市",
        "見本県架空町",
        "見本県仮名市",
        "例示県虚構市",
        "例示県試験村",
        "例示県見立区",
        "例示県凡例市",
    )
    choices = tuple(
        Choice(Touch(Button.MUNICIPALITY, f"99{number:04}"), literal(place)) for number, place in enumerate(places)
    )
    body = Choices(choices, t("municipality.note"))
    return ScreenModel(ScreenId.MUNICIPALITY, language, t("municipality.title"), body, (_CANCEL, _BACK), (2, 9))


def _place_card(language: Language) -> ScreenModel:
    body = Picture("place_card", t("place_card.sentence"), t("place_card.detail"))
    return ScreenModel(ScreenId.PLACE_CARD, language, t("place_card.title"), body, (_CANCEL, _BACK), (3, 9))


def pin(language: Language, typed: int = 2, note: Text | None = None) -> ScreenModel:
    """Make the pad with `typed` dots."""
    actions = (_CANCEL, Action(Touch(Button.OK), t("pin.ok"), Role.PRIMARY, enabled=typed == 4))
    return ScreenModel(ScreenId.PIN, language, t("pin.title"), PinPad(typed, 2, note), actions, (4, 9))


def _last_try(language: Language) -> ScreenModel:
    actions = (_CANCEL, Action(Touch(Button.NEXT), t("last_try.go_on"), Role.PRIMARY))
    body = Message(Tone.CAUTION, t("last_try.happened"), t("last_try.to_do"), "PIN-02", t("last_try.card"))
    return ScreenModel(ScreenId.LAST_TRY, language, t("last_try.title"), body, actions, (4, 9))


def _verifying(language: Language) -> ScreenModel:
    body = Busy(t("verifying.sentence"), 2, 4)
    return ScreenModel(ScreenId.VERIFYING, language, t("verifying.title"), body, step=(4, 9), language_switch=False)


def _take_card(language: Language) -> ScreenModel:
    body = Picture("take_card", t("take_card.sentence"), t("take_card.detail"))
    return ScreenModel(ScreenId.TAKE_CARD, language, t("take_card.title"), body, step=(4, 9))


def _kind(language: Language) -> ScreenModel:
    fee = t("kind.fee", fee="200")
    choices = (
        _choice(Button.KIND, "juminhyo", "kind.juminhyo", fee),
        _choice(Button.KIND, "inkan", "kind.inkan", fee),
        _choice(Button.KIND, "kazei", "kind.kazei", fee),
        _choice(Button.KIND, "shotoku", "kind.shotoku", fee),
        _choice(Button.KIND, "koseki", "kind.koseki", t("kind.closed"), enabled=False),
        _choice(Button.KIND, "fuhyo", "kind.fuhyo", t("kind.maintenance"), enabled=False),
    )
    return ScreenModel(ScreenId.KIND, language, t("kind.title"), Choices(choices), (_CANCEL,), (5, 9))


def _scope(language: Language) -> ScreenModel:
    choices = tuple(
        _choice(Button.SCOPE, scope, f"scope.{scope}", t(f"scope.{scope}_detail"))
        for scope in ("self", "household", "some")
    )
    return ScreenModel(ScreenId.SCOPE, language, t("scope.title"), Choices(choices), (_CANCEL, _BACK), (6, 9))


def members(language: Language, ticked: tuple[int, ...] = (0, 3)) -> ScreenModel:
    """Make the household's list with some of it ticked."""
    choices = tuple(
        Choice(
            Touch(Button.MEMBER, f"m{number}"),
            literal(name),
            t("members.applicant") if number == 0 else None,
            selected=number in ticked,
        )
        for number, name in enumerate(NAMES)
    )
    body = Choices(choices, t("members.note"))
    row = (_CANCEL, _BACK, Action(Touch(Button.NEXT), t("next"), Role.PRIMARY, enabled=bool(ticked)))
    return ScreenModel(ScreenId.MEMBERS, language, t("members.title"), body, row, (6, 9))


def _year(language: Language) -> ScreenModel:
    choices = tuple(_choice(Button.YEAR, str(year), f"year.{year}") for year in (2026, 2025, 2024))
    return ScreenModel(ScreenId.YEAR, language, t("year.title"), Choices(choices), (_CANCEL, _BACK), (6, 9))


def _items(language: Language) -> ScreenModel:
    choices = (
        _choice(Button.ITEM, "head_and_relation", "items.head", t("items.head_detail"), selected=True),
        _choice(Button.ITEM, "domicile", "items.domicile", t("items.domicile_detail"), selected=False),
        _choice(Button.ITEM, "my_number", "items.number", t("items.number_detail"), selected=False),
    )
    body = Choices(choices)
    return ScreenModel(ScreenId.ITEMS, language, t("items.title"), body, (_CANCEL, _BACK, _NEXT), (7, 9))


def copies(language: Language, value: int = 2) -> ScreenModel:
    """Make the stepper at `value` copies."""
    summary = t("copies.summary", fee="200", copies=str(value), total=str(200 * value))
    body = Stepper(value, 1, 10, t("copies.unit"), summary)
    return ScreenModel(ScreenId.COPIES, language, t("copies.title"), body, (_CANCEL, _BACK, _NEXT), (8, 9))


def _confirm(language: Language) -> ScreenModel:
    rows = (
        Row(t("confirm.kind"), (t("kind.juminhyo"),)),
        Row(t("confirm.scope"), tuple(literal(name) for name in NAMES[:4])),
        Row(t("confirm.items"), (t("items.head"), t("items.domicile"))),
        Row(t("confirm.copies"), (t("confirm.copies_value", copies="2", fee="200"),)),
    )
    body = Summary(rows, t("confirm.total", total="400"), t("confirm.note"))
    actions = (_CANCEL, _BACK, Action(Touch(Button.OK), t("confirm.ok"), Role.PRIMARY))
    return ScreenModel(ScreenId.CONFIRM, language, t("confirm.title"), body, actions, (9, 9))


def _preparing(language: Language) -> ScreenModel:
    body = Busy(t("preparing.sentence"))
    return ScreenModel(ScreenId.PREPARING, language, t("preparing.title"), body, (_CANCEL,), language_switch=False)


def paying(language: Language, inserted_yen: int = 100) -> ScreenModel:
    """Make the money page with some coins in."""
    body = Money(400, inserted_yen, t("paying.sentence"))
    return ScreenModel(ScreenId.PAYING, language, t("paying.title"), body, (_CANCEL,))


def _printing(language: Language) -> ScreenModel:
    body = Progress(1, 4, t("printing.sentence"), t("printing.detail"))
    return ScreenModel(ScreenId.PRINTING, language, t("printing.title"), body)


def _collect(language: Language) -> ScreenModel:
    actions = (
        Action(Touch(Button.NOT_MINE), t("collect.not_mine"), Role.ALARM),
        Action(Touch(Button.OK), t("collect.taken"), Role.PRIMARY),
    )
    body = Picture("collect", t("collect.sentence"), t("collect.detail"))
    return ScreenModel(ScreenId.COLLECT, language, t("collect.title"), body, actions)


def _another(language: Language) -> ScreenModel:
    choices = (
        _choice(Button.ANOTHER, "", "another.another"),
        _choice(Button.FINISH, "", "another.finish", t("another.finish_detail")),
    )
    return ScreenModel(ScreenId.ANOTHER, language, t("another.title"), Choices(choices))


def message(language: Language, tone: Tone = Tone.STOP) -> ScreenModel:
    """Make a refusal."""
    body = Message(tone, t("message.happened"), t("message.to_do"), "ELG-07", t("message.card"))
    actions = (Action(Touch(Button.FINISH), t("finish"), Role.PRIMARY),)
    return ScreenModel(ScreenId.MESSAGE, language, t("message.title"), body, actions)


def _calling_staff(language: Language) -> ScreenModel:
    body = Picture("clerk", t("calling_staff.sentence"), t("calling_staff.detail", case="K0001-0042"))
    return ScreenModel(ScreenId.CALLING_STAFF, language, t("calling_staff.title"), body)


WRITTEN = "ながいちょうめいのまちじゅうにちょうめ34ばんち56-78"
"""Of 40 characters there may be, 30: fictitious."""


def writing(language: Language, written: str = WRITTEN) -> ScreenModel:
    """Make the kana keys with something written."""
    body = TextPad(written, Keys.KANA, None if written else t("honseki.hint"))
    row = (_CANCEL, _BACK, Action(Touch(Button.NEXT), t("next"), Role.PRIMARY, enabled=bool(written)))
    return ScreenModel(ScreenId.HONSEKI, language, t("honseki.title"), body, row, (2, 9))


def _hittosha(language: Language) -> ScreenModel:
    body = TextPad("", Keys.KANA, t("hittosha.hint"))
    row = (_CANCEL, _BACK, Action(Touch(Button.NEXT), t("next"), Role.PRIMARY, enabled=False))
    return ScreenModel(ScreenId.HITTOSHA, language, t("hittosha.title"), body, row, (3, 9))


def _telephone(language: Language) -> ScreenModel:
    body = TextPad("000-1234-5678", Keys.NUMBERS, None)
    return ScreenModel(ScreenId.TELEPHONE, language, t("telephone.title"), body, (_CANCEL, _BACK, _NEXT), (4, 9))


def _form(language: Language) -> ScreenModel:
    lines = {
        "municipality": "見本県汐見野市",
        "honseki": WRITTEN[:8] + "34ばんち56-78",
        "hittosha": "かくう　たろう",
        "telephone": "000-1234-5678",
    }
    choices = tuple(
        Choice(Touch(Button.CORRECT, name), literal(line), t(f"form.{name}")) for name, line in lines.items()
    )
    row = (_CANCEL, _BACK, Action(Touch(Button.NEXT), t("form.right"), Role.PRIMARY))
    return ScreenModel(ScreenId.FORM, language, t("form.title"), Choices(choices, t("form.note")), row, (5, 9))


def _last_password(language: Language) -> ScreenModel:
    actions = (
        Action(Touch(Button.NEXT), t("last_try.go_on"), Role.SECONDARY),
        Action(Touch(Button.CANCEL), t("cancel"), Role.PRIMARY),
    )
    body = Reading(tuple(t(f"last_password.p{number}") for number in (1, 2, 3)))
    return ScreenModel(ScreenId.LAST_PASSWORD, language, t("last_try.title"), body, actions, (8, 9))


def password(language: Language, typed: int = 7, wrong: str = "") -> ScreenModel:
    """Make the password's keys with `typed` dots; `wrong` is the key of an alarming note."""
    body = PasswordPad(typed, 4, t(wrong or "password.note"), alarming=bool(wrong))
    actions = (_CANCEL, Action(Touch(Button.OK), t("pin.ok"), Role.PRIMARY, enabled=typed >= 6))
    return ScreenModel(ScreenId.PASSWORD, language, t("password.title"), body, actions, (8, 9))


def _signing(language: Language) -> ScreenModel:
    body = Busy(t("signing.sentence"), 1, 2)
    return ScreenModel(ScreenId.SIGNING, language, t("signing.title"), body, step=(9, 9), language_switch=False)


def _unsent(language: Language) -> ScreenModel:
    body = Message(Tone.STOP, t("unsent.happened"), t("unsent.to_do"), "CENTER-01", t("unsent.card"))
    actions = (
        Action(Touch(Button.FINISH), t("finish"), Role.SECONDARY),
        Action(Touch(Button.RETRY), t("unsent.again"), Role.PRIMARY),
    )
    return ScreenModel(ScreenId.UNSENT, language, t("unsent.title"), body, actions)


def _registration(language: Language) -> ScreenModel:
    body = Message(Tone.INFORM, t("registration.happened"), t("registration.to_do"), "")
    actions = (
        Action(Touch(Button.APPLICATION), t("service.application"), Role.SECONDARY),
        Action(Touch(Button.FINISH), t("finish"), Role.PRIMARY),
    )
    return ScreenModel(ScreenId.REGISTRATION, language, t("registration.title"), body, actions)


def _out_of_service(language: Language) -> ScreenModel:
    body = Picture("closed", t("out_of_service.sentence"))
    return ScreenModel(ScreenId.OUT_OF_SERVICE, language, t("out_of_service.title"), body)


MAKERS: dict[ScreenId, Callable[[Language], ScreenModel]] = {
    ScreenId.IDLE: _idle,
    ScreenId.SERVICE: _service,
    ScreenId.CONSENT: _consent,
    ScreenId.MUNICIPALITY: _municipality,
    ScreenId.PLACE_CARD: _place_card,
    ScreenId.PIN: pin,
    ScreenId.LAST_TRY: _last_try,
    ScreenId.VERIFYING: _verifying,
    ScreenId.TAKE_CARD: _take_card,
    ScreenId.KIND: _kind,
    ScreenId.SCOPE: _scope,
    ScreenId.MEMBERS: members,
    ScreenId.YEAR: _year,
    ScreenId.ITEMS: _items,
    ScreenId.COPIES: copies,
    ScreenId.CARD_AGAIN: partial(attributes_gallery.card_again, t),
    ScreenId.ATTRIBUTES_PIN: partial(attributes_gallery.attributes_pin, t),
    ScreenId.UNREAD: partial(attributes_gallery.unread, t),
    ScreenId.CONFIRM: _confirm,
    ScreenId.PREPARING: _preparing,
    ScreenId.PAYING: paying,
    ScreenId.PRINTING: _printing,
    ScreenId.COLLECT: _collect,
    ScreenId.ANOTHER: _another,
    ScreenId.MESSAGE: message,
    ScreenId.CALLING_STAFF: _calling_staff,
    ScreenId.HONSEKI: writing,
    ScreenId.HITTOSHA: _hittosha,
    ScreenId.TELEPHONE: _telephone,
    ScreenId.FORM: _form,
    ScreenId.LAST_PASSWORD: _last_password,
    ScreenId.PASSWORD: password,
    ScreenId.SIGNING: _signing,
    ScreenId.UNSENT: _unsent,
    ScreenId.RECEPTION: partial(number_gallery.reception, t),
    ScreenId.REGISTRATION: _registration,
    ScreenId.NUMBER: partial(number_gallery.number, t),
    ScreenId.SEAL_CODE: partial(number_gallery.seal_code, t),
    ScreenId.OUT_OF_SERVICE: _out_of_service,
}


def model_of(screen: ScreenId, language: Language) -> ScreenModel:
    """Make the representative model of a screen."""
    return MAKERS[screen](language)


def main(arguments: list[str]) -> None:
    """Render every screen in every language on each panel asked for."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from kiosk.ports.card import PinBuffer
    from kiosk.ports.password import PasswordBuffer
    from kiosk.ui.window import KioskWindow

    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    geometries = [_geometry(argument) for argument in arguments[1:]] or [LANDSCAPE, SMALL, LARGE_4_3, UPRIGHT]
    _application = QApplication([])
    for geometry in geometries:
        window = KioskWindow(
            assets_dir=ASSETS,
            strings=all_words(),
            pin=PinBuffer(),
            password=PasswordBuffer(),
            geometry=geometry,
            now_s=lambda: 0.0,
        )
        window.show()
        for screen in ScreenId:
            for language in LANGUAGES:
                window.show_model(model_of(screen, language))
                panel = f"{geometry.width_px}x{geometry.height_px}-{geometry.width_mm:.0f}mm"
                window.grab().save(str(folder / f"{panel}-{screen.value}-{language}.png"))


def _geometry(argument: str) -> ScreenGeometry:
    size, width_mm = argument.split(":")
    width_px, height_px = size.split("x")
    return ScreenGeometry(int(width_px), int(height_px), float(width_mm))


if __name__ == "__main__":
    main(sys.argv[1:])
