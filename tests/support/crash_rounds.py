"""Rounds of killing: a visit, a death at a random point, a new start, and all books compared before the next visit begins."""

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from kiosk.domain.certificates import TransactionId
from tests.support.crash_books import NOTHING, Found, compare
from tests.support.crash_street import Center, Kiosk, Silent, a_kiosk

FEE_YEN = 200
VISIT_S = 0.5
"""About what a visit takes on a quiet machine, until that is learnt."""
SEAMS = {"journal": 15, "till": 26, "wire": 330, "paper": 14, "slip": 50}
"""How often a settlement and a visit pass each seam, at most."""
WAYS = ("time",) * 5 + ("settling",) * 2 + ("journal",) * 2 + ("till",) * 2 + ("wire", "paper", "slip")
"""Where the kiosk dies: at a moment of the visit, of the settlement, or at a passing of a seam."""
POWER_CUTS = 0.25
"""Of all deaths, those in which the printer, the coin units and the slip printer lose their power too."""
A_STREET = 40
"""Kills after which books and devices begin anew."""


@dataclass
class Tally:
    """What many rounds came to."""

    kills: Counter[str] = field(default_factory=Counter)
    """By the way of dying; `at rest` where the visit was over before the blow."""
    power_cuts: int = 0
    """Kills together with which every device lost its power for a moment."""
    visits: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    double_prints: int = 0
    unpaid_prints: int = 0
    lost_yen: int = 0
    leftovers: int = 0
    breaches: list[str] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)
    """What books and devices said at each comparison that found a breach."""

    def add(self, other: "Tally") -> None:
        """Take in another's figures."""
        self.kills += other.kills
        self.ends += other.ends
        for name in ("power_cuts", "visits", "compared", "double_prints", "unpaid_prints", "lost_yen", "leftovers"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.breaches += other.breaches
        self.stories += other.stories


@dataclass
class Pace:
    """What a visit takes on this machine, learnt from those that lived: blows are to fall into visits, not after them."""

    visit_s: float = VISIT_S
    passes: dict[tuple[str, int], int] = field(default_factory=dict)
    """Passings of a seam, from the start of the program to the end of a visit for so many copies."""

    def lived(self, took_s: float) -> None:
        """Learn from a visit for one copy that was not cut short."""
        self.visit_s += 0.3 * (took_s - self.visit_s)

    def last_of(self, seam: str, copies: int) -> int:
        """Give the last passing that a visit is likely to have."""
        return self.passes.get((seam, copies), SEAMS[seam] * copies)


class Watch:
    """Compares one kiosk's books after each settlement, and counts how its visits ended."""

    def __init__(self, kiosk: Kiosk, center: Center, tally: Tally) -> None:
        self._kiosk, self._center, self._tally = kiosk, center, tally
        self.known: dict[TransactionId, str] = {}
        """How each order ended, as of the last comparison."""
        self._begun = 0

    def visit_begins(self) -> None:
        """Note that a resident came."""
        self._begun += 1
        self._tally.visits += 1

    def compare(self, where: str) -> Found:
        """Compare; the kiosk rests."""
        found = compare(self._kiosk.street, self._center.database, self._kiosk.forge)
        new = {txn: end for txn, end in found.ends.items() if txn not in self.known}
        changed = [txn for txn, end in self.known.items() if found.ends.get(txn) != end]
        if changed or len(new) > self._begun:
            found.wrong("an order's end changed, or there are more orders than visits")
        tally = self._tally
        tally.compared += 1
        tally.ends.update(new.values())
        tally.ends[NOTHING] += self._begun - len(new)
        tally.breaches += [f"{where}: {breach}" for breach in found.breaches]
        if found.story:
            tally.stories.append(f"{self._kiosk.street.folder.name}, {where}:\n{found.story}")
        self.known, self._begun = found.ends, 0
        return found

    def close(self) -> None:
        """Add what is counted once a street: devices remember it to the end."""
        found = self.compare("at the end")
        for name in ("double_prints", "unpaid_prints", "lost_yen", "leftovers"):
            setattr(self._tally, name, getattr(self._tally, name) + getattr(found, name))


def kill_kiosk(kiosk: Kiosk, watch: Watch, chance: random.Random, tally: Tally, pace: Pace, **life: object) -> None:
    """Begin a life, compare what the last one left, and end it at a random point."""
    way, copies = chance.choice(WAYS), chance.choice((1, 1, 1, 2))
    seam = {"seam": way, "at": chance.randint(1, pace.last_of(way, copies))} if way in SEAMS else {}
    where = f"{way} {seam.get('at', '')}".strip()
    forge = kiosk.forge
    if tally.kills and chance.random() < POWER_CUTS:
        kiosk.street.lose_power()
        tally.power_cuts += 1
    kiosk.begin(copies=copies, **seam, **life)
    if way == "settling" and _died(kiosk, chance.uniform(0.0, pace.visit_s / 2)):
        tally.kills[way] += 1
        return
    try:
        kiosk.settled() if way != "settling" else None
    except Silent:
        if not forge.killed:
            raise
        tally.kills[f"{way}, settling"] += 1
        return
    watch.compare(f"before {where}")
    watch.visit_begins()
    kiosk.street.will_pay(FEE_YEN * copies)
    began_s = monotonic()
    forge.tell("go")
    if way in SEAMS:
        said = forge.hear("ended", "settled").split()
        died = said[0] == "ended"
        if died and not forge.killed:
            raise Silent(f"{' '.join(said)}: {forge.last_words()}")
        if not died:
            pace.passes[way, copies] = int(said[1])
        tally.kills[way if died else "at rest"] += 1
    else:
        died = _died(kiosk, chance.uniform(0.0, pace.visit_s * copies))
        tally.kills["time" if died else "at rest"] += 1
    if not died:
        pace.lived((monotonic() - began_s) / copies)
    forge.kill()


def _died(kiosk: Kiosk, after_s: float) -> bool:
    """Kill after so long; True when it was at something, False when it had settled its books and waited."""
    try:
        kiosk.forge.hear("settled", timeout_s=after_s)
    except Silent:
        if kiosk.forge.pid is None:
            raise  # it ended by itself
        kiosk.forge.kill()
        return True
    return False


def kills_of_kiosk(
    folder: Path,
    center: Center,
    data: Path,
    seed: str,
    times: int,
    *,
    device: str = "kiosk-0001",
    visit_s: float = VISIT_S,
    tally: Tally | None = None,
    **life: object,
) -> Tally:
    """Kill a kiosk so often, on as many streets as that takes; `tally` keeps what was done when a round breaks off."""
    chance, tally = random.Random(seed), Tally() if tally is None else tally
    pace = Pace(visit_s)
    while (left := times - tally.kills.total()) > 0:
        place = folder / f"street-{seed}-{tally.kills.total()}"
        with a_kiosk(place, center, data, chance, device) as kiosk:
            watch = Watch(kiosk, center, tally)
            for _ in range(min(left, A_STREET)):
                kill_kiosk(kiosk, watch, chance, tally, pace, **life)
            _ends(kiosk, watch, life)
    return tally


def _ends(kiosk: Kiosk, watch: Watch, life: dict[str, object]) -> None:
    """Settle for the last time, and compare."""
    kiosk.forge.kill()
    kiosk.begin(**life)
    kiosk.settled()
    watch.close()


def kills_of_center(
    folder: Path,
    center: Center,
    data: Path,
    seed: str,
    times: int,
    devices: Sequence[str],
    tally: Tally | None = None,
) -> Tally:
    """Kill a center so often while its kiosks serve; they are not killed, and wait for it."""
    chance, tally = random.Random(seed), Tally() if tally is None else tally
    while (left := times - tally.kills.total()) > 0:
        with ExitStack() as opened:
            kiosks = []
            for device in devices:
                place = folder / f"street-{seed}-{device}-{tally.kills.total()}"
                kiosks.append(opened.enter_context(a_kiosk(place, center, data, chance, device)))
            watches = [Watch(kiosk, center, tally) for kiosk in kiosks]
            for kiosk in kiosks:
                kiosk.begin()
                kiosk.settled()
            visit_s = _all_visit(kiosks, watches)
            for number in range(min(left, A_STREET)):
                _all_begin(kiosks, watches)
                try:
                    center.forge.hear("nothing", timeout_s=chance.uniform(0.0, visit_s))
                except Silent:
                    if center.forge.pid is None:
                        raise  # it ended by itself
                    center.forge.kill()
                tally.kills["center"] += 1
                center.begin()
                for kiosk, watch in zip(kiosks, watches, strict=True):
                    kiosk.settled()
                    watch.compare(f"center {number}")
            for kiosk, watch in zip(kiosks, watches, strict=True):
                _ends(kiosk, watch, {})
    return tally


def _all_begin(kiosks: Sequence[Kiosk], watches: Sequence[Watch]) -> None:
    for kiosk, watch in zip(kiosks, watches, strict=True):
        watch.visit_begins()
        kiosk.street.will_pay(FEE_YEN)
        kiosk.forge.tell("go")


def _all_visit(kiosks: Sequence[Kiosk], watches: Sequence[Watch]) -> float:
    """Make a visit at each kiosk and let the center live; gives the seconds it took."""
    began_s = monotonic()
    _all_begin(kiosks, watches)
    for kiosk in kiosks:
        kiosk.settled()
    took_s = monotonic() - began_s
    for watch in watches:
        watch.compare("nobody killed")
    return took_s
