"""One request to the center and its answer: a message, a refusal, or the center's absence. Nothing else gets through.

Knows connections, time-outs and problem details; what the messages mean is the business of `https.py`.
"""

import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx2

from issuing_center import wire
from kiosk.ports.center import CenterUnavailable, RefusalReason, Refused

M = TypeVar("M", bound=wire.Message)

_REASONS = {reason.value: reason for reason in RefusalReason}
_UNAVAILABLE_CODES = {"CENTER-03", "CENTER-04", "CENTER-05"}
MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""Ten documents of several pages stay far below; a longer answer is not the center's."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for the whole of an answer; a time-out fails the request for good (INV-2)."""

    connect_s: float = 5.0
    answer_s: float = 10.0
    order_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal whose code has no reason of its own on this side."""

    code: str


No = Refused | Problem | CenterUnavailable
"""Every answer that is not the message asked for."""


class CenterHttp:
    """Keeps one pool of mutual-TLS connections to the center."""

    def __init__(self, client: httpx2.Client, timeouts: Timeouts = Timeouts()) -> None:
        self._client = client
        self._timeouts = timeouts

    def get(self, path: str, answer: type[M]) -> M | No:
        """GET and decode."""
        return _decoded(self._ask("GET", path, None, None), answer)

    def post(self, path: str, body: wire.Message, answer: type[M], *, key: str | None = None) -> M | No:
        """POST a message and decode the answer; `key` makes it an order, which may take longer."""
        return _decoded(self._ask("POST", path, body, key), answer)

    def send(self, method: str, path: str, body: wire.Message | None = None) -> No | None:
        """Send and expect an empty answer, which gives None."""
        answer = self._ask(method, path, body, None)
        match answer:
            case b"":
                return None
            case bytes():
                return CenterUnavailable("CENTER-03")
            case _:
                return answer

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, method: str, path: str, body: wire.Message | None, key: str | None) -> bytes | No:
        headers = {"Content-Type": wire.JSON_TYPE} if body is not None else {}
        if key is not None:
            headers[wire.IDEMPOTENCY_HEADER] = key
        wait_s = self._timeouts.order_s if key is not None else self._timeouts.answer_s
        # The library limits every single wait, so an answer that trickles in needs a limit of its own.
        timeout = httpx2.Timeout(wait_s, connect=self._timeouts.connect_s)
        too_late_s = time.monotonic() + wait_s
        content = wire.encode(body) if body is not None else None
        try:
            with self._client.stream(
                method, wire.API_PREFIX + path, content=content, headers=headers, timeout=timeout
            ) as response:
                data = bytearray()
                for chunk in response.iter_raw():
                    data += chunk
                    if time.monotonic() > too_late_s:
                        return CenterUnavailable("CENTER-02")
                    if len(data) > MAX_ANSWER_BYTES:
                        return CenterUnavailable("CENTER-03")
                return _sorted(response, bytes(data))
        except httpx2.TimeoutException:
            return CenterUnavailable("CENTER-02")
        except httpx2.RemoteProtocolError:
            return CenterUnavailable("CENTER-03")
        except (httpx2.TransportError, OSError):
            return CenterUnavailable("CENTER-01")


def _sorted(response: httpx2.Response, data: bytes) -> bytes | No:
    content_type = response.headers.get("content-type", "").partition(";")[0].strip()
    if response.status_code == httpx2.codes.NO_CONTENT and not data:
        return b""
    if response.status_code == httpx2.codes.OK and content_type == wire.JSON_TYPE and data:
        return data
    if content_type != wire.PROBLEM_TYPE:
        return CenterUnavailable("CENTER-03")
    problem = _decoded(data, wire.Problem)
    if not isinstance(problem, wire.Problem):
        return problem
    if problem.code in _UNAVAILABLE_CODES:
        return CenterUnavailable(problem.code)
    reason = _REASONS.get(problem.code)
    return Refused(reason, problem.reference) if reason is not None else Problem(problem.code)


def _decoded(data: bytes | No, message: type[M]) -> M | No:
    if not isinstance(data, bytes):
        return data
    try:
        return wire.decode(data, message)
    except wire.MalformedMessageError:
        return CenterUnavailable("CENTER-03")


def client_tls(certificate: Path, key: Path, center_ca: Path) -> ssl.SSLContext:
    """Make the kiosk's TLS context: version 1.3, its device certificate, and the center's CA as the only root."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(center_ca)
    context.load_cert_chain(certificate, key)
    return context


def connect(base_url: str, tls: ssl.SSLContext) -> httpx2.Client:
    """Make the HTTP client of one kiosk; it follows no redirects and reads no proxy settings from the environment."""
    return httpx2.Client(base_url=base_url, verify=tls, trust_env=False, follow_redirects=False)
