"""A center of a worker's own, for the sheet that a kiosk receives."""

from tests.support.center import sandbox_folder, shared_center

__all__ = ["sandbox_folder", "shared_center"]
