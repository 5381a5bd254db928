"""The world the drawing room stands on is absent: a font or a seal that is not there, or not the one pinned."""


class PaperUnavailable(Exception):
    """Nothing can be drawn until staff have acted; carries a stable code and the remedy, never anything of a resident."""

    def __init__(self, code: str, detail: str, remedy: str) -> None:
        """Keep the stable code (FONT-01, SEAL-01), one line of detail and what to do about it."""
        super().__init__(f"{code}: {detail}; {remedy}")
        self.code = code
        """Stable code for screens, logs and the staff manual."""
        self.remedy = remedy
        """What an operator does, in one line."""
