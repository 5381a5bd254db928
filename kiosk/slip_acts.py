"""The slips of a visit, each printed once on the desk's lane: receipt, 未発行票, number of an application.

A slip that does not come out changes nothing of an order: what it would have said is on the screen, and its code in the log.
"""

from collections.abc import Callable
from typing import assert_never

from kiosk import eventlog
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.settings import FlowSettings
from kiosk.ports.journal import Act, Intent
from kiosk.ports.slips import (
    CaseSlip,
    Receipt,
    ReceptionSlip,
    SlipContent,
    SlipFailed,
    SlipOutcome,
    SlipPrinted,
    SlipUnknown,
)
from kiosk.world import World

NOT_CERTAIN = "SLIP-06"
"""Contact was lost when a slip may have come out."""

_WORDS = {SlipPrinted: "done", SlipFailed: "failed", SlipUnknown: "unknown"}


class SlipActs:
    """Prints slips; each act gives a word for the log."""

    def __init__(self, world: World, settings: FlowSettings, post: Callable[[ev.Event], None]) -> None:
        self._world = world
        self._settings = settings
        self._post = post

    def receipt(self, effect: fx.PrintReceipt) -> str:
        """Print a 領収書 and say whether it is out."""
        outcome = self._print(
            Receipt(
                municipality=effect.municipality,
                kind=effect.kind,
                copies=effect.copies,
                fee_yen=effect.fee_yen,
                received_yen=effect.inserted_yen if self._settings.takes_cash else None,
                issued_at=self._world.clock.now().wall,
                transaction=effect.transaction,
                kiosk_id=self._world.kiosk_id,
                english=effect.english,
            )
        )
        self._post(ev.SlipAnswered(effect.ticket, outcome))
        return type(outcome).__name__

    def case(self, effect: fx.PrintCaseSlip) -> str:
        """Print a 未発行票, with the journal around it: a start prints again only what was not seen to its end."""
        slip = CaseSlip(
            case_number=effect.case,
            code=effect.code,
            occurred_at=self._world.clock.now().wall,
            kind=effect.kind,
            amount_yen=effect.amount_yen,
            telephone=self._settings.telephone,
            kiosk_id=self._world.kiosk_id,
            english=effect.english,
        )
        journal = self._world.journal
        intent = journal.intend(Intent(Act.SLIP, effect.transaction))
        outcome = self._print(slip)
        journal.conclude(intent, _WORDS[type(outcome)])
        return type(outcome).__name__

    def reception(self, effect: fx.PrintReceptionSlip) -> str:
        """Print the number of an application."""
        now = self._world.clock.now().wall
        return type(self._print(ReceptionSlip(effect.number, effect.municipality, now, effect.english))).__name__

    def _print(self, content: SlipContent) -> SlipOutcome:
        outcome = self._world.slips.print_slip(content)
        match outcome:
            case SlipPrinted():
                pass
            case SlipFailed(code):
                eventlog.write(eventlog.SlipMissed(type(content).__name__, code))
            case SlipUnknown():
                eventlog.write(eventlog.SlipMissed(type(content).__name__, NOT_CERTAIN))
            case _:
                assert_never(outcome)
        return outcome
