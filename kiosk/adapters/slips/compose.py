"""What stands where on each slip. Words come from the strings; nothing of a person is known here.

Japanese always, since staff and other offices read it too; English beneath it for residents who chose it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import assert_never

from kiosk.domain.certificates import CertificateKind, Municipality
from kiosk.ports.slips import CaseSlip, CounterSlip, Receipt, ReceptionSlip, SettlementSlip, SlipContent
from printers.slip import BODY, LARGE, SMALL, TITLE, Align, BigNumber, Columns, Feed, Part, Qr, Rule, Slip, Text

_JST = timezone(timedelta(hours=9))
_AIR = Feed(14)
_BREATH = Feed(6)


@dataclass(frozen=True, slots=True)
class Composer:
    """Sets slips. One for a machine; Japanese and English words under their dotted keys."""

    ja: Mapping[str, str] = field(repr=False)
    en: Mapping[str, str] = field(repr=False)
    specimen: bool = False
    """Whether 見本 stands on every slip, as it must wherever something is virtual."""

    def slip(self, content: SlipContent) -> Slip:
        """Set one slip. Raises KeyError for words that the strings lack, a mistake of ours."""
        match content:
            case Receipt():
                parts = self._receipt(content)
            case CaseSlip():
                parts = self._case(content)
            case ReceptionSlip():
                parts = self._reception(content)
            case CounterSlip():
                parts = self._counter(content)
            case SettlementSlip():
                parts = self._settlement(content)
            case _:
                assert_never(content)
        mark = (Text(self.ja["slip.specimen"], BODY, bold=True, align=Align.CENTER),) if self.specimen else ()
        return Slip((_AIR, *mark, *parts, _AIR, *mark, _AIR))

    def _receipt(self, content: Receipt) -> Iterator[Part]:
        english = content.english
        yield from self._title("slip.receipt.title", english=english)
        yield from self._municipality(content.municipality, english=english)
        yield Rule()
        yield from self._kind(content.kind, english=english)
        yield self._row("slip.receipt.fee", self._yen(content.fee_yen), english=english)
        yield self._row("slip.receipt.copies", self._copies(content.copies), english=english)
        yield Rule(dashed=True)
        yield from self._strong_row("slip.receipt.total", self._yen(content.total_yen), english=english)
        if content.received_yen is not None:
            change_yen = content.received_yen - content.total_yen
            yield self._row("slip.receipt.received", self._yen(content.received_yen), english=english)
            yield self._row("slip.receipt.change", self._yen(change_yen), english=english)
        yield Rule(dashed=True)
        yield from self._sentences("slip.receipt", ("purpose", "no_tax", "no_refund"), english=english)
        yield _AIR
        yield self._row("slip.issued_at", self._date_time(content.issued_at), english=english)
        yield self._row("slip.transaction", content.transaction[:8].upper(), english=english)
        yield self._row("slip.kiosk", content.kiosk_id, english=english)
        yield self._row("slip.receipt.issuer", content.municipality.name, english=english)

    def _case(self, content: CaseSlip) -> Iterator[Part]:
        english = content.english
        yield from self._title("slip.case.title", english=english)
        yield Rule(4)
        yield self._heading("slip.case.number", english=english)
        yield BigNumber(content.case_number, 96)
        yield _AIR
        yield from self._sentences("slip.case", ("sentence",), english=english, size=BODY)
        to_do = "to_do_call" if content.telephone else "to_do"
        yield from self._sentences("slip.case", (to_do, "keep"), english=english, size=BODY, bold=True)
        if content.telephone:
            yield _AIR
            yield from self._strong_row("slip.case.telephone", content.telephone, english=english)
        yield Rule(dashed=True)
        if content.kind is not None:
            yield from self._kind(content.kind, english=english)
        yield self._row("slip.case.paid", self._paid(content.amount_yen, english=english), english=english)
        yield self._row("slip.issued_at", self._date_time(content.occurred_at), english=english)
        yield self._row("slip.case.code", content.code, english=english)
        yield self._row("slip.kiosk", content.kiosk_id, english=english)
        yield _AIR
        yield Qr(f"CASE:{content.case_number}:{content.code}")

    def _reception(self, content: ReceptionSlip) -> Iterator[Part]:
        english = content.english
        yield from self._title("slip.reception.title", english=english, size=LARGE)
        yield Rule()
        yield self._heading("slip.reception.number", english=english)
        yield BigNumber(content.number, 96)
        yield _AIR
        yield self._heading("slip.reception.municipality", english=english)
        yield from self._municipality(content.municipality, english=english)
        yield self._row("slip.issued_at", self._date_time(content.received_at), english=english)
        yield Rule(dashed=True)
        yield from self._sentences("slip.reception", ("sentence", "state", "keep"), english=english)

    def _counter(self, content: CounterSlip) -> Iterator[Part]:
        english = content.english
        yield from self._title("slip.counter.title", english=english)
        yield from self._municipality(content.municipality, english=english)
        yield Rule()
        yield self._heading("slip.counter.number", english=english)
        yield BigNumber(content.number, 160)
        yield Rule()
        yield from self._sentences("slip.counter", ("sentence", "to_do", "pay"), english=english)
        yield _AIR
        yield from self._strong_row("slip.counter.wait", content.wait_at, english=english)
        yield Rule(dashed=True)
        for kind, copies in content.certificates:
            yield Columns(self.ja[f"kind.{kind.value}"], self._copies(copies))
            if english:
                yield Text(self.en[f"kind.{kind.value}"], SMALL)
        yield Rule(dashed=True)
        yield from self._strong_row("slip.counter.total", self._yen(content.total_yen), english=english)
        yield self._row("slip.issued_at", self._date_time(content.ordered_at), english=english)
        yield from self._strong_row("slip.counter.check", content.check_code, english=english)
        yield _AIR
        yield Qr(content.qr)

    def _settlement(self, content: SettlementSlip) -> Iterator[Part]:
        yield from self._title("slip.settlement.title", english=False)
        yield Rule(4)
        yield self._row("slip.settlement.day", self._date(content.day))
        yield self._row("slip.kiosk", content.kiosk_id)
        yield self._row("slip.settlement.printed_at", self._date_time(content.printed_at))
        yield Rule()
        if not content.lines:
            yield Text(self.ja["slip.settlement.none"])
        for line in content.lines:
            yield Text(self.ja[f"kind.{line.kind.value}"])
            yield Columns(f"　{self._copies(line.copies)}", self._yen(line.total_yen))
        yield Rule(dashed=True)
        total = sum(line.total_yen for line in content.lines)
        copies = self._copies(sum(line.copies for line in content.lines))
        yield Columns(f"{self.ja['slip.settlement.total']} {copies}", self._yen(total), bold=True)
        yield self._row("slip.settlement.refunded", self._yen(content.refunded_yen))
        yield from self._strong_row("slip.settlement.net", self._yen(total - content.refunded_yen))
        yield Rule()
        yield self._row("slip.settlement.voided", self._copies(content.voided))
        yield self._row("slip.settlement.cases", str(content.open_cases))
        yield Rule(dashed=True)
        yield self._row("slip.settlement.expected_cash", self._yen(content.expected_cash_yen))
        counted = content.counted_cash_yen
        if counted is None:
            yield self._row("slip.settlement.counted_cash", self.ja["slip.settlement.not_counted"])
        else:
            difference = counted - content.expected_cash_yen
            yield self._row("slip.settlement.counted_cash", self._yen(counted))
            yield Columns(self.ja["slip.settlement.difference"], self._yen(difference), bold=difference != 0)

    def _title(self, key: str, *, english: bool, size: int = TITLE) -> Iterator[Part]:
        yield Text(self.ja[key], size, bold=True, align=Align.CENTER)
        if english:
            yield Text(self.en[key], BODY, align=Align.CENTER)

    def _heading(self, key: str, *, english: bool) -> Part:
        return Text(self._label(key, english=english), align=Align.CENTER)

    def _municipality(self, municipality: Municipality, *, english: bool) -> Iterator[Part]:
        yield Text(f"{municipality.prefecture}{municipality.name}", BODY, bold=True, align=Align.CENTER)
        if english:
            yield Text(municipality.name_en, SMALL, align=Align.CENTER)

    def _kind(self, kind: CertificateKind, *, english: bool) -> Iterator[Part]:
        yield Text(self.ja[f"kind.{kind.value}"], bold=True)
        if english:
            yield Text(self.en[f"kind.{kind.value}"], SMALL)

    def _label(self, key: str, *, english: bool) -> str:
        return f"{self.ja[key]} {self.en[key]}" if english else self.ja[key]

    def _row(self, key: str, value: str, *, english: bool = False) -> Part:
        return Columns(self._label(key, english=english), value)

    def _strong_row(self, key: str, value: str, *, english: bool = False) -> Iterator[Part]:
        yield Columns(self.ja[key], value, LARGE, bold=True)
        if english:
            yield Text(self.en[key], SMALL)
            yield _BREATH

    def _sentences(
        self, table: str, keys: tuple[str, ...], *, english: bool, size: int = SMALL, bold: bool = False
    ) -> Iterator[Part]:
        for key in keys:
            yield Text(self.ja[f"{table}.{key}"], size, bold)
            if english:
                yield Text(self.en[f"{table}.{key}"], SMALL)
                yield _BREATH

    def _yen(self, amount_yen: int) -> str:
        return self.ja["slip.yen"].format(amount=f"{amount_yen:,}")

    def _copies(self, copies: int) -> str:
        return self.ja["slip.copies"].format(copies=copies)

    def _paid(self, amount_yen: int | None, *, english: bool) -> str:
        if amount_yen is None:
            return self._label("slip.case.paid_unknown", english=english)
        return self._yen(amount_yen) if amount_yen else self._label("slip.case.paid_none", english=english)

    def _date_time(self, moment: datetime) -> str:
        here = moment.astimezone(_JST)
        return self.ja["slip.date_time"].format(year=here.year, month=here.month, day=here.day, time=f"{here:%H:%M}")

    def _date(self, day: date) -> str:
        return self.ja["slip.date"].format(year=day.year, month=day.month, day=day.day)
