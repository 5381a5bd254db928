"""The JPKI dialogue over a real pcscd and vpcd, against the same twelve commands sent bare on the same card.

The card's own RSA is taken out of both, since a chip's arithmetic is not ours. "The call" is what a visit waits for, power
and exclusive connection included; its floor connects, sends the twelve and powers down, and does nothing else.
"""

import hashlib
import statistics
from itertools import cycle, islice, permutations
from threading import Event
from time import perf_counter

from kiosk.adapters.card import dialogue, winscard
from kiosk.adapters.card.pcsc import PcscCardReader
from kiosk.adapters.card.virtual_card import VirtualCard
from kiosk.ports.card import Signed
from tests.support.cards import CERTIFICATE_BYTES, PIN, card_file, typed
from tests.support.pcsc import READER, shared_host

ROUNDS = 120
DIGEST = hashlib.sha256(b"benchmark").digest()
BARE = [
    bytes.fromhex(command)
    for command in (
        "00A4040C0AD392F000260100000001",
        "00A4020C02000A",
        "00B0000004",
        "00B0000400",
        "00B0010400",
        "00B0020400",
        "00B00304E9",
        "00A4020C020018",
        "00200080",
        "002000800431323334",
        "00A4020C020017",
        "802A008033" + dialogue.SHA256_DIGEST_INFO.hex() + DIGEST.hex() + "00",
    )
]


class _Open:
    """A transport on a connection that is held already."""

    def __init__(self, connection: winscard.Connection) -> None:
        self._connection = connection

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        """Exchange one command."""
        answer = winscard.transmit(self._connection, command)
        return answer[:-2], int.from_bytes(answer[-2:])


def _signed(outcome: object) -> None:
    if not isinstance(outcome, Signed):
        raise TypeError(f"the card did not sign: {outcome}")


def run() -> dict[str, object]:
    """Measure; times in milliseconds, medians of interleaved rounds."""
    card = VirtualCard(card_file(certificate_length=CERTIFICATE_BYTES))
    insertion = shared_host().insert(card)
    reader = PcscCardReader(READER)
    reader.wait_for_card(Event())
    context = winscard.establish_context()
    times: dict[str, list[float]] = {"call": [], "bare call": [], "dialogue": [], "bare": []}

    def timed(name: str, begin: float, arithmetic_before: float) -> None:
        times[name].append((perf_counter() - begin - (card.arithmetic_s - arithmetic_before)) * 1000)

    def call() -> None:
        pin = typed(PIN)
        begin, arithmetic = perf_counter(), card.arithmetic_s
        _signed(reader.authenticate(DIGEST, pin))
        timed("call", begin, arithmetic)

    def bare() -> None:
        begin_call, arithmetic_call = perf_counter(), card.arithmetic_s
        connection = winscard.connect(context, READER)
        begin, arithmetic = perf_counter(), card.arithmetic_s
        answers = [winscard.transmit(connection, command) for command in BARE]
        timed("bare", begin, arithmetic)
        winscard.disconnect(connection)
        timed("bare call", begin_call, arithmetic_call)
        if len(answers[-1]) != dialogue.SIGNATURE_BYTES + 2:
            raise ValueError("the bare commands did not sign")

    def told() -> None:
        connection = winscard.connect(context, READER)
        pin = typed(PIN)
        begin, arithmetic = perf_counter(), card.arithmetic_s
        _signed(dialogue.authenticate(_Open(connection), DIGEST, pin))
        timed("dialogue", begin, arithmetic)
        winscard.disconnect(connection)

    for acts in islice(cycle(permutations((call, bare, told))), ROUNDS):  # each follows each other equally often
        for act in acts:
            act()

    winscard.release_context(context)
    insertion.remove()
    median = {name: statistics.median(values) for name, values in times.items()}
    return {
        "rounds": ROUNDS,
        "certificate_bytes": CERTIFICATE_BYTES,
        "figures": [
            _figure("card: authentication, 12 commands", median["dialogue"], median["bare"], "<= 1.5"),
            _figure("card: the whole call, with power on and off", median["call"], median["bare call"], "<= 1.5"),
            _figure("card: the whole call over bare commands alone", median["call"], median["bare"], None),
        ],
    }


def _figure(name: str, ours: float, floor: float, target: str | None) -> dict[str, object]:
    return {"name": name, "unit": "ms", "ours": ours, "floor": floor, "ratio": ours / floor, "target": target}
