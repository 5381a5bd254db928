"""The virtual printer as a process: announces itself, prints, obeys its standard input, tells what it did not understand."""

import re
import socket
import subprocess
import sys
from pathlib import Path

from PIL import Image

from printers.escpos.line import NetworkPlace, open_line
from printers.escpos.printer import EscposPrinter, SlipFailed, SlipPrinted
from printers.escpos.status import SlipTrouble
from printers.slip import Slip, Text, Width
from tests.support.slips import lettering

ROOT = Path(__file__).parents[4]


def started(folder: Path, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "printers.virtual.escpos", "--tcp", "0", "--folder", str(folder), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def port_of(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"SPECIMEN: virtual slip printer on 127\.0\.0\.1:(\d+)", line)
    assert found, line
    return int(found[1])


def test_a_slip_becomes_a_picture_in_the_folder(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        place = NetworkPlace("127.0.0.1", port_of(process))
        printer = EscposPrinter(lambda: open_line(place, 5.0), lettering(), Width.MM80)
        assert printer.print_slip(Slip((Text("領収書"),))) == SlipPrinted(near_end=False)
        assert process.stdin is not None
        process.stdin.write("on-fire\ncover-open\n")
        process.stdin.flush()
        assert process.stderr is not None
        assert process.stderr.readline().startswith("no fault 'on-fire'")
        while printer.print_slip(Slip((Text("領収書"),))) != SlipFailed(SlipTrouble.COVER, begun=False):
            pass
        printer.close()
        assert process.communicate(timeout=30)[1] == ""
        assert process.returncode == 0
    assert Image.open(tmp_path / "slip-002.png").getextrema() == (0, 255)


def test_a_host_that_speaks_another_language_is_told(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        with socket.create_connection(("127.0.0.1", port_of(process)), timeout=10) as host:
            host.sendall(b"\x1c&\x1dr1")
            assert host.recv(1) == b"\0"  # answered in its turn, after the rest
        assert "not understood: byte 1c" in process.communicate(timeout=30)[1]
        assert process.returncode == 1
