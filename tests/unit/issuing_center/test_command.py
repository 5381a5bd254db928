"""The command line: production by default, the sandbox only when it is named, and one line for every error."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center.keys import FileKey
from issuing_center.sandbox.certificates import POLICY_OID
from issuing_center.sandbox.folder import SandboxFolder
from kiosk.adapters.center.http import client_tls
from tests.support.center import KIOSK
from tests.support.signing import certificates_of
from tests.unit.issuing_center.test_wiring import write_anchor

ROOT = Path(__file__).parents[3]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "issuing_center", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )


def failed(*arguments: str) -> str:
    done = command(*arguments)
    assert done.returncode == 1, done
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    return line


@pytest.fixture
def config(sandbox_folder: SandboxFolder, tmp_path: Path) -> Path:
    """Settings of a production center: its own authority, seal and keys; TLS borrowed from a sandbox."""
    write_anchor(tmp_path / "generation.pem")
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "document.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    certificate = certificates_of(FileKey(key))[0]
    (tmp_path / "document.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "subject.key").write_text(token_bytes(32).hex())
    file = tmp_path / "center.toml"
    file.write_text(
        f"""
[service]
host = "127.0.0.1"
port = 0
threads = 2
[database]
url = "sqlite:///{tmp_path / "center.db"}"
[register]
max_age_minutes = 60
[tls]
certificate = "{sandbox_folder.server_certificate}"
key = "{sandbox_folder.server_key}"
device_ca = "{sandbox_folder.device_ca_certificate}"
[devices]
file = "{sandbox_folder.device_list}"
[keys]
document = "document.key"
certificate = "document.pem"
subject = "subject.key"
[jpki]
generations = ["generation.pem"]
policy_oid = "{POLICY_OID}"
ocsp_url = "http://127.0.0.1:9/"
crls = []
""",
        encoding="utf-8",
    )
    return file


def test_to_serve_needs_settings_or_the_word_sandbox() -> None:
    assert failed("serve").startswith("CONFIG-01: serve needs --config FILE")


def shake_hands(folder: SandboxFolder, port: int) -> None:
    """Wait until the service answers: it listens a little before."""
    tls = client_tls(folder.device_certificate(KIOSK), folder.device_key(KIOSK), folder.center_ca_certificate)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
        tls.wrap_socket(plain, server_hostname="127.0.0.1").close()


@contextmanager
def serving(errors: Path, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run the service until the end of the block; gives it and its first line. Standard error goes to a file."""
    with (
        errors.open("w") as sink,
        subprocess.Popen(
            [sys.executable, "-X", "importtime", "-m", "issuing_center", "serve", *arguments],
            stdout=subprocess.PIPE,
            stderr=sink,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONWARNINGS": "error"},
        ) as process,
    ):
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_a_production_center_serves_without_anything_of_the_sandbox(
    config: Path, sandbox_folder: SandboxFolder, tmp_path: Path
) -> None:
    with serving(tmp_path / "errors", "--config", str(config)) as (process, line):
        assert line.startswith("ready https://127.0.0.1:")
        shake_hands(sandbox_folder, int(line.rpartition(":")[2]))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    imported = (tmp_path / "errors").read_text()
    assert "issuing_center.wiring" in imported
    assert "issuing_center.sandbox" not in imported
    assert all(line.startswith("import time:") for line in imported.splitlines())


def changed(config: Path, old: str, new: str) -> Path:
    text = config.read_text(encoding="utf-8")
    assert old in text
    other = config.with_name("changed.toml")
    other.write_text(text.replace(old, new), encoding="utf-8")
    return other


def test_the_sandboxs_authority_is_refused_in_production(config: Path, sandbox_folder: SandboxFolder) -> None:
    anchor = sandbox_folder.generation_certificate(3)
    line = failed("serve", "--config", str(changed(config, '"generation.pem"', f'"{anchor}"')))
    assert line == "CONFIG-01: trust anchor 1 belongs to the sandbox"


def test_a_missing_file_is_one_line(config: Path) -> None:
    assert failed("serve", "--config", str(config.with_name("none.toml"))).startswith("CONFIG-01: ")
    assert failed("serve", "--config", str(changed(config, "document.key", "none.key"))).startswith("SERVE-01: ")


def test_the_books_need_no_keys(config: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "errors", "--config", str(config)):
        pass  # makes the schema
    for name in ("document.key", "subject.key", "generation.pem"):
        config.with_name(name).unlink()
    assert command("reconcile", "--config", str(config)).returncode == 0
    assert command("expire", "--config", str(config)).stdout == "orders 0, visits 0\n"
    assert failed("reason", "ABCDEFGH", "--config", str(config)) == "REASON-01: no such reference"


def test_the_sandboxs_note_is_there_as_long_as_it_serves(sandbox_folder: SandboxFolder, tmp_path: Path) -> None:
    data = Path(shutil.copytree(sandbox_folder.root, tmp_path / "sandbox"))
    with serving(tmp_path / "errors", "--sandbox", "--data", str(data), "--port", "0") as (process, line):
        assert line.startswith("ready https://127.0.0.1:"), line
        note = json.loads((data / "center.json").read_text(encoding="utf-8"))
        assert note == {"url": line.removeprefix("ready "), "pid": process.pid}
        shake_hands(SandboxFolder(data), int(line.rpartition(":")[2]))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert not (data / "center.json").exists()
    assert command("reconcile", "--sandbox", "--data", str(data)).returncode == 0
    assert (data / "devices" / f"{KIOSK}.pem").exists()
