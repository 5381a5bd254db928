"""Check the signed 2D code of a certificate, offline. Needs this file, `cryptography`, and `zxing-cpp` with Pillow for pictures.

    python verify_seal.py --certificate signer.pem SCAN.png        a picture in which the code can be seen
    python verify_seal.py --certificate signer.pem --bytes FILE    the bytes of the code
    python verify_seal.py --certificate signer.pem --hex DC03...   the same, in hexadecimal

Written from the specification (issuing_center/visible_seal/README.md) and not from the program that makes the codes.
Exit status: 0 valid, 1 invalid, 2 unknown signer, 3 no code found. "Valid" says that the code was made by the holder of the
certificate, and nothing of the sheet it stands on: what it says must be compared with what is printed.
"""

import argparse
import hashlib
import json
import sys
from datetime import date
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

C40 = "\0\0\0 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FORMS = {
    0x11: "住民票（世帯全員）",
    0x12: "住民票（世帯の一部）",
    0x13: "住民票記載事項証明書",
    0x21: "印鑑登録証明書",
    0x31: "課税証明書",
    0x32: "非課税証明書",
    0x33: "所得証明書",
    0x34: "納税証明書",
    0x41: "戸籍全部事項証明書",
    0x42: "戸籍個人事項証明書",
    0x51: "戸籍の附票（全部）",
    0x52: "戸籍の附票（一部）",
    0x61: "罹災証明書",
}
COMPARE = "compare every field with the sheet: a true code on another sheet proves nothing"


class BadSeal(ValueError):
    """The bytes are no code of this kind."""


def c40(data: bytes) -> str:
    """Unpack C40 without shifts."""
    text = ""
    for high, low in zip(data[::2], data[1::2], strict=True):
        value = (high << 8 | low) - 1
        for digit in (value // 1600, value // 40 % 40, value % 40):
            if not 3 <= digit < 40:
                raise BadSeal("not C40")
            text += C40[digit]
    return text


def day(data: bytes) -> str:
    """Unpack the number MMDDYYYY."""
    if len(data) != 3:
        raise BadSeal("not a date")
    text = f"{int.from_bytes(data, 'big'):08d}"
    return date(int(text[4:]), int(text[:2]), int(text[2:4])).isoformat()


def parse(data: bytes) -> tuple[dict[str, object], bytes, bytes]:
    """Give the fields, the bytes that were signed and the signature. Raises BadSeal."""
    try:
        if data[:2] != b"\xdc\x03" or c40(data[2:4]) != "JPN" or data[18:20] != b"\xce\x01":
            raise BadSeal("not a code of this kind")
        names = c40(data[4:12])
        if names[4:6] != "06":
            raise BadSeal("another length of the reference")
        found: dict[int, bytes] = {}
        at = end = 20
        while at < len(data):
            tag, length, end = data[at], data[at + 1], at
            value = data[at + 2 : at + 2 + length]
            if tag in found or len(value) != length or (found and tag <= max(found)):
                raise BadSeal("a message is cut short, twice there or out of order")
            found[tag] = value
            at += 2 + length
        if not {1, 2, 3, 4, 5, 0xFF} <= found.keys() or found.keys() - {1, 2, 3, 4, 5, 6, 7, 8, 0xFF}:
            raise BadSeal("a message is missing or unknown")
        if len(found.keys() & {6, 7}) != 1 or len(found[5]) != 16 or len(found[0xFF]) != 64:
            raise BadSeal("a message of another length")
        page, pages = found[4]
        if not 1 <= page <= pages or len(found[1]) != 1:
            raise BadSeal("page or form")
        fields: dict[str, object] = {
            "signer": names[:4],
            "certificate": names[6:],
            "issued_on": day(data[12:15]),
            "signed_on": day(data[15:18]),
            "form": FORMS.get(found[1][0], f"unknown form {found[1][0]:02X}"),
            "number": found[2].decode(),
            "municipality": found[3].decode(),
            "page": f"{page}/{pages}",
            "name" if 6 in found else "name_begins_with": found.get(6, found.get(7, b"")).decode(),
            "born": day(found[8]) if 8 in found else None,
            "text_sha256_begins_with": found[5].hex(),
        }
    except (IndexError, ValueError) as error:
        raise BadSeal(str(error)) from error
    return fields, data[:end], found[0xFF]


def judge(data: bytes, certificates: list[x509.Certificate]) -> tuple[str, dict[str, object]]:
    """Give `valid`, `invalid` or `unknown-signer`, and the fields that can be believed."""
    try:
        fields, signed, raw = parse(data)
    except BadSeal:
        return "invalid", {}
    known = False
    for certificate in certificates:
        reference = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()[:6].upper()
        key = certificate.public_key()
        if reference != fields["certificate"] or not isinstance(key, ec.EllipticCurvePublicKey):
            continue
        known = True
        signed_on = date.fromisoformat(str(fields["signed_on"]))
        in_time = certificate.not_valid_before_utc.date() <= signed_on <= certificate.not_valid_after_utc.date()
        try:
            r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
            key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            continue
        return ("valid", fields) if in_time else ("invalid", {})
    # Nothing else of it can be believed.
    return ("invalid", {}) if known else ("unknown-signer", {name: fields[name] for name in ("signer", "certificate")})


def codes_in(picture: Path) -> list[bytes]:
    """Read every Data Matrix of a picture that begins like ours."""
    import zxingcpp
    from PIL import Image

    with Image.open(picture) as opened:
        found = zxingcpp.read_barcodes(
            opened.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
        )
    return [each.bytes for each in found if each.bytes.startswith(b"\xdc\x03")]


def main(arguments: list[str] | None = None) -> int:
    """Judge one code."""
    parser = argparse.ArgumentParser(description="Check the signed 2D code of a certificate, offline.", epilog=COMPARE)
    parser.add_argument("picture", nargs="?", type=Path, help="a scan or photograph of the sheet")
    parser.add_argument("--bytes", type=Path, metavar="FILE", help="a file with the bytes of the code instead")
    parser.add_argument("--hex", help="the bytes in hexadecimal instead")
    parser.add_argument(
        "--certificate", type=Path, action="append", required=True, help="of a signer (PEM); repeatable"
    )
    parser.add_argument(
        "--text", type=Path, help="the front's text, to compare with the digest (see the specification)"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if [options.picture, options.bytes, options.hex].count(None) != 2:
        parser.error("name a picture, --bytes or --hex")
    if options.picture is not None:
        codes = codes_in(options.picture)
    else:
        codes = [bytes.fromhex(options.hex) if options.hex is not None else options.bytes.read_bytes()]
    if len(codes) != 1:
        print("no code of this kind can be read, or more than one", file=sys.stderr)
        return 3
    certificates = [each for file in options.certificate for each in x509.load_pem_x509_certificates(file.read_bytes())]
    result, fields = judge(codes[0], certificates)
    if result == "valid" and options.text is not None:
        digest = hashlib.sha256(options.text.read_bytes()).hexdigest()[:32]
        fields["text"] = "agrees" if digest == fields["text_sha256_begins_with"] else "differs"
    if options.json:
        print(json.dumps({"result": result, "fields": fields, "remark": COMPARE}, ensure_ascii=False))
    else:
        print(result)
        for name, value in fields.items():
            print(f"  {name}: {'' if value is None else value}")
        print(COMPARE)
    return {"valid": 0, "invalid": 1, "unknown-signer": 2}[result]


if __name__ == "__main__":
    sys.exit(main())
