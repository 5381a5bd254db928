"""What a job asks of the printer, from settings and capabilities: the sheet, its sides, its tray, no scaling, one copy."""

import re
from fractions import Fraction

from printers.ipp.attributes import Capabilities
from printers.ipp.codec import Attribute, Group, collections, integer, keywords
from printers.ipp.settings import IppSettings

_SIZE = re.compile(r"\w+?_\w+?_([0-9.]+)x([0-9.]+)(mm|in)\Z")
_HUNDREDTHS = {"mm": Fraction(100), "in": Fraction(2540)}


def template_for(settings: IppSettings, capabilities: Capabilities, *, two_sided: bool) -> Group:
    """Write the job attributes. What the printer does not list among those that it takes is left out, but never the sides."""
    wanted: dict[str, Attribute] = {"copies": integer(1), **_media(settings)}
    if "none" in capabilities.scaling:
        wanted["print-scaling"] = keywords("none")  # a seal is printed in its true size
    if "none" in capabilities.retains:
        wanted["job-retain-until"] = keywords("none")
    if settings.color is not None:
        wanted["print-color-mode"] = keywords("color" if settings.color else "monochrome")
    taken = {
        name: attribute
        for name, attribute in wanted.items()
        if not capabilities.template or name in capabilities.template or name in {"media", "media-col"}
    }
    if two_sided or "one-sided" in capabilities.sides:
        taken["sides"] = keywords("two-sided-long-edge" if two_sided else "one-sided")
    return taken


def _media(settings: IppSettings) -> Group:
    if settings.tray is None:
        return {"media": keywords(settings.media)}
    size = size_of(settings.media)
    members: dict[str, Attribute] = {"media-source": keywords(settings.tray)}
    if size is not None:
        across, along = (integer(side) for side in size)
        members = {"media-size": collections({"x-dimension": across, "y-dimension": along}), **members}
    return {"media-col": collections(members)}


def size_of(media: str) -> tuple[int, int] | None:
    """Read a size out of its PWG name, in hundredths of a millimetre; None when the name does not tell."""
    found = _SIZE.match(media)
    if found is None:
        return None
    unit = _HUNDREDTHS[found[3]]
    return int(Fraction(found[1]) * unit), int(Fraction(found[2]) * unit)
