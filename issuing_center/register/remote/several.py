"""The registers of all municipalities, some kept here and some by the municipalities themselves, as one.

Each question goes to the register of the municipality it names; a municipality that keeps its own is never looked up here,
even if records of it are left over. The list of municipalities asks nobody who is far away, so it cannot hang.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from issuing_center.municipal.package import SettingsPackage
from issuing_center.register.port import Register, RegisterSnapshot
from issuing_center.register.records import MunicipalityName, ResidentId
from issuing_center.register.remote.link import RegisterLink
from issuing_center.register.remote.snapshot import RemoteSnapshot, told_rules


@dataclass(frozen=True, slots=True)
class SeveralRegisters:
    """A `Register` of registers."""

    embedded: Register
    remote: Mapping[str, RegisterLink]
    """Lines to those kept elsewhere, by municipality code."""

    def municipalities(self) -> tuple[MunicipalityName, ...]:
        """List the municipalities in the order of their readings."""
        here = [name for name in self.embedded.municipalities() if name.code not in self.remote]
        away = [link.name for link in self.remote.values()]
        return tuple(sorted([*here, *away], key=lambda name: (name.name_kana, name.code)))

    def rules(self, on: date) -> Mapping[str, SettingsPackage]:
        """Give the rules in force on a day in Japan, by municipality code: of those far away what they told last, if anything."""
        found = {code: rules for code, rules in self.embedded.rules(on).items() if code not in self.remote}
        told = ((code, told_rules(link, on)) for code, link in self.remote.items())
        return found | {code: rules for code, rules in told if rules is not None}

    def find_by_certificate(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> ResidentId | None:
        """Find whose authentication certificate this is; None when it is linked to nobody living in that municipality."""
        link = self.remote.get(municipality_code)
        if link is None:
            return self.embedded.find_by_certificate(issuer_key_id, serial, municipality_code)
        return link.find(issuer_key_id, serial, registered=False)

    def find_registered(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> ResidentId | None:
        """Find the holder's entry in a 戸籍 of a municipality they do not live in, by their 利用登録."""
        link = self.remote.get(municipality_code)
        if link is None:
            return self.embedded.find_registered(issuer_key_id, serial, municipality_code)
        return link.find(issuer_key_id, serial, registered=True)

    @contextmanager
    def snapshot(
        self, municipality_code: str, about: ResidentId | None = None, at: datetime | None = None
    ) -> Iterator[RegisterSnapshot]:
        """Open one consistent reading of one municipality; raises UnknownMunicipalityError."""
        link = self.remote.get(municipality_code)
        if link is None:
            with self.embedded.snapshot(municipality_code, about, at) as snapshot:
                yield snapshot
            return
        yield RemoteSnapshot(link, about, at)
