"""Which room may know which: as data, and the judge that reads it.

A machine's room names what it may import (everything else is refused); a room of the center names what it must not.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.architecture.tree import PACKAGES, Import


@dataclass(frozen=True, slots=True)
class Closed:
    """A room that may import only what is listed, besides itself and the standard library."""

    rooms: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Parts of the standard library that this room must do without."""


CLOCK_AND_CHANCE = ("time", "random", "secrets", "uuid")
WORLD = (
    "asyncio",
    "http",
    "io",
    "os",
    "pathlib",
    "select",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "urllib",
)
ADAPTER = ("kiosk.ports", "kiosk.domain", "printers", "issuing_center.wire")
COMPOSITION = Closed(rooms=("kiosk", "printers", "issuing_center.wire"), libraries=("PySide6", "cryptography"))

KIOSK: dict[str, Closed] = {
    "kiosk.domain": Closed(without=CLOCK_AND_CHANCE + WORLD),
    "kiosk.ports": Closed(rooms=("kiosk.domain",)),
    "kiosk.flow": Closed(rooms=("kiosk.domain", "kiosk.ports"), without=CLOCK_AND_CHANCE + WORLD),
    "kiosk.adapters": Closed(rooms=ADAPTER),
    "kiosk.adapters.card": Closed(rooms=ADAPTER, libraries=("smartcard", "cryptography", "msgspec")),
    "kiosk.adapters.center": Closed(rooms=ADAPTER, libraries=("httpx2", "cryptography", "msgspec")),
    "kiosk.adapters.payment": Closed(rooms=ADAPTER, libraries=("serial",)),
    "kiosk.ui": Closed(
        rooms=("kiosk.flow.screen_model", "kiosk.flow.kana", "kiosk.ports.card", "kiosk.ports.password"),
        libraries=("PySide6",),
    ),
    "kiosk": COMPOSITION,
    "printers": Closed(libraries=("PIL", "escpos", "qrcode", "uharfbuzz", "pyipp", "serial", "reportlab", "pypdfium2")),
}
"""The longest prefix of a module's name decides. `kiosk` is the composition: runner, wiring, headless, commands."""

NEVER: dict[str, tuple[str, ...]] = {
    "issuing_center": ("kiosk", "printers", "issuing_center.sandbox"),
    "issuing_center.wire": ("issuing_center.", "sqlalchemy", "werkzeug", "cryptography"),
    # A visit asks the register's port whose certificate this is; how records are kept is nothing to it.
    "issuing_center.visits": (
        *("issuing_center.register.sql", "issuing_center.register.tables", "issuing_center.register.updates"),
        *("issuing_center.paper", "issuing_center.web"),
    ),
    "issuing_center.trust": (
        "issuing_center.register",
        "issuing_center.paper",
        "issuing_center.web",
        "issuing_center.ledger",
    ),
    "issuing_center.register": ("issuing_center.paper", "issuing_center.web", "reportlab"),
    "issuing_center.issuance": ("issuing_center.web", "issuing_center.server", "werkzeug", "uvicorn", "httpx2", "http"),
    "issuing_center.paper": (
        *("issuing_center.web", "issuing_center.register.sql", "issuing_center.database", "sqlalchemy", "werkzeug"),
        *("httpx2", "httpcore2", "socket", "ssl", "http", "urllib.request", "time"),
    ),
    "issuing_center.ledger": (
        *("issuing_center.paper", "issuing_center.web", "issuing_center.register", "issuing_center.counter"),
    ),
    # The counter decides about numbers and fees; who asks, and how it is shown, is nothing to it.
    "issuing_center.counter": (
        *("issuing_center.web", "issuing_center.server", "issuing_center.staff", "issuing_center.issuance"),
        *("issuing_center.register.sql", "issuing_center.register.tables", "werkzeug", "uvicorn", "http"),
    ),
    # What reads and draws backs have in common knows neither.
    "issuing_center.backs": ("issuing_center.paper", "issuing_center.enquiry", "issuing_center.register", "sqlalchemy"),
    # Whoever reads a back needs no form and no font: loading them takes a tenth of a second of every verdict.
    "issuing_center.enquiry": ("issuing_center.register", "issuing_center.paper", "reportlab", "uharfbuzz"),
    # It stands by itself, and what strangers upload comes near no record.
    "issuing_center.enquiry.site": (
        *(
            "issuing_center.database",
            "issuing_center.ledger",
            "issuing_center.server",
            "issuing_center.web",
            "sqlalchemy",
        ),
    ),
    # Who signs knows nothing of what is signed for whom.
    "issuing_center.keys": ("issuing_center.paper", "issuing_center.register", "issuing_center.web", "sqlalchemy"),
    "issuing_center.visible_seal": (
        "issuing_center.paper",
        "issuing_center.register",
        "issuing_center.web",
        "sqlalchemy",
    ),
    "issuing_center.pdf_signature": (
        "issuing_center.paper",
        "issuing_center.register",
        "issuing_center.web",
        "sqlalchemy",
    ),
}
"""Every prefix of a module's name that is listed applies."""

CONFINED: dict[str, tuple[str, ...]] = {
    "reportlab": ("issuing_center.paper", "printers"),
    "fontTools": ("issuing_center.paper",),
    "uharfbuzz": ("issuing_center.paper", "printers.escpos"),
    "pyhanko_certvalidator": ("issuing_center.trust",),
    "asn1crypto": ("issuing_center.trust", "issuing_center.sandbox"),
    "cv2": ("issuing_center.backs", "issuing_center.paper.back", "issuing_center.enquiry"),
    "zxingcpp": ("issuing_center.paper", "issuing_center.enquiry"),
    "pkcs11": ("issuing_center.keys",),
    "uvicorn": ("issuing_center.server", "issuing_center.__main__", "issuing_center.enquiry.site.listener"),
    "a2wsgi": ("issuing_center.server",),
    "werkzeug": (
        "issuing_center.web",
        "issuing_center.municipal_server",
        "issuing_center.enquiry",
        "issuing_center.staff",
    ),
    "alembic": ("issuing_center.migrations", "issuing_center.database"),
    "smartcard": ("kiosk.adapters.card",),
    "serial": ("kiosk.adapters.payment", "printers"),
    "escpos": ("printers.escpos",),
}
"""A library is known in these rooms and nowhere else, so that it can be replaced there."""

WIRE = "issuing_center.wire"
SANDBOX = "issuing_center.sandbox"
SANDBOX_DOOR = "issuing_center.__main__"
"""The pretend JPKI comes in by `serve --sandbox` alone, late, so that a service without it never loads it."""


def inside(name: str, room: str) -> bool:
    """Tell whether a module is a room or lies in it; a room ending in a dot means what lies in it only."""
    return name.startswith(room) if room.endswith(".") else name == room or name.startswith(room + ".")


def violations(arrows: Iterable[Import]) -> Iterator[str]:
    """Name every arrow that the tables refuse, one line each."""
    for arrow in arrows:
        reason = _refusal(arrow)
        if reason:
            yield f"{arrow.importer}:{arrow.line} imports {arrow.target}: {reason}"


def _refusal(arrow: Import) -> str | None:
    importer, target = arrow.importer, arrow.target
    if inside(target, "tests"):
        return "tests are not part of the product"
    library = target.split(".")[0]
    if library in CONFINED and not any(inside(importer, room) for room in CONFINED[library]):
        return f"{library} is known only in {', '.join(CONFINED[library])}"
    room = max((room for room in KIOSK if inside(importer, room)), key=len, default=None)
    if room is not None:
        return _refusal_of_closed(importer, target, room, KIOSK[room])
    if inside(importer, SANDBOX) or importer == SANDBOX_DOOR:
        forbidden: tuple[str, ...] = ("kiosk", "printers")
    else:
        forbidden = tuple(never for room, nevers in NEVER.items() if inside(importer, room) for never in nevers)
    for never in forbidden:
        # What lies in the whole package is refused to a room, but not what lies in the room itself.
        own = never.endswith(".") and inside(importer, WIRE) and inside(target, WIRE)
        if inside(target, never) and not own:
            return f"never {never}"
    return None


def _refusal_of_closed(importer: str, target: str, room: str, rule: Closed) -> str | None:
    library = target.split(".", maxsplit=1)[0]
    if any(inside(target, forbidden) for forbidden in rule.without):
        return f"{room} does without {library}"
    own = ".".join(importer.split(".")[:3]) if room.startswith("kiosk.adapters") else room
    if library in PACKAGES:
        if inside(target, own) or any(inside(target, allowed) for allowed in rule.rooms):
            return None
        if target == "issuing_center":
            return "name the module: from issuing_center import wire"
        return f"{room} may know only {', '.join((own, *rule.rooms))}"
    if library in sys.stdlib_module_names or library in rule.libraries:
        return None
    return f"{room} may use only {', '.join(('the standard library', *rule.libraries))}"
