"""The 印鑑登録証明書: the registered imprint, and whose it is by the resident record of this day."""

from issuing_center.compose.face import Face, birth_date
from issuing_center.paper.inkan import InkanSheet
from issuing_center.paper.seal import Imprint
from issuing_center.paper.sheet import Mark
from issuing_center.register.holdings import SealRegistration
from issuing_center.register.records import Resident


def inkan(face: Face, resident: Resident, seal: SealRegistration) -> InkanSheet:
    """Compose one copy for the registered person; the imprint goes on as it was scanned, pixel by pixel."""
    scan = seal.imprint
    none = Mark.NOT_APPLICABLE
    return InkanSheet(
        **face,
        imprint=Imprint(scan.width_px, scan.height_px, scan.dpi, scan.bits),
        name=resident.name,
        birth_date=birth_date(resident),
        address=resident.address,
        former_surname=seal.former_surname or none,
        alias=seal.alias or none,
        katakana_name=seal.katakana_name or none,
        remarks=seal.remarks or none,
        foreign=resident.foreign is not None,
    )
