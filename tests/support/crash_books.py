"""All books of one kiosk against each other and against what really lies in tray, hoppers and hands.

Read from copies taken while the kiosk rests, by nobody's leave. Every breach is a line; no line means that each order
ended in exactly one way and that no sheet and no yen is anywhere but where the books say.
"""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from kiosk.adapters.journal.sqlite import _from_text
from kiosk.adapters.payment.tillbook import Line, Place, TillBook
from kiosk.domain.certificates import TransactionId
from kiosk.flow.step import held_yen
from kiosk.ports.cash import Movement
from kiosk.ports.center import DocumentFate, MoneyFate, OrderOutcome
from kiosk.ports.payment import ChargeKey
from tests.support.crash_slips import LOG
from tests.support.crash_street import Forge, Street

BOOKS = {"journal.db", "journal.db-wal", "journal.db-shm", "till.db", "till.db-wal", "till.db-shm"}
FURNITURE = {"coins", "devices.toml", "kiosk.log", "center.log", "tmp-kiosk", LOG}
HANDED_OVER, REFUNDED, CASE, NOTHING = "handed over", "refunded", "case for staff", "nothing begun"


@dataclass
class Found:
    """What a comparison found."""

    ends: dict[TransactionId, str] = field(default_factory=dict)
    """How each order of the journal ended."""
    breaches: list[str] = field(default_factory=list)
    double_prints: int = 0
    unpaid_prints: int = 0
    lost_yen: int = 0
    leftovers: int = 0
    story: str = ""
    """What books and devices say, where something is wrong."""

    def wrong(self, what: str) -> None:
        """Note a breach."""
        self.breaches.append(what)


@dataclass(frozen=True)
class Kept:
    """What journal and till book say."""

    ordered: frozenset[TransactionId]
    settled: frozenset[TransactionId]
    fees: dict[TransactionId, int]
    """What was to be paid, where a payment was begun."""
    wanted: dict[str, int]
    """Sheets of each serial."""
    outcomes: dict[TransactionId, OrderOutcome]
    incidents: int
    moved: dict[str, Movement]
    late_yen: int
    """Money that came in when nothing was open: a surplus, nobody's loss."""
    unsure_pieces: int
    """Pieces that the units could not prove; each is a line in the book."""
    slips_begun: Counter[TransactionId]
    """How often printing the 未発行票 of an order was begun."""
    holdings: dict[Place, Counter[int]]


def read_books(folder: Path) -> Kept:
    """Read copies of a resting kiosk's books."""
    with TemporaryDirectory(prefix="crash-books-") as copies:
        for name in BOOKS:
            if (folder / name).exists():
                shutil.copy(folder / name, copies)
        with closing(sqlite3.connect(Path(copies) / "journal.db")) as journal:
            rows = journal.execute("SELECT act, txn, yen, serial, sheets FROM intent").fetchall()
            outcomes = [_from_text(text) for (text,) in journal.execute("SELECT outcome FROM decision")]
            settled = frozenset(txn for (txn,) in journal.execute("SELECT txn FROM settlement"))
            (incidents,) = journal.execute("SELECT count(*) FROM incident").fetchone()
        with closing(TillBook(Path(copies) / "till.db")) as till:
            lines = till.entries(0)
            keys = {entry.key for entry in lines if entry.key is not None}
            return Kept(
                ordered=frozenset(txn for _, txn, *_ in rows),
                settled=settled,
                fees={txn: yen for act, txn, yen, *_ in rows if act == "take_money"},
                wanted={serial: sheets for act, _, _, serial, sheets in rows if act == "issue"},
                outcomes={outcome.transaction: outcome for outcome in outcomes},
                incidents=incidents,
                moved={key: till.movement(key) for key in keys},
                slips_begun=Counter(txn for act, txn, *_ in rows if act == "slip"),
                late_yen=sum(e.denomination * e.pieces for e in lines if e.line is Line.LATE),
                unsure_pieces=sum(entry.pieces for entry in lines if entry.line is Line.UNKNOWN),
                holdings={
                    place: Counter({int(c): n for c, n in held.items()}) for place, held in till.holdings().items()
                },
            )


def compare(street: Street, database: Path, *forges: Forge) -> Found:
    """Compare everything, once the printer rests."""
    found = Found()
    engine = street.printer.engine
    if not engine.wait_for(engine.idle, 30):
        found.wrong("the printer does not come to rest")
    kept = read_books(street.folder)
    tray = Counter(sheet.job for sheet in engine.paper)
    found.double_prints = sum(n - 1 for n in Counter((sheet.job, sheet.number) for sheet in engine.paper).values())
    if found.double_prints:
        found.wrong(f"{found.double_prints} sheets came out twice")
    if kept.incidents:
        found.wrong("an incident was raised")
    if kept.ordered != set(kept.outcomes) or kept.ordered != kept.settled:
        found.wrong("an order without its one settled outcome")
    if not set(tray) <= set(kept.wanted):
        found.wrong("a sheet of no order")
        found.unpaid_prints += len(set(tray) - set(kept.wanted))
    for outcome in kept.outcomes.values():
        found.ends[outcome.transaction] = _end(outcome, kept, tray, found)
    _yen(street, kept, found)
    _slips(street, kept, found)
    _ledger(kept, database, found)
    _left_over(street, forges, found)
    if found.breaches:
        found.story = _story(street, kept, tray)
    return found


def _story(street: Street, kept: Kept, tray: Counter[str]) -> str:
    """Write down what the devices alone know, and what the books say of each order that is not plainly done."""
    orders = [
        f"{outcome.transaction[:8]} {outcome.money.value} {outcome.received_yen} case {outcome.case}"
        f" {[(serial[:4], fate.value, sheets, tray[serial]) for serial, fate, sheets in outcome.documents]}"
        f" till {kept.moved.get(outcome.transaction)}"
        for outcome in kept.outcomes.values()
        if outcome.case is not None or outcome.transaction in list(kept.outcomes)[-3:]
    ]
    inside = {place: {int(coin): n for coin, n in held.items()} for place, held in street.coins.inside().items()}
    return "\n".join([*orders, f"inside {inside}", f"open or undecided: {sorted(kept.ordered - kept.settled)}"])


def _end(outcome: OrderOutcome, kept: Kept, tray: Counter[str], found: Found) -> str:
    """Tell how an order ended, and note what does not fit."""
    txn, held = outcome.transaction, kept.moved.get(outcome.transaction, Movement({}, {}, ()))
    name, case = txn[:8], outcome.case is not None
    out = {serial: tray[serial] for serial, _, _ in outcome.documents}
    # A refund in a visit is told with what had been taken, one at a start with 0: in both cases nothing is held.
    says_yen = 0 if outcome.money is MoneyFate.REFUNDED else outcome.received_yen
    if outcome.money is not MoneyFate.UNKNOWN and held.held_yen != says_yen:
        found.lost_yen += abs(held.held_yen - says_yen)
        found.wrong(f"{name}: the till holds {held.held_yen} yen, the journal says {says_yen}")
    if outcome.money is not MoneyFate.UNKNOWN and held.unknown:
        found.wrong(f"{name}: the till is not certain, the journal is")
    for serial, fate, sheets in outcome.documents:
        certain = fate is not DocumentFate.UNKNOWN and not (case and outcome.money is MoneyFate.UNKNOWN)
        if certain and out[serial] != sheets:
            found.wrong(f"{name}: {out[serial]} sheets in the tray, {sheets} in the journal")
    if any(out.values()) and outcome.money in {MoneyFate.NONE, MoneyFate.REFUNDED} and not case:
        found.unpaid_prints += 1
        found.wrong(f"{name}: printed and not paid")
    fates = {fate for _, fate, _ in outcome.documents}
    whole = all(out[serial] == kept.wanted[serial] for serial in out)
    if case:
        return CASE
    if outcome.money is MoneyFate.KEPT and outcome.received_yen == kept.fees.get(txn):
        if fates == {DocumentFate.HANDED_OVER} and whole:
            return HANDED_OVER
    elif fates == {DocumentFate.VOIDED} and not any(out.values()):
        if outcome.money is MoneyFate.REFUNDED:
            return REFUNDED
        if outcome.money is MoneyFate.NONE:
            return NOTHING
    found.wrong(f"{name}: no end that there may be: {outcome.money.value}, {sorted(fate.value for fate in fates)}")
    return "none"


def _yen(street: Street, kept: Kept, found: Found) -> None:
    """Compare the money in the machine with the till book, place by place."""
    if not set(kept.moved) <= kept.ordered | {ChargeKey("0" * 32)}:
        found.wrong("money under a key of no order")
    held = sum(movement.held_yen for movement in kept.moved.values()) + kept.late_yen
    missing = street.really_kept_yen() - held
    really = street.coins.inside()
    by_pieces = {place: +Counter({int(coin): n for coin, n in really[place.value].items()}) for place in Place}
    by_book = {place: +Counter(pieces) for place, pieces in kept.holdings.items()}
    if kept.unsure_pieces:
        # So many pieces may lie anywhere, and each is a line of the book; not one piece more.
        lost = sum((sum(by_pieces.values(), Counter()) - sum(by_book.values(), Counter())).values())
        over = sum((sum(by_book.values(), Counter()) - sum(by_pieces.values(), Counter())).values())
        if lost + over > kept.unsure_pieces:
            found.lost_yen += abs(missing)
            found.wrong(f"{lost} pieces more and {over} fewer than in the book, which names {kept.unsure_pieces}")
    else:
        if missing:
            found.lost_yen += abs(missing)
            found.wrong(f"{missing} yen more in the machine than in the till book")
        for place in Place:
            if by_pieces[place] != by_book[place]:
                found.wrong(
                    f"{place.value}: {dict(by_pieces[place])} by its pieces, {dict(by_book[place])} by the book"
                )
    found.breaches.extend(street.coins.world.breaches)


def _slips(street: Street, kept: Kept, found: Found) -> None:
    """Compare the 未発行票 that came out with the cases: each has one, and a second only where the machine died over the first."""
    street.desk.wait_until(lambda: street.desk.idle)
    out = Counter(code.split(":")[1] for code in street.slip_codes() if code.startswith("CASE:"))
    log = street.folder / LOG
    said = {tuple(line.split()) for line in log.read_text().splitlines()} if log.exists() else set()
    cases = {outcome.case: outcome for outcome in kept.outcomes.values() if outcome.case is not None}
    for number in out.keys() - cases.keys():
        found.wrong(f"slip {number} of no case")
    for number, outcome in cases.items():
        if not 1 <= out[number] <= kept.slips_begun[outcome.transaction]:
            found.wrong(f"case {number}: {out[number]} slips, {kept.slips_begun[outcome.transaction]} begun")
        if {words for words in said if words[0] == number} != {(number, str(held_yen(outcome)))}:
            found.wrong(f"case {number}: slips that contradict the case, or each other: {said}")
    if street.desk.complaints:
        found.wrong(f"the slip printer did not understand: {street.desk.complaints[:3]}")


def _ledger(kept: Kept, database: Path, found: Found) -> None:
    """Compare the center's ledger with the journal, order by order and sheet by sheet."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as ledger:
        for txn in kept.ordered & set(kept.outcomes):
            ours = kept.outcomes[txn]
            row = ledger.execute("SELECT money, received_yen, case_no FROM outcomes WHERE txn = ?", (txn,)).fetchone()
            if row != (ours.money.value, ours.received_yen, ours.case):
                found.wrong(f"{txn[:8]}: the center's ledger says {row}")
            papers = ledger.execute("SELECT serial, state, sheets FROM documents WHERE txn = ?", (txn,)).fetchall()
            if sorted(papers) != sorted((serial, fate.value, sheets) for serial, fate, sheets in ours.documents):
                found.wrong(f"{txn[:8]}: the center's ledger has other fates of its papers")


def _left_over(street: Street, forges: tuple[Forge, ...], found: Found) -> None:
    """Look for anything that a visit left behind."""
    left = {path.name for path in street.folder.iterdir()} - BOOKS - FURNITURE
    for forge in forges:
        left |= {path.name for path in forge.temporary.rglob("*")}
    texts = [path for path in street.folder.iterdir() if path.is_file() and path.name != "devices.toml"]
    left |= {path.name for path in texts if b"%PDF" in path.read_bytes()}
    kept = [job.number for job in street.printer.engine.jobs.values() if job.document is not None]
    found.leftovers = len(left) + len(kept)
    if found.leftovers:
        found.wrong(f"left behind: {sorted(left)}, and in the printer {kept}")
