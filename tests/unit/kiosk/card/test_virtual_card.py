"""The virtual card keeps to the status words of the real one; each row names what the real card was seen to do."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_der_x509_certificate

from kiosk.adapters.card.card_faults import Fault, FaultName, Pulled, Silent
from kiosk.adapters.card.virtual_card import Answering, Habits, VirtualCard
from tests.support.cards import CERTIFICATE_BYTES, SIGN_PASSWORD, card_file, certificate_der

SELECT_AP = "00A4040C0AD392F000260100000001"
SELECT_AUTH_CERTIFICATE = "00A4020C02000A"
SELECT_AUTH_PIN = "00A4020C020018"
SELECT_AUTH_KEY = "00A4020C020017"
SELECT_ATTRIBUTES_AP = "00A4040C0AD3921000310001010408"
SELECT_ATTRIBUTES_PIN = "00A4020C020011"
RIGHT_FOR_ATTRIBUTES = "002000800435363738"
RIGHT = "002000800431323334"
WRONG = "002000800439393939"
SIGN = "802A008033" + "3031300D060960864801650304020105000420" + "AB" * 32 + "00"


def talk(card: VirtualCard, *commands: str) -> str:
    """Send commands and give the last answer in hex."""
    answer = b""
    for command in commands:
        answer = card.process(bytes.fromhex(command))
    return answer.hex().upper()


@pytest.mark.parametrize(
    ("situation", "commands", "word"),
    [
        ("unknown application", ["00A4040C0AD392F000260100000002"], "6A82"),
        ("application of another use", ["00A4040C0AD3921000310001010402"], "6A82"),
        ("application", [SELECT_AP], "9000"),
        ("unknown file", [SELECT_AP, "00A4020C020099"], "6A82"),
        ("file before an application", [SELECT_AUTH_PIN], "6A82"),
        ("master file", [SELECT_AP, "00A40000023F00"], "6A82"),
        ("select nothing after reset", ["00A40000"], "6A86"),
        ("select nothing with an application current", [SELECT_AP, "00A40000"], "9000"),
        ("another P1", [SELECT_AP, "00A4010C020018"], "6A86"),
        ("after the issuer domain", [SELECT_AP, "00A4040C07A0000001510000", SELECT_AUTH_PIN], "6A82"),
        ("read with nothing selected", [SELECT_AP, "00B0000004"], "6986"),
        ("read of a key", [SELECT_AP, SELECT_AUTH_KEY, "00B0000004"], "6981"),
        ("read of a PIN", [SELECT_AP, SELECT_AUTH_PIN, "00B0000004"], "6981"),
        ("read of the signing certificate without PIN", [SELECT_AP, "00A4020C020001", "00B0000004"], "6982"),
        ("read at the end", [SELECT_AP, "00A4020C020008", "00B0000304"], "6B00"),
        ("read without Le", [SELECT_AP, "00A4020C020008", "00B00000"], "6700"),
        ("tries left", [SELECT_AP, SELECT_AUTH_PIN, "00200080"], "63C3"),
        ("tries left after a right PIN", [SELECT_AP, SELECT_AUTH_PIN, RIGHT, "00200080"], "63C3"),
        ("tries left after a wrong PIN", [SELECT_AP, SELECT_AUTH_PIN, WRONG, "00200080"], "63C2"),
        ("tries left when blocked", [SELECT_AP, SELECT_AUTH_PIN, WRONG, WRONG, WRONG, "00200080"], "63C0"),
        ("wrong PIN", [SELECT_AP, SELECT_AUTH_PIN, WRONG], "63C2"),
        ("last wrong PIN", [SELECT_AP, SELECT_AUTH_PIN, WRONG, WRONG, WRONG], "63C0"),
        ("right PIN on a blocked card", [SELECT_AP, SELECT_AUTH_PIN, WRONG, WRONG, WRONG, RIGHT], "6984"),
        ("right PIN by short id", [SELECT_AP, "002000980431323334"], "9000"),
        ("verify of something else", [SELECT_AP, SELECT_AUTH_KEY, RIGHT], "6981"),
        ("sign without PIN", [SELECT_AP, SELECT_AUTH_KEY, SIGN], "6982"),
        ("sign with an unknown scheme", [SELECT_AP, "802A06800100" + "00"], "6A86"),
        ("sign too much", [SELECT_AP, "0020009804" + "31323334", "802A0097F6" + "00" * 246 + "00"], "6985"),
        ("sign nothing", [SELECT_AP, "002000980431323334", "802A009700"], "6700"),
        ("secure messaging", ["0CA4040C0AD392F000260100000001"], "6882"),
        ("unknown command", ["00EE0000"], "6D00"),
        ("unknown class", ["B0A40000"], "6E00"),
        ("too short", ["00A4"], "6700"),
        ("wrong length", ["00A4040C0AD392"], "6700"),
        ("change without PIN", [SELECT_AP, SELECT_AUTH_PIN, "002401800435363738"], "6982"),
        ("change", [SELECT_AP, SELECT_AUTH_PIN, RIGHT, "002401800435363738"], "9000"),
        ("change to five digits", [SELECT_AP, SELECT_AUTH_PIN, RIGHT, "00240180053536373839"], "6700"),
        (
            "new PIN after the change",
            [SELECT_AP, SELECT_AUTH_PIN, RIGHT, "002401800435363738", "002000800435363738"],
            "9000",
        ),
        ("response to nothing", [SELECT_AP, "00C0000010"], "6985"),
        ("attributes without PIN", [SELECT_ATTRIBUTES_AP, "00A4020C020002", "00B0000005"], "6982"),
        ("individual number without PIN", [SELECT_ATTRIBUTES_AP, "00A4020C020001", "00B0000005"], "6982"),
        ("tries of the PIN for attributes", [SELECT_ATTRIBUTES_AP, SELECT_ATTRIBUTES_PIN, "00200080"], "63C3"),
        ("PIN of another application", [SELECT_ATTRIBUTES_AP, SELECT_ATTRIBUTES_PIN, RIGHT], "63C2"),
        ("right PIN for attributes", [SELECT_ATTRIBUTES_AP, SELECT_ATTRIBUTES_PIN, RIGHT_FOR_ATTRIBUTES], "9000"),
        (
            "blocked PIN for attributes",
            [SELECT_ATTRIBUTES_AP, SELECT_ATTRIBUTES_PIN, *[WRONG] * 3, RIGHT_FOR_ATTRIBUTES],
            "6984",
        ),
        ("the PIN that is blocked on every card", [SELECT_ATTRIBUTES_AP, "00A4020C020012", "00200080"], "63C0"),
        ("a file of another application", [SELECT_ATTRIBUTES_AP, "00A4020C02000A"], "6A82"),
    ],
)
def test_the_card_answers_as_a_real_one(situation: str, commands: list[str], word: str) -> None:
    assert talk(VirtualCard(card_file()), *commands) == word, situation


def test_a_read_across_the_end_gives_what_there_is() -> None:
    assert talk(VirtualCard(card_file()), SELECT_AP, "00A4020C020008", "00B0000100") == "8F009000"


def test_a_read_by_short_id_selects_the_file() -> None:
    card = VirtualCard(card_file())
    assert talk(card, SELECT_AP, "00B0880003") == "8F8F009000"
    assert talk(card, "00B0000201") == "009000"


def test_an_extended_read_gives_a_whole_certificate_with_filler_behind_it() -> None:
    answer = bytes.fromhex(talk(VirtualCard(card_file()), SELECT_AP, SELECT_AUTH_CERTIFICATE, "00B00000000000"))
    assert answer[:CERTIFICATE_BYTES] == certificate_der("auth")
    assert set(answer[CERTIFICATE_BYTES:-2]) == {0xFF}


def test_the_token_information_has_160_bytes_and_opens_with_the_label() -> None:
    answer = bytes.fromhex(talk(VirtualCard(card_file()), SELECT_AP, "00B0860000"))
    assert len(answer) == 162
    assert answer[:32] == b"JPKIAPICCTOKEN2".ljust(32)


@pytest.mark.parametrize(
    ("file", "listed"),
    [
        (card_file(), "8F8F00"),
        (card_file(with_sign=False), "008F00"),
        (card_file(certificate=False), "8F0000"),
        (card_file(certificate=False, with_sign=False), "000000"),
    ],
)
def test_the_list_of_certificates_tells_what_is_there(file: object, listed: str) -> None:
    assert talk(VirtualCard(file), SELECT_AP, "00B0880003") == listed + "9000"  # type: ignore[arg-type]  # a parameter


def test_a_challenge_is_as_long_as_asked_and_never_the_same() -> None:
    card = VirtualCard(card_file())
    first, second = talk(card, "0084000010"), talk(card, "0084000010")
    assert len(first) == len(second) == 36
    assert first != second
    assert talk(card, "00840000") == "6700"


@pytest.mark.parametrize("by_short_id", [False, True])
def test_the_signature_is_the_padding_of_what_was_given(by_short_id: bool) -> None:
    card = VirtualCard(card_file())
    talk(card, SELECT_AP, SELECT_AUTH_PIN, RIGHT)
    answer = talk(card, SIGN.replace("802A0080", "802A0097")) if by_short_id else talk(card, SELECT_AUTH_KEY, SIGN)
    key = load_der_x509_certificate(certificate_der("auth")).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    recovered = key.recover_data_from_signature(bytes.fromhex(answer)[:-2], padding.PKCS1v15(), None)
    assert recovered.hex().upper() == SIGN[10:-2]
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(answer)[:-2], b"something else", padding.PKCS1v15(), hashes.SHA256())


def test_the_signing_key_has_its_own_password() -> None:
    card = VirtualCard(card_file())
    password = SIGN_PASSWORD.encode().hex()
    talk(card, SELECT_AP, SELECT_AUTH_PIN, RIGHT)
    sign = SIGN.replace("802A0080", "802A009A")
    assert talk(card, sign) == "6982"
    assert talk(card, "0020009B" + f"{len(SIGN_PASSWORD):02X}" + password.swapcase().replace("53", "73")) == "63C4"
    assert talk(card, "0020009B" + f"{len(SIGN_PASSWORD):02X}" + password) == "9000"
    assert talk(card, sign).endswith("9000")
    assert talk(card, "00B0810004").endswith("9000")
    assert card.tries_left == 3


@pytest.mark.parametrize(
    ("habits", "what", "lasts"),
    [
        (Habits(), "off", False),
        (Habits(), "on", False),
        (Habits(), "reset", True),
        (Habits(reset_clears_pin=True), "reset", False),
        (Habits(), "select", True),
        (Habits(select_clears_pin=True), "select", False),
    ],
)
def test_how_long_a_verified_pin_lasts(habits: Habits, what: str, lasts: bool) -> None:
    card = VirtualCard(card_file(), habits)
    talk(card, SELECT_AP, SELECT_AUTH_PIN, RIGHT)
    if what != "select":  # selecting happens below
        {"off": card.power_off, "on": card.power_on, "reset": card.reset}[what]()
    assert talk(card, SELECT_AP, SELECT_AUTH_KEY, SIGN).endswith("9000" if lasts else "6982")


def test_a_wrong_pin_after_a_right_one_ends_its_effect() -> None:
    card = VirtualCard(card_file())
    assert talk(card, SELECT_AP, SELECT_AUTH_PIN, RIGHT, WRONG, SELECT_AUTH_KEY, SIGN) == "6982"


def test_a_card_may_lose_its_first_command_after_power_up() -> None:
    card = VirtualCard(card_file(), Habits(first_command_lost=True))
    assert talk(card, SELECT_AP) == "6F00"
    assert talk(card, SELECT_AP) == "9000"
    assert talk(card, SELECT_AP) == "9000"


def test_pieces_are_handed_over_by_get_response_and_dropped_by_another_command() -> None:
    card = VirtualCard(card_file(), Habits(answering=Answering.MORE))
    assert talk(card, SELECT_AP, SELECT_AUTH_CERTIFICATE, "00B0000000") == "6180"
    first, second = talk(card, "00C0000080"), talk(card, "00C0000080")
    assert first.endswith("6180")
    assert second.endswith("9000")
    assert bytes.fromhex(first)[:-2] + bytes.fromhex(second)[:-2] == certificate_der("auth")[:256]
    talk(card, "00B0000000", SELECT_AUTH_PIN)
    assert talk(card, "00C0000080") == "6985"


def test_an_exact_length_is_demanded_once() -> None:
    card = VirtualCard(card_file(), Habits(answering=Answering.EXACT))
    assert talk(card, SELECT_AP, "00A4020C020008", "00B0000000") == "6C03"
    assert talk(card, "00B0000003") == "8F8F009000"


def test_faults_strike_once_at_their_command() -> None:
    card = VirtualCard(card_file(), fault=Fault(FaultName.GARBAGE, 2))
    assert talk(card, SELECT_AP) == "9000"
    assert talk(card, SELECT_AP) == "DEADBEEF0BADF00D"
    assert talk(card, SELECT_AP) == "9000"
    card.arm(Fault(FaultName.MUTE))
    with pytest.raises(Silent):
        talk(card, SELECT_AP)
    card.arm(Fault(FaultName.PULL_AFTER))
    with pytest.raises(Pulled):
        talk(card, SELECT_AP)
    assert [exchange.status_word for exchange in card.exchanges] == [0x9000, 0xF00D, 0x9000, None, None]


def test_nothing_secret_shows_in_what_the_card_prints_or_remembers() -> None:
    file = card_file()
    card = VirtualCard(file)
    talk(card, SELECT_AP, SELECT_AUTH_PIN, RIGHT)
    for text in (repr(card), repr(file), repr(file.auth), repr(file.sign), repr(card.exchanges)):
        assert "31323334" not in text
        assert "1234'" not in text
        assert SIGN_PASSWORD not in text
    assert card.verify_count == 1
