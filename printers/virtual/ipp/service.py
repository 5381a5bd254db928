"""Requests judged and answered as RFC 8011 demands; whatever a client gets wrong is refused with the status made for it."""

from collections.abc import Mapping

from printers.ipp import client
from printers.ipp.codec import Attribute, Group, Message, Resolution, Tag, Value, keywords, text
from printers.virtual.ipp.describe import MEDIA, TEMPLATE, describe_job, describe_printer, operations_of, sides_of
from printers.virtual.ipp.engine import ANY, Engine, PrinterJob, sensed
from printers.virtual.ipp.faults import Fault

OK, IGNORED, BAD_REQUEST, NOT_POSSIBLE, NOT_FOUND = 0x0000, 0x0001, 0x0400, 0x0404, 0x0406
VALUE_TOO_LONG, FORMAT, UNSUPPORTED, URI_SCHEME, CHARSET, CONFLICTING = 0x0409, 0x040A, 0x040B, 0x040C, 0x040D, 0x040E
COMPRESSION = 0x040F
NO_OPERATION, VERSION, NOT_ACCEPTING, BUSY = 0x0501, 0x0503, 0x0506, 0x0507
_OF_JOB = {client.SEND_DOCUMENT, client.CANCEL_JOB, client.GET_JOB_ATTRIBUTES}
_MAKES_JOB = {client.PRINT_JOB, client.VALIDATE_JOB, client.CREATE_JOB}
_TYPES = {
    "printer-uri": Tag.URI,
    "job-uri": Tag.URI,
    "job-id": Tag.INTEGER,
    "requesting-user-name": Tag.NAME,
    "job-name": Tag.NAME,
    "document-name": Tag.NAME,
    "document-format": Tag.MIME_TYPE,
    "compression": Tag.KEYWORD,
    "requested-attributes": Tag.KEYWORD,
    "which-jobs": Tag.KEYWORD,
    "my-jobs": Tag.BOOLEAN,
    "limit": Tag.INTEGER,
    "last-document": Tag.BOOLEAN,
    "ipp-attribute-fidelity": Tag.BOOLEAN,
}
_TEMPLATE_TYPES = {
    "copies": Tag.INTEGER,
    "sides": Tag.KEYWORD,
    "media": Tag.KEYWORD,
    "media-col": Tag.BEGIN_COLLECTION,
    "print-color-mode": Tag.KEYWORD,
    "print-quality": Tag.ENUM,
    "print-scaling": Tag.KEYWORD,
    "job-retain-until": Tag.KEYWORD,
    "finishings": Tag.ENUM,
    "orientation-requested": Tag.ENUM,
    "output-bin": Tag.KEYWORD,
    "printer-resolution": Tag.RESOLUTION,
}


class Refusal(Exception):
    """An answer with an error status."""

    def __init__(self, status: int, unsupported: Group | None = None) -> None:
        super().__init__(hex(status))
        self.status = status
        self.unsupported = unsupported or {}


def answer(engine: Engine, request: Message, uri: str) -> Message:
    """Answer a request whose document, if it brings one, stands in its data."""
    groups: list[tuple[int, Group]] = []
    try:
        _check(request)
        status, groups = _act(engine, request, uri)
    except Refusal as refusal:
        status = refusal.status
        if refusal.unsupported:
            groups = [(Tag.UNSUPPORTED_GROUP, refusal.unsupported)]
    head = {"attributes-charset": text(Tag.CHARSET, "utf-8"), "attributes-natural-language": text(Tag.LANGUAGE, "en")}
    version = request.version if request.version in {(1, 0), (1, 1), (2, 0)} else (2, 0)
    return Message(status, request.request_id, ((Tag.OPERATION, head), *groups), version=version)


def _check(request: Message) -> None:
    """Check what every request must have, in the order in which it must stand."""
    if request.version[0] not in {1, 2}:
        raise Refusal(VERSION)
    if not 0 < request.request_id < 2**31:
        raise Refusal(BAD_REQUEST)
    if not request.groups or request.groups[0][0] != Tag.OPERATION:
        raise Refusal(BAD_REQUEST)
    if sum(kind == Tag.OPERATION for kind, _group in request.groups) != 1:
        raise Refusal(BAD_REQUEST)
    head = request.groups[0][1]
    if list(head)[:2] != ["attributes-charset", "attributes-natural-language"]:
        raise Refusal(BAD_REQUEST)
    if head["attributes-charset"].tag != Tag.CHARSET or head["attributes-natural-language"].tag != Tag.LANGUAGE:
        raise Refusal(BAD_REQUEST)
    if str(head["attributes-charset"].values[0]).lower() not in {"utf-8", "us-ascii"}:
        raise Refusal(CHARSET)
    target = head.get("printer-uri") or head.get("job-uri")
    if target is None or list(head)[2] not in {"printer-uri", "job-uri"}:
        raise Refusal(BAD_REQUEST)
    for name, attribute in head.items():
        if name in _TYPES and attribute.tag not in {_TYPES[name], Tag.NAME_WITH_LANGUAGE}:
            raise Refusal(BAD_REQUEST)
        if name in _TYPES and name != "requested-attributes" and len(attribute.values) != 1:
            raise Refusal(BAD_REQUEST)
    if not str(target.values[0]).startswith(("ipp://", "ipps://", "http://", "https://")):
        raise Refusal(URI_SCHEME)


def _act(engine: Engine, request: Message, uri: str) -> tuple[int, list[tuple[int, Group]]]:
    head, operation = request.group(Tag.OPERATION), request.code
    if operation not in operations_of(engine):
        raise Refusal(NO_OPERATION)
    if operation == client.GET_PRINTER_ATTRIBUTES:
        return OK, [(Tag.PRINTER, _requested(head, describe_printer(engine, uri)))]
    if operation == client.GET_JOBS:
        return OK, _jobs(engine, head, uri)
    if operation in _OF_JOB:
        return OK, _of_job(engine, request, _job(engine, head), uri)
    return _make(engine, request, uri)


def _make(engine: Engine, request: Message, uri: str) -> tuple[int, list[tuple[int, Group]]]:
    head = request.group(Tag.OPERATION)
    if engine.strikes(Fault.NOT_ACCEPTING) or not engine.accepting:
        raise Refusal(NOT_ACCEPTING)
    if request.code != client.CREATE_JOB:
        _format(engine, head)
    template, unsupported = _template(engine, request.group(Tag.JOB))
    fidelity = head.get("ipp-attribute-fidelity")
    if unsupported and fidelity is not None and fidelity.values[0]:
        raise Refusal(UNSUPPORTED, unsupported)
    status = IGNORED if unsupported else OK
    extra: list[tuple[int, Group]] = [(Tag.UNSUPPORTED_GROUP, unsupported)] if unsupported else []
    if request.code == client.VALIDATE_JOB:
        return status, extra
    if engine.strikes(Fault.REFUSES_JOB):
        raise Refusal(CONFLICTING)
    if engine.strikes(Fault.ALWAYS_BUSY) or (engine.strikes(Fault.BUSY) and engine.busy_times > 0):
        engine.busy_times -= 1
        raise Refusal(BUSY)
    document_format = _document(engine, head, request.data) if request.code == client.PRINT_JOB else None
    job = engine.open_job(_name(head, "job-name"), _name(head, "requesting-user-name"), template)
    if document_format is not None:
        engine.feed(job, request.data, document_format)
    return status, [*extra, (Tag.JOB, _brief(engine, job, uri))]


def _of_job(engine: Engine, request: Message, job: PrinterJob, uri: str) -> list[tuple[int, Group]]:
    head = request.group(Tag.OPERATION)
    if request.code == client.GET_JOB_ATTRIBUTES:
        return [(Tag.JOB, _requested(head, {"job-description": describe_job(engine, job, uri)}))]
    if request.code == client.CANCEL_JOB:
        if not engine.cancel(job):
            raise Refusal(NOT_POSSIBLE)
        return []
    if "last-document" not in head:
        raise Refusal(BAD_REQUEST)
    if job.reasons != ("job-incoming",) or job.state in client.ENDED:
        raise Refusal(NOT_POSSIBLE)
    if not head["last-document"].values[0] and job.document is not None:
        raise Refusal(0x0509)
    _format(engine, head)
    engine.feed(job, request.data, _document(engine, head, request.data))
    return [(Tag.JOB, _brief(engine, job, uri))]


def _document(engine: Engine, head: Group, data: bytes) -> str:
    """Judge a document by its first bytes; what it is called must be what it is."""
    called = head.get("document-format")
    found = sensed(data)
    if not data:
        raise Refusal(BAD_REQUEST)
    wrong = found not in engine.model.formats or (called is not None and called.values[0] not in {ANY, found})
    if wrong or found is None or engine.strikes(Fault.REFUSES_DOCUMENT):
        raise Refusal(FORMAT)
    return found


def _format(engine: Engine, head: Group) -> None:
    called = head.get("document-format")
    if called is not None and called.values[0] not in {ANY, *engine.model.formats}:
        raise Refusal(FORMAT, {"document-format": called})
    compression = head.get("compression")
    if compression is not None and compression.values[0] != "none":
        raise Refusal(COMPRESSION, {"compression": compression})


def _template(engine: Engine, wanted: Group) -> tuple[Group, Group]:
    """Split job attributes into those that are taken and those that are not."""
    if "media" in wanted and "media-col" in wanted:
        raise Refusal(BAD_REQUEST)
    taken: Group = {}
    unsupported: Group = {}
    for name, attribute in wanted.items():
        if name not in TEMPLATE:
            unsupported[name] = Attribute(Tag.UNSUPPORTED, (None,))
        elif attribute.tag != _TEMPLATE_TYPES[name]:
            raise Refusal(BAD_REQUEST)
        elif _possible(engine, name, attribute.values[0]):
            taken[name] = attribute
        else:
            unsupported[name] = attribute
    return taken, unsupported


def _possible(engine: Engine, name: str, value: Value) -> bool:
    model = engine.model
    match name:
        case "copies":
            return value == 1
        case "sides":
            return value in sides_of(engine)
        case "media":
            return value in MEDIA
        case "media-col":
            assert isinstance(value, Mapping)
            source = value.get("media-source")
            return set(value) <= {"media-size", "media-source"} and (
                source is None or source.values[0] in {"auto", *model.trays}
            )
        case "print-color-mode":
            return value == "monochrome" or (model.color and value == "color")
        case "print-scaling":
            return value in {"auto", "fit", "none"}
        case "job-retain-until":
            return value == "none"
        case "printer-resolution":
            return isinstance(value, Resolution) and value.across in model.raster_dpi
        case "output-bin":
            return value == "face-down"
        case _:
            return value in {3, 4}


def _job(engine: Engine, head: Group) -> PrinterJob:
    if "job-uri" in head:
        number = str(head["job-uri"].values[0]).rsplit("/", 1)[-1]
        wanted = int(number) if number.isdecimal() else 0
    elif "job-id" in head:
        value = head["job-id"].values[0]
        wanted = value if isinstance(value, int) else 0
    else:
        raise Refusal(BAD_REQUEST)
    job = engine.jobs.get(wanted)
    if job is None:
        raise Refusal(NOT_FOUND)
    return job


def _jobs(engine: Engine, head: Group, uri: str) -> list[tuple[int, Group]]:
    which = _name(head, "which-jobs") or "not-completed"
    if which not in {"completed", "not-completed"}:
        raise Refusal(UNSUPPORTED, {"which-jobs": keywords(which)})
    mine = "my-jobs" in head and head["my-jobs"].values[0]
    limit = head["limit"].values[0] if "limit" in head else None
    jobs = [
        job
        for job in engine.jobs.values()
        if (job.state in client.ENDED) == (which == "completed")
        and (not mine or job.user == _name(head, "requesting-user-name"))
    ]
    asked = head if "requested-attributes" in head else {"requested-attributes": keywords("job-id", "job-uri")}
    described = [_requested(asked, {"job-description": describe_job(engine, job, uri)}) for job in jobs]
    return [(Tag.JOB, group) for group in described[: limit if isinstance(limit, int) else None]]


def _brief(engine: Engine, job: PrinterJob, uri: str) -> Group:
    names = keywords("job-id", "job-uri", "job-state", "job-state-reasons")
    return _requested({"requested-attributes": names}, {"job-description": describe_job(engine, job, uri)})


def _name(head: Group, name: str) -> str:
    return str(head[name].values[0]) if name in head else ""


def _requested(head: Group, groups: Mapping[str, Group]) -> Group:
    everything = {name: attribute for group in groups.values() for name, attribute in group.items()}
    asked = head.get("requested-attributes")
    if asked is None or "all" in asked.values:
        return everything
    of_groups = {name for group, names in groups.items() if group in asked.values for name in names}
    return {name: attribute for name, attribute in everything.items() if name in asked.values or name in of_groups}
