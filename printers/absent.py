"""The printer of a machine that has none: always away. Missing hardware is told, never replaced by something virtual."""

from collections.abc import Callable

from printers.jobs import Failed, Job, JobOutcome, Trouble, unkept


class AbsentPrinter:
    """No printer."""

    def trouble(self, sheets: int) -> Trouble | None:
        """Away."""
        return Trouble.AWAY

    def run(self, job: Job, sheet_out: Callable[[int], None], opened: Callable[[str], None] = unkept) -> JobOutcome:
        """Away."""
        return Failed(Trouble.AWAY, 0)

    def recall(self, ticket: str) -> None:
        """Nothing was ever printed here."""
