"""Operators' commands: `python -m issuing_center COMMAND`, one module each."""
