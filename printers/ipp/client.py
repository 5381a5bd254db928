"""The operations that a job needs, as functions. Knows requests and answers, not what follows from them."""

from dataclasses import dataclass

from printers.ipp.attributes import (
    CAPABILITIES,
    STANDING,
    Capabilities,
    Standing,
    capabilities_from,
    flag_in,
    integer_in,
    standing_from,
    texts_in,
)
from printers.ipp.codec import Attribute, Group, Message, Tag, boolean, integer, keywords, text
from printers.ipp.reasons import STOPPED as PRINTER_STOPPED
from printers.ipp.settings import IppSettings
from printers.ipp.transport import Transport

PRINT_JOB, VALIDATE_JOB, CREATE_JOB, SEND_DOCUMENT, CANCEL_JOB = 0x02, 0x04, 0x05, 0x06, 0x08
GET_JOB_ATTRIBUTES, GET_JOBS, GET_PRINTER_ATTRIBUTES = 0x09, 0x0A, 0x0B
NOT_FOUND, GONE, NOT_ACCEPTING, BUSY = 0x0406, 0x0407, 0x0506, 0x0507
_TEMPORARY = 0x0505

PENDING, HELD, PROCESSING, STOPPED, CANCELED, ABORTED, COMPLETED = 3, 4, 5, 6, 7, 8, 9
"""job-state."""
ENDED = frozenset({CANCELED, ABORTED, COMPLETED})


class Refused(Exception):
    """The printer answered with an error status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status:#06x}")
        self.status = status

    @property
    def busy(self) -> bool:
        """Tell whether asking again later is what the printer wants."""
        return self.status in {BUSY, _TEMPORARY}

    @property
    def forgotten(self) -> bool:
        """Tell whether the printer does not know the job."""
        return self.status in {NOT_FOUND, GONE}


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its printer tells it at one moment."""

    state: int
    reasons: tuple[str, ...]
    sheets: int | None
    impressions: int | None


class Client:
    """Asks one printer. Each method raises Away, Nonsense or Refused."""

    def __init__(self, settings: IppSettings) -> None:
        self.settings = settings
        self.transport = Transport(settings.address(), settings.limits.connect_s)
        self._uri = text(Tag.URI, self.transport.address.uri)

    def capabilities(self) -> Capabilities:
        """Ask what the printer can do."""
        answer = self._ask(GET_PRINTER_ATTRIBUTES, {"requested-attributes": keywords(*CAPABILITIES)})
        return capabilities_from(answer.group(Tag.PRINTER))

    def standing(self) -> Standing:
        """Ask how the printer stands."""
        answer = self._ask(GET_PRINTER_ATTRIBUTES, {"requested-attributes": keywords(*STANDING)})
        return standing_from(answer.group(Tag.PRINTER), self.settings.harmless_reasons)

    def accepts(self) -> bool:
        """Ask whether it takes jobs and is not stopped, whatever else may be wrong."""
        asked = keywords("printer-state", "printer-is-accepting-jobs")
        group = self._ask(GET_PRINTER_ATTRIBUTES, {"requested-attributes": asked}).group(Tag.PRINTER)
        stopped = integer_in(group, "printer-state") == PRINTER_STOPPED
        return flag_in(group, "printer-is-accepting-jobs", absent=True) and not stopped

    def validate(self, name: str, document_format: str, template: Group) -> None:
        """Ask whether such a job would be taken."""
        self._ask(VALIDATE_JOB, self._naming(name) | _format(document_format), template)

    def create(self, name: str, template: Group) -> int:
        """Open a job without a document and give its number. Until a document follows, nothing can be printed."""
        return _job_id(self._ask(CREATE_JOB, self._naming(name), template))

    def send(self, job_id: int, document_format: str, document: bytes) -> None:
        """Give a job its only document."""
        named = {"job-id": integer(job_id)}
        last = _format(document_format) | {"last-document": boolean(True)}
        self._ask(SEND_DOCUMENT, last, {}, document, of_job=named)

    def print(self, name: str, document_format: str, template: Group, document: bytes) -> int:
        """Open a job and give its document at once, for printers that cannot do it in two steps."""
        return _job_id(self._ask(PRINT_JOB, self._naming(name) | _format(document_format), template, document))

    def job(self, job_id: int) -> JobView:
        """Ask how a job stands."""
        asked = keywords("job-state", "job-state-reasons", "job-media-sheets-completed", "job-impressions-completed")
        group = self._ask(GET_JOB_ATTRIBUTES, {"requested-attributes": asked}, of_job={"job-id": integer(job_id)})
        job = group.group(Tag.JOB)
        return JobView(
            integer_in(job, "job-state") or 0,
            texts_in(job, "job-state-reasons"),
            integer_in(job, "job-media-sheets-completed"),
            integer_in(job, "job-impressions-completed"),
        )

    def name_of(self, job_id: int) -> str | None:
        """Ask which job has a number; None when none has."""
        asked = {"requested-attributes": keywords("job-name")}
        try:
            answer = self._ask(GET_JOB_ATTRIBUTES, asked, of_job={"job-id": integer(job_id)})
        except Refused as refused:
            if refused.forgotten:
                return None
            raise
        return next(iter(texts_in(answer.group(Tag.JOB), "job-name")), None)

    def cancel(self, job_id: int) -> None:
        """Take a job back."""
        self._ask(CANCEL_JOB, {}, of_job={"job-id": integer(job_id)})

    def waiting(self) -> dict[int, tuple[str, str]]:
        """Ask for the jobs not at their end: number -> job name, user name."""
        return self._jobs("not-completed")

    def ended(self) -> dict[int, tuple[str, str]]:
        """Ask for the jobs at their end that the printer still remembers, as in `waiting`."""
        return self._jobs("completed")

    def _jobs(self, which: str) -> dict[int, tuple[str, str]]:
        asked = keywords("job-id", "job-name", "job-originating-user-name")
        answer = self._ask(GET_JOBS, {"requested-attributes": asked, "which-jobs": keywords(which)})
        jobs = {}
        for group in answer.every(Tag.JOB):
            number = integer_in(group, "job-id")
            if number is not None:
                name, user = texts_in(group, "job-name"), texts_in(group, "job-originating-user-name")
                jobs[number] = (name[0] if name else "", user[0] if user else "")
        return jobs

    def close(self) -> None:
        """Let the connection go."""
        self.transport.close()

    def _naming(self, name: str) -> Group:
        # Fidelity: a printer that cannot do exactly this must refuse, not print on something else.
        return {"job-name": text(Tag.NAME, name), "ipp-attribute-fidelity": boolean(True)}

    def _ask(
        self,
        operation: int,
        asked: Group,
        template: Group | None = None,
        document: bytes = b"",
        of_job: Group | None = None,
    ) -> Message:
        head: dict[str, Attribute] = {
            "attributes-charset": text(Tag.CHARSET, "utf-8"),
            "attributes-natural-language": text(Tag.LANGUAGE, "en"),
            "printer-uri": self._uri,
            **(of_job or {}),
            "requesting-user-name": text(Tag.NAME, self.settings.user),
            **asked,
        }
        groups: tuple[tuple[int, Group], ...] = ((Tag.OPERATION, head),)
        if template:
            groups = (*groups, (Tag.JOB, template))
        limits = self.settings.limits
        answer = self.transport.exchange(
            operation, groups, document, limits.document_s if document else limits.answer_s
        )
        if answer.code >= 0x0100:
            raise Refused(answer.code)
        return answer


def _format(document_format: str) -> Group:
    return {"document-format": text(Tag.MIME_TYPE, document_format)}


def _job_id(answer: Message) -> int:
    number = integer_in(answer.group(Tag.JOB), "job-id")
    if number is None:
        raise Refused(answer.code)
    return number
