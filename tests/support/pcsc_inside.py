"""The inner half of tests/support/pcsc.py: runs as its own process, in private mount and network namespaces.

It owns pcscd and makes connections to vpcd for the test process, which cannot enter the namespaces itself. It ends when
the test process does, however that happens, because their socket then closes.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

VPCD_PORT = 35963


def _mount(folder: Path) -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    if not Path("/run/pcscd").is_dir():
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
        Path("/run/pcscd").mkdir()
    subprocess.run(["mount", "--bind", str(folder / "run"), "/run/pcscd"], check=True)


def main(folder: Path, control: socket.socket) -> None:
    """Obey one word a message: `pcscd <conf folder>`, `end`, `kill`, `card <port>` (answered with a socket)."""
    _mount(folder)
    control.send(b"ready")
    service: subprocess.Popen[bytes] | None = None
    log = (folder / "pcscd.log").open("ab")
    try:
        while message := control.recv(1024).decode():
            word, _, argument = message.partition(" ")
            if word == "card":
                with socket.create_connection(("127.0.0.1", int(argument)), timeout=5) as card:
                    card.settimeout(None)
                    socket.send_fds(control, [b"card"], [card.fileno()])
                continue
            if word == "pcscd":
                service = subprocess.Popen(
                    ["pcscd", "--foreground", "--error", "--config", argument], stdout=log, stderr=log
                )
            elif service is not None:
                service.send_signal({"end": signal.SIGTERM, "kill": signal.SIGKILL}[word])
                service.wait(timeout=5)
                service = None
            control.send(b"done")
    finally:
        if service is not None:
            service.kill()
            service.wait(timeout=5)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    main(Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])))
