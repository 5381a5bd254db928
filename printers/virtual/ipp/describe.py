"""What the virtual printer says of itself and of its jobs, in the attributes of RFC 8011, PWG 5100.12 and PWG 5100.13."""

from printers.ipp.client import ENDED, PROCESSING, STOPPED
from printers.ipp.codec import (
    Attribute,
    Collection,
    Group,
    Range,
    Resolution,
    Tag,
    boolean,
    collections,
    enums,
    integer,
    keywords,
    text,
)
from printers.ipp.template import size_of
from printers.virtual.ipp.engine import ANY, Engine, PrinterJob

MEDIA = ("iso_a4_210x297mm", "iso_a5_148x210mm", "na_letter_8.5x11in")
TEMPLATE = {
    *(
        "copies",
        "sides",
        "media",
        "media-col",
        "print-color-mode",
        "print-quality",
        "print-scaling",
        "job-retain-until",
    ),
    *("finishings", "orientation-requested", "output-bin", "printer-resolution"),
}
"""Job attributes that it takes."""
_TWO_STEPS = (0x05, 0x06)
_OPERATIONS = (0x02, 0x04, *_TWO_STEPS, 0x08, 0x09, 0x0A, 0x0B)


def operations_of(engine: Engine) -> tuple[int, ...]:
    """List the operations that it knows."""
    return tuple(number for number in _OPERATIONS if engine.model.two_steps or number not in _TWO_STEPS)


def sides_of(engine: Engine) -> tuple[str, ...]:
    """List the ways of using a sheet."""
    return ("one-sided", "two-sided-long-edge", "two-sided-short-edge") if engine.model.two_sided else ("one-sided",)


def printer_state(engine: Engine) -> int:
    """Give printer-state."""
    if engine.reasons_stand():
        return 5
    return 4 if any(job.state in {PROCESSING, STOPPED} for job in engine.jobs.values()) else 3


def describe_printer(engine: Engine, uri: str) -> dict[str, Group]:
    """Give all attributes, by the group names of requested-attributes."""
    model = engine.model
    colors = ("monochrome", "color") if model.color else ("monochrome",)
    template: Group = {
        "copies-default": integer(1),
        "copies-supported": Attribute(Tag.RANGE, (Range(1, 1),)),
        "finishings-default": enums(3),
        "finishings-supported": enums(3),
        "media-default": keywords(model.media_ready[0] if model.media_ready else MEDIA[0]),
        "media-supported": keywords(*MEDIA),
        "media-col-supported": keywords("media-size", "media-source"),
        "media-size-supported": collections(*(_size(name) for name in MEDIA)),
        "media-source-supported": keywords("auto", *model.trays),
        "orientation-requested-default": enums(3),
        "orientation-requested-supported": enums(3),
        "output-bin-default": keywords("face-down"),
        "output-bin-supported": keywords("face-down"),
        "print-color-mode-default": keywords("monochrome"),
        "print-color-mode-supported": keywords(*colors),
        "print-quality-default": enums(4),
        "print-quality-supported": enums(4),
        "print-scaling-default": keywords("auto"),
        "print-scaling-supported": keywords("auto", "fit", "none"),
        "printer-resolution-default": _dpi(600),
        "printer-resolution-supported": _dpi(*model.raster_dpi),
        "sides-default": keywords("one-sided"),
        "sides-supported": keywords(*sides_of(engine)),
        "job-retain-until-supported": keywords("none"),
        "job-creation-attributes-supported": keywords(*sorted(TEMPLATE)),
    }
    if model.media_ready:
        template["media-ready"] = keywords(*model.media_ready)
    description: Group = {
        "charset-configured": text(Tag.CHARSET, "utf-8"),
        "charset-supported": text(Tag.CHARSET, "utf-8"),
        "color-supported": boolean(model.color),
        "compression-supported": keywords("none"),
        "document-format-default": text(Tag.MIME_TYPE, ANY),
        "document-format-supported": text(Tag.MIME_TYPE, ANY, *model.formats),
        "generated-natural-language-supported": text(Tag.LANGUAGE, "en"),
        "ipp-versions-supported": keywords("1.1", "2.0"),
        "multiple-document-jobs-supported": boolean(False),
        "multiple-operation-time-out": integer(60),
        "natural-language-configured": text(Tag.LANGUAGE, "en"),
        "operations-supported": enums(*operations_of(engine)),
        "pages-per-minute": integer(40),
        "pdl-override-supported": keywords("attempted"),
        "printer-info": text(Tag.TEXT, "virtual printer"),
        "printer-location": text(Tag.TEXT, "nowhere"),
        "printer-make-and-model": text(Tag.TEXT, "Virtual IPP Printer"),
        "printer-more-info": text(Tag.URI, "http" + uri[uri.index(":") :]),
        "printer-name": text(Tag.NAME, "virtual"),
        "printer-uri-supported": text(Tag.URI, uri),
        "uri-authentication-supported": keywords("none"),
        "uri-security-supported": keywords("tls" if uri.startswith("ipps") else "none"),
        **_standing(engine),
    }
    if model.color:
        description["pages-per-minute-color"] = integer(40)
    if "image/pwg-raster" in model.formats:
        description |= {
            "pwg-raster-document-resolution-supported": _dpi(*model.raster_dpi),
            "pwg-raster-document-type-supported": keywords(*model.raster_types),
            "pwg-raster-document-sheet-back": keywords(model.sheet_back),
        }
    return {"job-template": template, "printer-description": description}


def _standing(engine: Engine) -> Group:
    model = engine.model
    trays = zip(model.trays, model.levels, strict=True)
    standing: Group = {
        "printer-is-accepting-jobs": boolean(engine.accepting),
        "printer-state": enums(printer_state(engine)),
        "printer-state-reasons": keywords(*engine.reasons),
        "printer-up-time": integer(engine.up_time()),
        "queued-job-count": integer(sum(job.state not in ENDED for job in engine.jobs.values())),
        "printer-input-tray": Attribute(
            Tag.OCTETS,
            tuple(
                f"type=sheetFeedAutoRemovableTray;maxcapacity=250;level={level};status=0;name={name};".encode()
                for name, level in trays
            ),
        ),
        "printer-supply": Attribute(
            Tag.OCTETS,
            (
                f"index=1;class=supplyThatIsConsumed;type=toner;unit=percent;maxcapacity=100;level={model.toner};colorantname=black;".encode(),
            ),
        ),
    }
    if engine.counts:
        standing["printer-media-sheets-completed"] = integer(engine.counter)
    return standing


def describe_job(engine: Engine, job: PrinterJob, uri: str) -> Group:
    """Give all attributes of a job."""
    group: Group = {
        "job-id": integer(job.number),
        "job-uri": text(Tag.URI, f"{uri}/{job.number}"),
        "job-printer-uri": text(Tag.URI, uri),
        "job-name": text(Tag.NAME, job.name),
        "job-originating-user-name": text(Tag.NAME, job.user),
        "job-printer-up-time": integer(engine.up_time()),
        "job-state": enums(job.state),
        "job-state-reasons": keywords(*job.reasons),
        "time-at-creation": integer(job.created),
        "time-at-processing": _moment(job.started),
        "time-at-completed": _moment(job.ended),
        "number-of-documents": integer(0 if job.reasons == ("job-incoming",) else 1),
        **job.template,
    }
    if engine.counts:
        group["job-media-sheets-completed"] = integer(job.printed)
        group["job-impressions-completed"] = integer(job.printed * (2 if job.two_sided else 1))
    return group


def _moment(at: int | None) -> Attribute:
    return Attribute(Tag.NO_VALUE, (None,)) if at is None else integer(at)


def _dpi(*values: int) -> Attribute:
    return Attribute(Tag.RESOLUTION, tuple(Resolution(value, value) for value in values))


def _size(media: str) -> Collection:
    size = size_of(media)
    assert size is not None
    return {"x-dimension": integer(size[0]), "y-dimension": integer(size[1])}
