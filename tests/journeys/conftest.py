"""What these stories need: a town with its center, and machines in it."""

from tests.support.town import data, machine, town

__all__ = ["data", "machine", "town"]
