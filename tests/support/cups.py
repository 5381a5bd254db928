"""CUPS' own judges: `ipptool` with its conformance files, and `ippeveprinter`, a printer that nobody here wrote.

ippeveprinter announces itself on the network and will not start without a D-Bus and an Avahi. It is left unchanged; a library
that is loaded before it answers in their place that all is announced. `cupsd` runs with a configuration of its own.
"""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from tempfile import TemporaryDirectory
from time import monotonic

IPPTOOL, IPPEVEPRINTER, CUPSD = (Path(p) for p in ("/usr/bin/ipptool", "/usr/sbin/ippeveprinter", "/usr/sbin/cupsd"))
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


_FOLDERS = """\
ServerRoot {root}/etc
RequestRoot {root}/spool
TempDir {root}/spool/tmp
CacheDir {root}/cache
StateDir {root}/state
AccessLog {root}/access.log
ErrorLog {root}/error.log
PageLog {root}/page.log
"""
_SERVER = """\
Listen 127.0.0.1:{port}
Browsing No
WebInterface No
PreserveJobFiles No
PreserveJobHistory 600
DefaultAuthType None
ErrorPolicy abort-job
DefaultPolicy kiosk
<Location />
  Order allow,deny
  Allow localhost
</Location>
<Policy kiosk>
  JobPrivateAccess all
  JobPrivateValues none
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
_QUEUE = """\
<Printer kiosk>
DeviceURI {device}
State Idle
Accepting Yes
JobSheets none none
ErrorPolicy abort-job
</Printer>
"""


@contextmanager
def cupsd(device: str) -> Iterator[tuple[str, Path]]:
    """Run CUPS with one raw queue to a printer; gives the queue's address and the folder of its spool.

    Its folder must be one that its own user may enter, which pytest's are not.
    """
    with TemporaryDirectory(prefix="cups-") as name:
        root = Path(name)
        root.chmod(0o755)
        for folder in ("etc", "spool", "spool/tmp", "cache", "state"):
            (root / folder).mkdir()
        port = _free_port()
        (root / "etc" / "cups-files.conf").write_text(_FOLDERS.format(root=root))
        (root / "etc" / "cupsd.conf").write_text(_SERVER.format(port=port))
        (root / "etc" / "printers.conf").write_text(_QUEUE.format(device=device))
        files = ("-c", root / "etc" / "cupsd.conf", "-s", root / "etc" / "cups-files.conf")
        process = subprocess.Popen((CUPSD, "-f", *files), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _answering(port)
            yield f"ipp://localhost:{port}/printers/kiosk", root / "spool"
        finally:
            process.terminate()
            process.wait(20)


def _free_port() -> int:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


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
    port = _free_port()
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
