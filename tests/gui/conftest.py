"""Sets the screen tests up: no display is needed, and nothing of the machine's own look gets in."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"
