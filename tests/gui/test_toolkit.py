"""What we rely on in the binding itself."""

import sys

from PySide6.QtGui import QFont


def test_calls_of_the_toolkit_leave_the_count_of_none_alone() -> None:
    """PySide6 6.12.0 on Python 3.11 takes one reference from None at every call: a kiosk aborts after some thousands."""
    font = QFont()
    before = sys.getrefcount(None)
    for _ in range(200):
        font.setBold(True)
    assert abs(sys.getrefcount(None) - before) < 50
