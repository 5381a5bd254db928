"""Keeps a second tap from falling through to a page that has just come up. Knows only a clock."""

from collections.abc import Callable

PAGE_CHANGE_MS = 300


class Guard:
    """Says whether a press counts; asked at the moment of pressing."""

    def __init__(self, now_s: Callable[[], float], repeat_ms: int = 0) -> None:
        """`now_s` is monotonic seconds; a press of the same control within `repeat_ms` is not counted, 0 is off."""
        self._now_s = now_s
        self._repeat_ms = repeat_ms
        self._shown_at_s = float("-inf")
        self._last: tuple[str, float] = ("", float("-inf"))

    def page_changed(self) -> None:
        """Begin the pause in which nothing can be pressed."""
        self._shown_at_s = self._now_s()

    def admits(self, control: str) -> bool:
        """Say whether a press on `control` counts now."""
        now_s = self._now_s()
        name, at_s = self._last
        if (now_s - self._shown_at_s) * 1000 < PAGE_CHANGE_MS:
            return False
        if name == control and (now_s - at_s) * 1000 < self._repeat_ms:
            return False
        self._last = (control, now_s)
        return True
