"""A slip printer whose machine writes down what each 未発行票 is to say, for those who compare it with the cases."""

from pathlib import Path

from kiosk.adapters.slips.compose import Composer
from kiosk.adapters.slips.escpos import EscposSlips
from kiosk.ports.slips import CaseSlip, SlipContent, SlipOutcome
from printers.escpos.printer import EscposPrinter

LOG = "slips.log"


class WrittenDownSlips(EscposSlips):
    """Prints as the shipped one, and notes number and yen of each 未発行票 before that."""

    def __init__(self, printer: EscposPrinter, composer: Composer, folder: Path) -> None:
        """Write into the kiosk's folder."""
        super().__init__(printer, composer)
        self._log = folder / LOG

    def print_slip(self, content: SlipContent) -> SlipOutcome:
        """Note, and print."""
        if isinstance(content, CaseSlip):
            with self._log.open("a") as log:
                log.write(f"{content.case_number} {content.amount_yen}\n")
        return super().print_slip(content)
