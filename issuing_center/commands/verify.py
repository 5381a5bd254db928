"""`verify FRONT BACK`: what the enquiry site does, from the command line."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from issuing_center.commands.books import DEFAULT_DATA

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from issuing_center.enquiry.verdict import Verdict

CERTIFICATE_FILE: Final = Path("center") / "document-signing.pem"
"""Where the data folder of a sandbox holds the certificate of codes."""
KEYS_FILE: Final = Path("center") / "scramble-keys.toml"
"""Where the data folder of a center holds its master keys."""
_SENTENCES: Final = {
    "agrees": "the front shows what its back carries; this does not show that the sheet is the original",
    "not-compared": "the back was decoded; there was no front to compare it with",
    "differs": "the front differs from what its back carries in the framed places",
    "no-back": "no scan shows a back whose code can be read",
    "key-unknown": "the back names a key that is not ours, or whose time is over",
    "code-not-ours": "the code on the back was not written by this center",
    "picture-unreadable": "the picture on the back does not belong to its code, or cannot be read from this scan",
    "too-coarse": "the scan is too coarse: 200 dpi or more is needed",
    "not-aligned": "the scan of the front is bent or blurred so much that it cannot be compared; scan it again",
    "photocopy": "the back is a photocopy",
    "other-document": "front and back belong to different documents",
    "other-page": "front and back are different pages of one document",
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("verify", help="decode the scan of a back and compare it with that of its front")
    parser.add_argument(
        "scans",
        nargs="+",
        type=Path,
        metavar="SCAN",
        help="front and back: PNG, JPEG, TIFF or PDF; a back alone is decoded",
    )
    parser.add_argument(
        "--certificate", type=Path, metavar="FILE", help="who signs codes, PEM (default: of the data folder's center)"
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the decoded fronts there")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help="data folder of the center")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Judge; exit status 0 genuine, 1 altered or unreadable, 2 no scan or no keys."""
    from issuing_center.backs.keys import KeysUnusableError, load_keys
    from issuing_center.enquiry.memory import keep_freed_memory
    from issuing_center.enquiry.scans import NotAScanError, load_scans
    from issuing_center.enquiry.seal import with_seal
    from issuing_center.enquiry.verdict import Result, judge

    keep_freed_memory()
    try:
        keys = load_keys(options.data / KEYS_FILE)
        scans = [scan for file in options.scans for scan in load_scans(file.read_bytes())]
    except KeysUnusableError as error:
        print(f"SCRAMBLE-01: {error}", file=sys.stderr)
        return 2
    except NotAScanError as error:
        print(f"SCAN-01: {error}", file=sys.stderr)
        return 2
    verdict = judge(scans, keys, datetime.now(UTC))
    signers = _signers(options.certificate, options.data / CERTIFICATE_FILE)
    if signers:
        verdict = with_seal(verdict, scans, signers)
    answer = _answer(verdict, options.out)
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        print(f"{answer['result']}: {_SENTENCES[verdict.reason.value]}")
        print(f"signed code: {verdict.seal.value}")
        for page in answer["pages"]:
            frames = "; ".join(" ".join(f"{side:.4f}" for side in region) for region in page["regions"])
            print(f"page {page['page']}: {frames or 'no difference framed'}")
    return 0 if verdict.result is Result.GENUINE else 1


def _signers(named: Path | None, usual: Path) -> "tuple[Certificate, ...]":
    """Read who signs codes; without a certificate no code is judged, and that is said."""
    from issuing_center.enquiry.seal import load_signers

    try:
        return load_signers(named or usual)
    except (OSError, ValueError):
        print("SEAL-02: no certificate to check signed codes with; name one with --certificate", file=sys.stderr)
        return ()


def _answer(verdict: "Verdict", out: Path | None) -> dict[str, Any]:
    return {
        "result": verdict.result.value,
        "document": verdict.document,
        "pages": [
            {
                "page": page.page,
                "decoded_png": _written(verdict, number, out),
                "regions": [[round(side, 5) for side in region] for region in page.regions],
                "score": round(page.score, 2),
            }
            for number, page in enumerate(verdict.pages)
        ],
        "seal": verdict.seal.value,
        "reason": verdict.reason.value,
    }


def _written(verdict: "Verdict", number: int, out: Path | None) -> str | None:
    """Write a decoded front; its name says the page and nothing of whose it is. None without a folder."""
    from PIL import Image

    from issuing_center.enquiry.readable import readable

    if out is None:
        return None
    out.mkdir(parents=True, exist_ok=True)
    page = verdict.pages[number]
    file = out / f"decoded-{page.page}.png"
    dpi = page.geometry.dpi * 2
    Image.fromarray(readable(page.decoded, page.geometry)).save(file, dpi=(dpi, dpi))
    return str(file)
