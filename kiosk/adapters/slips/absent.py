"""The receipt printer of a machine that has none: always away. Missing hardware is told, never replaced by something virtual."""

from kiosk.ports.slips import SlipContent, SlipFailed, SlipOutcome, SlipPrinterUnavailable, SlipReadiness


class AbsentSlips:
    """No printer."""

    def readiness(self) -> SlipReadiness:
        """Away."""
        return SlipPrinterUnavailable("SLIP-01")

    def print_slip(self, content: SlipContent) -> SlipOutcome:
        """Away."""
        return SlipFailed("SLIP-01")
