"""The machine a resident stands in front of."""
