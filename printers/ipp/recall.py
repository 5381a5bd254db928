"""The job of an earlier life: what must be kept to ask for it again, and the verdict when it is asked for.

Stricter than following a job: hours may lie between, the printer may have been switched off, its number given to another job.
So the job must bear its random name, and nothing is called spoilt on the word of a printer that was restarted meanwhile.
"""

import json
from dataclasses import dataclass, replace

from printers.ipp.attributes import Standing
from printers.ipp.client import Client, Refused
from printers.ipp.follow import Pace, Watched, follow, forgotten
from printers.ipp.settings import Limits
from printers.ipp.transport import Away, Nonsense
from printers.jobs import Job, JobOutcome, Trouble, Unknown

_NOBODY_KNOWS = Standing(None, None, False, 0, None, None, None, frozenset(), {}, toner_out=False)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A job as its kiosk must remember it."""

    uri: str
    uuid: str
    """Of the printer, empty when it has none: another one may stand there by then."""
    number: int
    """job-id; 0 where the printer gives it only when it has the document."""
    name: str
    sheets: int
    two_sided: bool
    before: tuple[int | None, int | None, int | None, int]
    """Sheets, sides, seconds of up-time and waiting jobs of the printer before it."""

    def text(self) -> str:
        """Write it down."""
        return json.dumps(
            [self.uri, self.uuid, self.number, self.name, self.sheets, self.two_sided, *self.before],
            separators=(",", ":"),
        )


def ticket_of(job: Job, uri: str, uuid: str, number: int, before: Standing) -> Ticket:
    """Make the ticket of a job."""
    counts = before.sheets, before.impressions, before.up_time_s, before.queued
    return Ticket(uri, uuid, number, job.job_id, job.sheets, job.two_sided, counts)


def ticket_from(text: str) -> Ticket | None:
    """Read a ticket; None for a text that is none."""
    try:
        uri, uuid, number, name, sheets, two_sided, *before = json.loads(text)
        counted, impressions, up_time_s, queued = before
    except (ValueError, TypeError):
        return None
    return Ticket(uri, uuid, number, name, sheets, two_sided, (counted, impressions, up_time_s, queued))


def recall(client: Client, ticket: Ticket, limits: Limits, pace: Pace) -> JobOutcome:
    """Find a job again, take it back if it is not at its end, and judge it. A printer that is away is waited for."""
    sheets, impressions, up_time_s, queued = ticket.before
    before = replace(_NOBODY_KNOWS, sheets=sheets, impressions=impressions, up_time_s=up_time_s, queued=queued)
    job = Job(ticket.name, b"", ticket.sheets, ticket.two_sided)
    watched = Watched(client, job, before, limits, pace, lambda _sheet: None, recalled=True)
    until = pace.now() + limits.settle_s
    while True:
        try:
            if client.capabilities().uuid != ticket.uuid:
                return Unknown(0)
            number = _number(client, ticket)
        except (Away, Nonsense, Refused):
            if pace.now() >= until:
                return Unknown(0)
            pace.wait(limits.poll_s)
            continue
        return forgotten(watched) if number is None else follow(watched, number, refused=Trouble.STALLED, lost=False)


def _number(client: Client, ticket: Ticket) -> int | None:
    """Find the number under which the printer has the job now, the latest of its name; None when it knows none."""
    if ticket.number and client.name_of(ticket.number) == ticket.name:
        return ticket.number
    jobs = client.waiting() | client.ended()
    return max((number for number, (name, _user) in jobs.items() if name == ticket.name), default=None)
