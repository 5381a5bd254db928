"""The adapter's questions before a job, its settings, its requests, and what it leaves behind."""

import gc
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from printers.ipp import BadPrinterSettings, Capabilities, IppPrinter, IppSettings
from printers.jobs import Completed, Failed, Trouble
from printers.lasers import open_printer
from printers.virtual.ipp import Model, VirtualIppPrinter
from tests.support.laser import QUICK, job_of, laser, settings_for


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"uri": "http://printer/ipp"}, "uri"),
        ({"uri": "ipp://"}, "uri"),
        ({"uri": "ipp://user:word@printer/ipp"}, "uri"),
        ({"uri": "ipp://printer:99999/ipp"}, "uri"),
        ({"uri": "ipp://printer/a b"}, "uri"),
        ({"uri": "ipp://printer/a\r\nX: y"}, "uri"),
        ({"tray": "tray 1"}, "tray"),
        ({"media": ""}, "media"),
        ({"user": "名"}, "user"),
        ({"format": "image/jpeg"}, "format"),
        ({"certificate_sha256": "00"}, "certificate_sha256"),
        ({"ca_file": "ca.pem"}, "uri"),
        ({"queue": "http://cups/printers/kiosk"}, "queue"),
        ({"queue": "ipp://cups/printers/kiosk", "tray": "tray-1"}, "queue"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(changed: dict[str, str], named: str) -> None:
    with pytest.raises(BadPrinterSettings, match=f"^{named}:"):
        open_printer(replace(IppSettings("ipp://printer/ipp/print"), **changed))  # type: ignore[arg-type]  # wrong on purpose


def test_capabilities_are_read() -> None:
    with laser(Model(color=True)) as (_device, printer):
        capabilities = printer.capabilities()
    assert isinstance(capabilities, Capabilities)
    assert capabilities.two_sided
    assert capabilities.color
    assert capabilities.resolutions_dpi == (300, 600)
    assert capabilities.formats == {"application/octet-stream", "application/pdf", "image/pwg-raster"}
    assert capabilities.trays == {"auto", "tray-1", "tray-2"}
    assert "iso_a4_210x297mm" in capabilities.media


@pytest.mark.parametrize(
    ("model", "changed", "sheets", "trouble"),
    [
        (Model(), {}, 250, None),
        (Model(), {}, 251, Trouble.PAPER),
        (Model(), {"tray": "tray-2"}, 100, None),
        (Model(), {"tray": "tray-2"}, 101, Trouble.PAPER),
        (Model(), {"tray": "tray-9"}, 1, Trouble.MEDIA),
        (Model(media_ready=("iso_a5_148x210mm",)), {}, 1, Trouble.MEDIA),
        (Model(), {"media": "jis_b4_257x364mm"}, 1, Trouble.MEDIA),
        (Model(toner=0), {}, 1, Trouble.TONER),
        (Model(two_sided=False), {"two_sided": True}, 1, Trouble.REJECTED),
        (Model(two_sided=True), {"two_sided": True}, 1, None),
        (Model(formats=("image/jpeg",)), {}, 1, Trouble.REJECTED),
        (Model(formats=("application/pdf",)), {"format": "image/pwg-raster"}, 1, Trouble.REJECTED),
        (Model(), {"color": True}, 1, Trouble.REJECTED),
    ],
)
def test_what_would_keep_sheets_from_coming_is_known_before_payment(
    model: Model, changed: dict[str, object], sheets: int, trouble: Trouble | None
) -> None:
    with laser(model, **changed) as (_device, printer):
        assert printer.trouble(sheets) is trouble


def test_a_printer_that_is_not_there_is_away() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        printer = open_printer(IppSettings(f"ipp://127.0.0.1:{taken.getsockname()[1]}/ipp/print", limits=QUICK))
        assert printer.trouble(1) is Trouble.AWAY
        assert printer.capabilities() is Trouble.AWAY
        assert printer.run(job_of(1), lambda _sheet: None) == Failed(Trouble.AWAY, 0)


def test_a_job_says_its_sheet_its_sides_its_tray_and_nothing_of_a_person() -> None:
    with laser(tray="tray-2") as (device, printer):
        assert printer.run(job_of(1, two_sided=True), lambda _sheet: None) == Completed(1)
        (job,) = device.engine.jobs.values()
    assert job.name == "AAAA-BBBB-CCCC-DDDD"
    assert job.user == "certificate-kiosk"
    told = {name: attribute.values[0] for name, attribute in job.template.items()}
    media = told.pop("media-col")
    assert isinstance(media, dict)
    assert media["media-source"].values == ("tray-2",)
    assert told == {
        "copies": 1,
        "sides": "two-sided-long-edge",
        "print-scaling": "none",
        "job-retain-until": "none",
    }


def test_backs_are_not_printed_as_fronts_on_a_printer_without_a_duplex_unit() -> None:
    with laser(Model(two_sided=False)) as (device, printer):
        assert printer.run(job_of(1, two_sided=True), lambda _sheet: None) == Failed(Trouble.REJECTED, 0)
        assert device.engine.received == []


def test_the_document_arrives_byte_for_byte() -> None:
    with laser() as (device, printer):
        printer.run(job_of(2), lambda _sheet: None)
        assert device.engine.received == [job_of(2).pdf]


def test_a_broken_document_is_never_half_printed() -> None:
    with laser() as (device, printer):
        broken = replace(job_of(1), pdf=b"%PDF-1.7 broken")
        assert printer.run(broken, lambda _sheet: None) == Failed(Trouble.REJECTED, 0)
        assert device.engine.paper == []


def test_while_a_job_runs_nobody_asks_the_printer() -> None:
    with laser() as (_device, printer):
        seen: list[Trouble | None] = []
        printer.run(job_of(1), lambda _sheet: seen.append(printer.trouble(10_000)))
        assert seen == [None]
        assert printer.trouble(10_000) is Trouble.PAPER


def descriptors() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_nothing_of_a_document_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with laser() as (device, printer):
        gc.collect()
        before = descriptors()
        job = job_of(2)
        assert job.pdf[:20] not in repr(job).encode()
        assert printer.run(job, lambda _sheet: None) == Completed(2)
        assert device.engine.wait_for(device.engine.idle)
        assert all(kept.document is None for kept in device.engine.jobs.values())
        device.hang_up()
        assert device.engine.wait_for(lambda: descriptors() <= before)
        held = [name for name, value in vars(printer).items() if isinstance(value, bytes)]
        assert held == []
    assert list(tmp_path.iterdir()) == []


def certificate_in(folder: Path) -> tuple[Path, Path, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a printer's own")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return *paths, sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def test_over_tls_only_the_pinned_printer_gets_a_document(tmp_path: Path) -> None:
    path, key, fingerprint = certificate_in(tmp_path)
    with VirtualIppPrinter(certificate=(path, key)) as device:
        assert device.uri.startswith("ipps://")
        pinned = IppPrinter(settings_for(device, certificate_sha256=fingerprint))
        assert pinned.trouble(1) is None
        assert pinned.run(job_of(1), lambda _sheet: None) == Completed(1)
        for stranger in (settings_for(device, certificate_sha256="0" * 64), settings_for(device)):
            printer = IppPrinter(stranger)
            assert printer.trouble(1) is Trouble.UNKNOWN
            assert printer.run(job_of(1), lambda _sheet: None) == Failed(Trouble.UNKNOWN, 0)
        assert len(device.engine.received) == 1
    assert ssl.HAS_TLSv1_3
