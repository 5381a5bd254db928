"""The command `python -m kiosk till`: what lies in the till, filling and emptying it, and the day's settlement.

What only reads works beside a running kiosk. What writes wants it stopped: it holds its book, and the command says so.
"""

import argparse
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path

from kiosk.adapters.payment.till_figures import TillFigures, till_figures
from kiosk.adapters.payment.tillbook import Line, Place, TillBook, TillBookUnavailableError
from kiosk.book_copy import copied
from kiosk.ports.cash import Counts, Denomination, worth

_PIECES = re.compile(r"([0-9]{2,5})=([0-9]{1,4})\Z")


def add_arguments(till: argparse.ArgumentParser) -> None:
    """Give a parser the acts of the command; the till book is `--book`, or what `run` is told by its caller."""
    till.add_argument("--book", type=Path, metavar="FILE", help="the till book of this machine")
    acts = till.add_subparsers(required=True, metavar="ACT", dest="act")
    acts.add_parser("counts", help="what lies where")
    settle = acts.add_parser("settle", help="the figures since the last settlement, and close them")
    settle.add_argument("--json", action="store_true", help="one JSON object on standard output")
    settle.add_argument("--look", action="store_true", help="give the figures and close nothing")
    settle.add_argument("--counted", nargs="+", type=_pieces, metavar="YEN=PIECES", help="what was counted by hand")
    fill = acts.add_parser("fill", help="coins were put into the hoppers")
    fill.add_argument("pieces", nargs="+", type=_pieces, metavar="YEN=PIECES")
    empty = acts.add_parser("empty", help="everything was taken out of one place")
    empty.add_argument("place", choices=[place.value for place in Place])


def run(options: argparse.Namespace, book_path: Path) -> int:
    """Do one act on a machine's till book; 0 when all agrees, 1 when the settlement does not, 2 when there is no book."""
    acts: dict[str, Callable[[argparse.Namespace, TillBook], int]] = {
        "counts": _counts,
        "settle": _settle,
        "fill": _fill,
        "empty": _empty,
    }
    only_reads = options.act == "counts" or (options.act == "settle" and options.look)
    try:
        with ExitStack() as opened:
            path = opened.enter_context(_copied(book_path)) if only_reads and book_path.is_file() else book_path
            return acts[options.act](options, opened.enter_context(closing(TillBook(path))))
    except TillBookUnavailableError as error:
        print(f"{error.code}: {_reason(error)}")
        return 2


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    with ExitStack() as opened:
        try:
            copy = opened.enter_context(copied(path))
        except OSError as error:
            raise TillBookUnavailableError from error
        yield copy


def figures_json(figures: TillFigures) -> dict[str, object]:
    """Give the figures as plain values, with what is computed of them."""
    plain = asdict(figures)
    for row, each in zip(plain["denominations"], figures.denominations, strict=True):
        row |= {"denomination": int(each.denomination), "expected": each.expected, "discrepancy": each.discrepancy}
    return plain | {"expected_yen": figures.expected_yen, "agrees": figures.agrees}


def _reason(error: TillBookUnavailableError) -> str:
    return "the running kiosk holds the till book; stop it first" if error.in_use else "the till book cannot be used"


def _counts(_options: argparse.Namespace, book: TillBook) -> int:
    for place, counts in book.holdings().items():
        for money in sorted(counts):
            print(f"{place.value:<8} {int(money):>6} x {counts[money]:>5} = {money * counts[money]:>9}")
    print(f"{'total':<8} {sum(worth(counts) for counts in book.holdings().values()):>26}")
    return 0


def _settle(options: argparse.Namespace, book: TillBook) -> int:
    counted = None if options.counted is None else dict(options.counted)
    figures = till_figures(book, counted)
    if options.json:
        print(json.dumps(figures_json(figures), ensure_ascii=False, indent=2))
    else:
        _print(figures)
    if not options.look:
        book.close_day()
    return 0 if figures.agrees else 1


def _print(figures: TillFigures) -> None:
    print(f"{figures.since or 'the beginning'} to {figures.until}")
    print("  kind  opening     in    out filled  taken expected counted")
    for each in figures.denominations:
        if any((each.opening, each.came_in, each.filled, each.expected, each.counted)):
            counted = "" if each.counted is None else f"{each.counted:>8} {each.discrepancy or 0:+}"
            cells = (each.opening, each.came_in, each.went_out, each.filled, each.taken, each.expected)
            print(
                f"{int(each.denomination):>6} {cells[0]:>8}" + "".join(f" {n:>6}" for n in cells[1:]) + f"  {counted}"
            )
    print(f"paid {figures.paid}, {figures.paid_yen} yen; refunded {figures.refunded}, {figures.refunded_yen} yen")
    print(f"cancelled {figures.cancelled}; unsettled {figures.unsettled}; surplus {figures.surplus_yen} yen")
    for odd in figures.not_certain:
        print(f"not certain: {odd.pieces} x {odd.denomination or '?'} ({odd.word}), charge {odd.key or 'none'}")
    print(f"expected {figures.expected_yen} yen: {'agrees' if figures.agrees else 'DOES NOT AGREE'}")


def _fill(options: argparse.Namespace, book: TillBook) -> int:
    pieces: Counts = dict(options.pieces)
    if any(money.is_note for money in pieces):
        print("USAGE-01: only coins are filled in")
        return 2
    book.write(None, [(Line.FILLED, int(money), n, Place.HOPPER.value) for money, n in pieces.items()])
    return _counts(options, book)


def _empty(options: argparse.Namespace, book: TillBook) -> int:
    held = book.holdings()[Place(options.place)]
    book.write(None, [(Line.TAKEN, int(money), n, options.place) for money, n in held.items()])
    return _counts(options, book)


def _pieces(text: str) -> tuple[Denomination, int]:
    found = _PIECES.match(text)
    if found is None or int(found[1]) not in set(Denomination):
        raise argparse.ArgumentTypeError(f"{text!r} is not YEN=PIECES of a coin or note")
    return Denomination(int(found[1])), int(found[2])
