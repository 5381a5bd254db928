"""The bytes of a seal, judged twice: by our own reader, and by the stand-alone verifier that was written from the specification."""

import ast
import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from issuing_center.keys import FileKey
from issuing_center.visible_seal import (
    MalformedSeal,
    Sealer,
    Statement,
    TooMuchError,
    UnknownFormError,
    form_code,
    is_signed_by,
    read_statement,
    text_digest,
)
from issuing_center.visible_seal.encoding import LIMIT_BYTES
from issuing_center.visible_seal.vocabulary import FORMS
from script import verify_seal
from tests.support.signing import KEY, certificates_of

CERTIFICATES = certificates_of(KEY)
OURS = Sealer.of(KEY, CERTIFICATES[0])
OTHER = FileKey(ec.derive_private_key(0x07E4, ec.SECP256R1()))
SIGNED_ON = CERTIFICATES[0].not_valid_before_utc.date()
STATEMENT = Statement(
    signer="",
    certificate="",
    issued_on=date(2026, 11, 20),
    signed_on=SIGNED_ON,
    form=0x12,
    number="ARYT-6QG4-26UD-XYNW",
    municipality="見本県汐見野市",
    page=1,
    pages=2,
    text=text_digest(["住民票", "見本　花子"]),
    name="見本　花子",
    born=date(1988, 4, 12),
)
CODE = OURS.seal(STATEMENT)


def test_what_is_sealed_is_what_is_read() -> None:
    read, _, _ = read_statement(CODE)
    assert read == replace(STATEMENT, signer="JPCK", certificate=OURS.reference)
    assert is_signed_by(CODE, KEY.public_key())
    assert "花子" not in repr(read)


def test_header_and_messages_are_the_bytes_of_the_specification() -> None:
    day = (SIGNED_ON.month * 1_000_000 + SIGNED_ON.day * 10_000 + SIGNED_ON.year).to_bytes(3, "big")
    head = bytes.fromhex("dc03 8299") + CODE[4:12] + (11202026).to_bytes(3, "big") + day + bytes.fromhex("ce01")
    # JPN in C40: J 23, P 29, N 27; 1600 * 23 + 40 * 29 + 27 + 1.
    assert int.from_bytes(CODE[2:4], "big") == 1600 * 23 + 40 * 29 + 27 + 1
    head = head[:2] + CODE[2:4] + head[4:]
    assert CODE.startswith(head + bytes.fromhex("010112 0213") + b"ARYT-6QG4-26UD-XYNW" + bytes.fromhex("0315"))


def test_the_verifier_of_its_own_says_the_same() -> None:
    result, fields = verify_seal.judge(CODE, [*CERTIFICATES])
    assert result == "valid"
    assert fields["form"] == "住民票（世帯の一部）"
    assert (fields["number"], fields["municipality"]) == (STATEMENT.number, STATEMENT.municipality)
    assert (fields["name"], fields["born"], fields["page"]) == ("見本　花子", "1988-04-12", "1/2")
    assert (fields["issued_on"], fields["text_sha256_begins_with"]) == ("2026-11-20", STATEMENT.text.hex())


def test_every_flipped_bit_is_refused_by_both() -> None:
    for bit in range(len(CODE) * 8):
        broken = bytearray(CODE)
        broken[bit // 8] ^= 1 << bit % 8
        assert not is_signed_by(bytes(broken), KEY.public_key()), bit
        assert verify_seal.judge(bytes(broken), [*CERTIFICATES])[0] != "valid", bit


@given(st.binary(max_size=260) | st.binary(max_size=200).map(lambda tail: CODE[:20] + tail))
def test_no_bytes_make_a_reader_fall(data: bytes) -> None:
    assert not is_signed_by(data, KEY.public_key())
    assert verify_seal.judge(data, [*CERTIFICATES])[0] != "valid"


@pytest.mark.parametrize("cut", range(0, len(CODE), 7))
def test_a_code_that_breaks_off_is_malformed(cut: int) -> None:
    with pytest.raises(MalformedSeal):
        read_statement(CODE[:cut])


def test_a_code_with_something_after_it_or_twice_is_malformed() -> None:
    for tail in (b"\0", b"\0\0", CODE[-66:]):
        with pytest.raises(MalformedSeal):
            read_statement(CODE + tail)
        assert verify_seal.judge(CODE + tail, [*CERTIFICATES])[0] == "invalid"


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=90),
    st.sampled_from(["見本県汐見野市", "見本県長長長長長市字区"]),
    st.none() | st.dates(date(1868, 1, 1), date(2199, 1, 1)),
)
def test_a_long_name_is_cut_at_a_whole_character_and_says_so(name: str, town: str, born: date | None) -> None:
    code = OURS.seal(replace(STATEMENT, name=name, municipality=town, born=born))
    assert len(code) <= LIMIT_BYTES
    read, _, _ = read_statement(code)
    assert name.startswith(read.name)
    assert read.name_whole is (read.name == name)
    assert (read.municipality, read.born) == (town, born)
    assert verify_seal.judge(code, [*CERTIFICATES])[0] == "valid"


def test_what_leaves_no_room_for_a_name_is_refused() -> None:
    with pytest.raises(TooMuchError):
        OURS.seal(replace(STATEMENT, municipality="見" * 30))


def test_another_key_under_our_reference_is_invalid_and_another_reference_unknown() -> None:
    forged = Sealer(OTHER, OURS.reference).seal(STATEMENT)
    assert not is_signed_by(forged, KEY.public_key())
    assert verify_seal.judge(forged, [*CERTIFICATES]) == ("invalid", {})
    result, fields = verify_seal.judge(Sealer(OTHER, "ABCDEF").seal(STATEMENT), [*CERTIFICATES])
    assert (result, fields) == ("unknown-signer", {"signer": "JPCK", "certificate": "ABCDEF"})


def test_a_code_signed_after_the_certificate_ended_is_invalid() -> None:
    late = OURS.seal(replace(STATEMENT, signed_on=date(2099, 1, 1)))
    assert verify_seal.judge(late, [*CERTIFICATES])[0] == "invalid"


def test_one_changed_character_of_the_text_is_another_digest() -> None:
    assert text_digest(["住民票", "見本　花子"]) != text_digest(["住民票", "見本 花子"])
    assert text_digest(["葛󠄃城"]) != text_digest(["葛城"])
    assert text_digest(["ab", "c"]) != text_digest(["a", "bc"])


def test_the_command_reads_bytes_and_compares_a_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certificate, code, text = tmp_path / "signer.pem", tmp_path / "code", tmp_path / "text"
    certificate.write_bytes(CERTIFICATES[0].public_bytes(serialization.Encoding.PEM))
    code.write_bytes(CODE)
    text.write_text("住民票\n見本　花子\n", encoding="utf-8")
    arguments = ["--certificate", str(certificate), "--text", str(text), "--json"]
    assert verify_seal.main([*arguments, "--bytes", str(code)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["result"], answer["fields"]["text"]) == ("valid", "agrees")
    assert "compare" in answer["remark"]
    assert verify_seal.main([*arguments, "--hex", CODE[:-1].hex()]) == 1


def test_the_verifier_needs_nothing_of_ours_and_knows_every_form() -> None:
    tree = ast.parse(Path(verify_seal.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        name.split(".")[0]
        for node in imports
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert names - sys.stdlib_module_names == {"cryptography", "zxingcpp", "PIL"}
    assert verify_seal.FORMS.keys() == FORMS.keys()


def test_a_form_without_a_code_is_an_error() -> None:
    with pytest.raises(UnknownFormError):
        form_code("住民票", "この写しは、原本と相違ないことを証明する。")
