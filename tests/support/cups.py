"""CUPS' own judges: `ipptool` with its conformance files, and `ippeveprinter`, a printer that nobody here wrote.

ippeveprinter announces itself on the network and will not start without a D-Bus and an Avahi. It is left unchanged; a library
that is loaded before it answers in their place that all is announced.
"""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from time import monotonic

IPPTOOL, IPPEVEPRINTER = Path("/usr/bin/ipptool"), Path("/usr/sbin/ippeveprinter")
CONFORMANCE = Path("/usr/share/cups/ipptool")
_NOBODY_TO_TELL = """
static int nobody;
void *avahi_client_new(const void *p, int f, void *c, void *u, int *e) { if (e) *e = 0; return &nobody; }
const char *avahi_client_get_host_name_fqdn(void *c) { return "localhost"; }
int avahi_client_errno(void *c) { return 0; }
void *avahi_entry_group_new(void *c, void *cb, void *u) { return &nobody; }
int avahi_entry_group_free(void *g) { return 0; }
int avahi_entry_group_add_service_strlst() { return 0; }
int avahi_entry_group_add_service_subtype() { return 0; }
int avahi_entry_group_commit(void *g) { return 0; }
"""


def ipptool(uri: str, test: str, document: bytes, folder: Path) -> str:
    """Run a conformance file against a printer and give what it says; its sample documents are made here."""
    for path in CONFORMANCE.glob("ipp-*.test"):
        (folder / path.name).write_bytes(path.read_bytes())
    samples = ("a4.pdf", "letter.pdf", "a4.ps", "letter.ps")
    for name in (*(f"document-{sample}" for sample in samples), "color.jpg", "gray.jpg"):
        (folder / name).write_bytes(document)
    (folder / "given.pdf").write_bytes(document)
    ran = subprocess.run(
        [IPPTOOL, "-t", "-f", "given.pdf", uri, test],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return ran.stdout + ran.stderr


@contextmanager
def ippeveprinter(folder: Path, command: str, *options: str) -> Iterator[tuple[str, Path]]:
    """Run CUPS' printer on loopback and give its address and the folder of what it received.

    `command` is a shell script that stands for the engine: it gets the document's path, and says on standard error what it
    prints and what is wrong.
    """
    source, library, engine, spool = (folder / name for name in ("quiet.c", "quiet.so", "engine", "spool"))
    source.write_text(_NOBODY_TO_TELL)
    subprocess.run(["gcc", "-shared", "-fPIC", "-w", "-o", library, source], check=True)
    engine.write_text(f"#!/bin/sh\n{command}\n")
    engine.chmod(0o700)
    spool.mkdir()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments: Sequence[str | Path] = (
        *(IPPEVEPRINTER, "-p", str(port), "-n", "localhost", "-d", spool, "-k", "-c", engine, "--no-web-forms"),
        *(*options, "outside"),
    )
    environment = {"LD_PRELOAD": str(library), "PATH": "/usr/bin:/bin", "TMPDIR": str(folder)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(arguments, env=environment, stdout=log, stderr=log)
        try:
            _answering(port)
            yield f"ipp://localhost:{port}/ipp/print", spool
        finally:
            process.terminate()
            process.wait(10)


def _answering(port: int) -> None:
    until = monotonic() + 20
    while True:
        try:
            create_connection(("localhost", port), 1).close()
            return
        except ConnectionRefusedError:
            if monotonic() > until:
                raise
