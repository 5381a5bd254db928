"""The machine's clocks."""
