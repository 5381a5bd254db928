"""What the world around the flow does for a counter: sets of papers on a lane of their own, orders that are repeated once."""

from typing import TYPE_CHECKING

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.ports.center import DocumentFate, DocumentMismatch, MoneyFate, OrderOutcome
from kiosk.ports.printer import Printed, PrintFailed, PrintUnknown
from tests.flow import samples as m

if TYPE_CHECKING:
    from tests.flow.world import World

FATES: dict[type[object], DocumentFate] = {
    Printed: DocumentFate.HANDED_OVER,
    PrintUnknown: DocumentFate.UNKNOWN,
    PrintFailed: DocumentFate.VOIDED,
    DocumentMismatch: DocumentFate.VOIDED,
}


def count_repeats(world: "World") -> None:
    """Check that a counter looks into its trays before each order, and repeats one by itself once at most."""
    assert world.settings.hands_over_here or world.trays_ready, "ordered before the trays were looked into"
    world.repeats = 0 if world.confirmed else world.repeats + 1
    assert world.repeats <= 1, "ordered again and again"
    world.trays_ready = world.confirmed = False


def print_set(world: "World", effect: fx.PrintSet) -> None:
    book = world.books[effect.issued.transaction]
    assert book.visit == effect.ticket.visit, "printed in another visit"
    assert effect.issued == book.issued
    assert not book.papers, "one set sent twice"
    assert book.checked, "printed before the printer was checked"
    book.papers = dict.fromkeys(document.serial for document in effect.issued.certificates)
    world.open[effect.ticket] = effect


def end_set(world: "World", effect: fx.PrintSet, event: ev.SetPrinted) -> None:
    """Do what the lane does at the end of a set, whether anybody waits for it or not."""
    book = world.books[effect.issued.transaction]
    fate = FATES[type(event.outcome)]
    book.papers = dict.fromkeys(book.papers, fate)
    ends = tuple((serial, fate, 0) for serial in book.papers)
    world.report(OrderOutcome(effect.issued.transaction, MoneyFate.NONE, 0, ends, None))
    if isinstance(event.outcome, DocumentMismatch):
        if event.ticket in m.all_awaited(world.state):
            world.incident = True
        else:
            world.post(ev.DeviceFailed("DOC-01"))
