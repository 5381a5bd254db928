"""How often one address may ask: a bucket of tokens each, in memory, lost with the process.

An IPv6 network of 64 bits counts as one address. Behind one address may stand a whole office: the bucket is generous, and
the limit of concurrent analyses protects the machine.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable

from issuing_center.enquiry.site.limits import Limits


class Buckets:
    """The buckets of all addresses. Used on one thread."""

    def __init__(self, limits: Limits, clock_s: Callable[[], float]) -> None:
        """Take the limits and a monotonic clock."""
        self._limits, self._clock_s = limits, clock_s
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> bool:
        """Take a token; False if there is none."""
        key, now = _network(address), self._clock_s()
        tokens, at = self._held.pop(key, (float(self._limits.burst), now))
        tokens = min(float(self._limits.burst), tokens + (now - at) / self._limits.refill_s)
        granted = tokens >= 1
        self._held[key] = (tokens - 1 if granted else tokens, now)
        if len(self._held) > self._limits.addresses:
            self._held.popitem(last=False)
        return granted

    def __len__(self) -> int:
        return len(self._held)


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)
